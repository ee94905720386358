"""The command line: arguments in, engine calls, exit codes out."""
