"""Whether a folder holds a workspace, may become one, or is one that is only half made."""

from __future__ import annotations

from pathlib import Path

from kieng.plan.settings import SETTINGS
from kieng.problems import Place, Problem, UserError, refuse
from kieng.workspace.kept_whole import FOLDER
from kieng.workspace.text_files import nothing_but_begun

#: There while a workspace is being restored; names the backup.
RESTORING = "restoring"


def refuse_no_workspace(root: Path) -> None:
    """Raise UserError when there is no workspace in ``root``."""
    if not (root / SETTINGS).is_file():
        raise refuse(
            str(root),
            "no-workspace",
            "There is no kieng.yaml here.",
            "Name a workspace with -w DIR or KIENG_WORKSPACE, or make one with `kieng init DIR`.",
        )


def refuse_half_restored(root: Path) -> None:
    """Raise UserError when restoring into ``root`` was cut off, or is under way."""
    mark = root / FOLDER / RESTORING
    if mark.exists():
        backup = mark.read_text("utf-8", "replace").strip() or "BACKUP"
        raise UserError(
            Problem(
                Place(str(root)),
                "restore-cut-off",
                "This workspace is only half restored: restoring was cut off, or is still under way.",
                f"Run `kieng restore {backup} {root}` again: it begins anew.",
                vietnamese=(
                    "Không gian làm việc này mới khôi phục được một nửa: bị ngắt, hoặc còn đang chạy.",
                    f"Chạy lại `kieng restore {backup} {root}`: lệnh làm lại từ đầu.",
                ),
            )
        )


def refuse_occupied(folder: Path) -> None:
    """Raise UserError unless ``folder`` is new or empty."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not nothing_but_begun(folder))):
        raise refuse(str(folder), "not-empty", "There is something here already.", "Name a new folder.")
