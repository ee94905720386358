"""What a head sees of what they answer for."""
