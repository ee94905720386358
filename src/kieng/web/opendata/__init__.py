"""Open data: figures as the public may see them, as files, a catalogue and a history."""
