"""What an earlier command left half-done when it was ended: it is finished, and said."""

from __future__ import annotations

from pathlib import Path

from kieng.cli.screen import say
from kieng.workspace.text_files import CutOff, finish_cut_off


def tell_cut_off(root: Path) -> CutOff | None:
    """Finish and name the change of several files in ``root`` that was cut off, if there is one.

    Raises UserError where it cannot be finished.
    """
    found = finish_cut_off(root)
    if found is not None:
        say(
            f"Lần trước `{found.what}` ({found.by}, {found.at}) bị ngắt giữa chừng; nay đã làm nốt:",
            f"`{found.what}` ({found.by}, {found.at}) was cut off half-way; it is finished now:",
        )
        for path in found.paths:
            say(f"  {path}", f"  {path}")
    return found
