"""``check``, ``init``: the plan's text."""

from __future__ import annotations

from pathlib import Path

import click

from kieng.cli.screen import say, show_problems
from kieng.plan.load import empty_workspace
from kieng.records.disk import writing_to
from kieng.workspace.folder import check as check_text
from kieng.workspace.folder import refuse_occupied


@click.command()
@click.pass_obj
def check(workspace: Path) -> None:
    """Soát toàn bộ văn bản, nêu mọi lỗi một lần. / Name every problem in the text at once."""
    problems = check_text(workspace)
    if problems:
        show_problems(problems)
        click.get_current_context().exit(1)
    say("Không có lỗi nào.", "No problems.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Tạo thư mục làm việc trống. / Make an empty workspace that passes check."""
    refuse_occupied(folder)
    with writing_to(folder, "the workspace is not complete", "make it in a new folder"):
        for name, text in empty_workspace().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    say(
        f"Đã tạo {folder}. Tiếp theo: sửa kieng.yaml rồi chạy `kieng -w {folder} check`.",
        f"Made {folder}. Next: edit kieng.yaml, then run `kieng -w {folder} check`.",
    )
