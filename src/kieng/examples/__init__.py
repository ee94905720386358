"""Worked examples: whole workspaces as text, and the synthetic records that fill them."""
