"""What happened: records come in once, are kept for ever, and are read as of any moment."""
