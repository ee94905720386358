"""What the numbers are."""
