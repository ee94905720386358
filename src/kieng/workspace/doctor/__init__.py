"""What is wrong with an installation, and what to do: `kieng doctor`. It looks and changes nothing."""
