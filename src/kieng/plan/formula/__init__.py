"""The formula language: SQL's own expressions, read into small frozen nodes."""
