"""People by file, activation, handover, and what an administrator has to see to."""
