"""The embedded database: manifest, tail and stored measurements in one SQLite file."""
