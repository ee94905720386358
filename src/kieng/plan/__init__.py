"""What was promised and how it is counted."""
