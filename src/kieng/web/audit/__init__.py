"""Who did what, when and why: only ever added to."""
