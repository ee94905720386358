"""The open API, and the keys of those who ask much of it."""
