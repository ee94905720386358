"""``check``, ``init``: the plan's text."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from kieng.cli.cut_off import tell_cut_off
from kieng.cli.screen import say, show_problems
from kieng.plan.load import empty_workspace
from kieng.workspace.folder import check as check_text
from kieng.workspace.place import refuse_occupied
from kieng.workspace.text_files import Act, replace_texts


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
    if tell_cut_off(folder) is None:
        refuse_occupied(folder)
        files = {name: text.encode() for name, text in empty_workspace().items()}
        replace_texts(folder, dict.fromkeys(files), files, Act(f"kieng init {folder}", getpass.getuser()))
    say(
        f"Đã tạo {folder}. Tiếp theo: sửa kieng.yaml rồi chạy `kieng -w {folder} check`.",
        f"Made {folder}. Next: edit kieng.yaml, then run `kieng -w {folder} check`.",
    )
