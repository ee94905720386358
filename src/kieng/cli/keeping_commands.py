"""``tidy``, ``backup``, ``restore``: keeping a ledger quick, and keeping it at all."""

from __future__ import annotations

from pathlib import Path

import click

from kieng.cli.record_commands import show_findings
from kieng.cli.screen import progress, say
from kieng.records.rewriting import USUAL, Policy
from kieng.workspace.backup import back_up
from kieng.workspace.backup import restore as restore_backup
from kieng.workspace.folder import Workspace


@click.command()
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Dồn mọi thứ có thể, hợp cho ban đêm / all that can be, for the night.",
)
@click.pass_obj
def tidy(workspace: Path, everything: bool) -> None:
    """Dồn các mảnh nhỏ của sổ ghi để đọc nhanh. / Put the ledger's small pieces together, to be read fast.

    Không bản ghi nào mất; mọi phiên bản còn nguyên. / No record is lost; every version stays.
    """
    opened = Workspace(workspace)
    types = opened.definitions.record_types.values()
    with progress("Dồn sổ ghi", "Tidying") as bar:
        task = bar.task_ids[0]
        count = opened.ledger.tidy(
            types,
            Policy.everything() if everything else USUAL,
            on_done=lambda what: bar.update(task, description=what),
        )
    removed = len(opened.ledger.sweep())
    say(
        f"Đã dồn {count} tháng; dọn {removed} tệp không còn cần.",
        f"{count} months put together; {removed} files that nothing needs any more removed.",
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def backup(workspace: Path, folder: Path) -> None:
    """Sao lưu vào thư mục FOLDER trong khi người khác vẫn làm việc. / Back up while others go on working.

    Lần sau chỉ chép phần mới. / The next backup copies only what is new.
    """
    with progress("Sao lưu", "Backing up"):
        made = back_up(Workspace(workspace), folder)
    say(
        f"Đã sao lưu {made.batches} lô, {made.files} tệp ({made.copied} tệp mới): {made.folder}",
        f"{made.batches} batches, {made.files} files ({made.copied} new) backed up: {made.folder}",
    )


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
def restore(backup: Path, folder: Path) -> None:
    """Dựng lại không gian làm việc từ bản sao lưu BACKUP vào FOLDER. / Make a workspace of a backup again."""
    with progress("Khôi phục", "Restoring"):
        findings = restore_backup(backup, folder)
    show_findings(findings)
    if any(finding.damage for finding in findings):
        click.get_current_context().exit(1)
    say(
        "Đã khôi phục, sổ ghi nguyên vẹn. Chạy `kieng measure` để có lại các con số.",
        "Restored, the ledger is whole. Run `kieng measure` to have its figures again.",
    )
