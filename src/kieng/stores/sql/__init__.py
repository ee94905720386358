"""The application's database: manifest, tail, stored measurements, in SQLite or PostgreSQL."""
