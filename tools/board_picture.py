"""Draw docs/board.svg, the picture of the readmes, from a demo workspace.

``COLUMNS=160 python tools/board_picture.py demo``
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from kieng.cli.tables import board_table
from kieng.judgement.board import board
from kieng.workspace.figures import Asked, figures
from kieng.workspace.folder import Workspace

PICTURE = Path(__file__).parents[1] / "docs" / "board.svg"
PLAN, MOST_ROWS = "nq05", 16


def main(folder: Path) -> None:
    found = figures(Workspace(folder), Asked())
    rows = [
        row
        for row in board(found.definitions, found.lookup, found.today)
        if row.target.plan == PLAN and row.target.by.year == 2025
    ]
    console = Console(record=True, width=160, file=io.StringIO())
    console.print(board_table(rows[:MOST_ROWS], found.definitions))
    # No fonts from elsewhere: whoever looks at the picture asks nobody for anything.
    picture = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="kieng show"), flags=re.DOTALL)
    PICTURE.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
