"""Kiềng: a province's digital-transformation plan as live numbers with a trail."""

__version__ = "0.1.0"
