"""The reference engine: plain Python over lists of records, slow and obviously right."""
