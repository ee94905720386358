"""Between the network and Django: bodies with a time-out, and turns that one asker cannot take from all."""
