"""Small worlds for tests: definitions and records from a few lines of text."""
