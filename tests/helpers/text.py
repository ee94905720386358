"""A plan's text that is meant to be whole."""

from __future__ import annotations

from pathlib import Path

from kieng.plan.definitions import Definitions
from kieng.plan.load import load
from kieng.problems import UserError


def load_or_refuse(root: Path) -> Definitions:
    """:func:`load`, or a UserError with all problems, as whoever opens a workspace gets it."""
    definitions, problems = load(root)
    if definitions is None:
        raise UserError(problems.sorted())
    return definitions
