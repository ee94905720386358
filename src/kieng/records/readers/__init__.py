"""Readers of record files, one module per file type; :mod:`.source` is the only door."""
