"""``tidy``, ``backup``, ``restore``, ``upgrade``: keeping a ledger quick, and keeping it at all."""

from __future__ import annotations

from pathlib import Path

import click

from kieng.cli.record_commands import show_findings
from kieng.cli.screen import progress, say
from kieng.records.rewriting import USUAL, Policy
from kieng.stores.sql.choose import open_database
from kieng.stores.sql.upgrades import pending
from kieng.stores.sql.upgrades import upgrade as upgrade_tables
from kieng.workspace.backup import back_up
from kieng.workspace.backup import restore as restore_backup
from kieng.workspace.folder import FOLDER, Workspace
from kieng.workspace.place import RESTORING, refuse_no_workspace


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
        f"Đã sao lưu {made.batches} đợt nạp số liệu, {made.files} tệp ({made.copied} tệp mới): {made.folder}",
        f"{made.batches} batches, {made.files} files ({made.copied} new) backed up: {made.folder}",
    )
    for left in made.cut_off:
        say(
            f"Bản sao lưu {left} trước đây bị ngắt giữa chừng, không dùng được; đã xoá.",
            f"The backup {left} was cut off half-way and could not be used; it is removed.",
        )
    if made.mended:
        say(
            f"{made.mended} tệp của các bản sao lưu trước đã hỏng, nay đã chép lại.",
            f"{made.mended} files of earlier backups were damaged and are copied anew.",
        )
    if made.secret_apart:
        say(
            "Lớp bảo vệ thứ hai cần khoá KIENG_WEB_SECRET, không có ở bản này: hãy cất riêng khoá đó.",
            "Second factors need KIENG_WEB_SECRET, which is not in this backup: keep it apart.",
        )
    show_findings(made.findings)
    if made.findings:
        click.get_current_context().exit(1)


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
def restore(backup: Path, folder: Path) -> None:
    """Dựng lại không gian làm việc từ bản sao lưu BACKUP vào FOLDER. / Make a workspace of a backup again."""
    if (folder / FOLDER / RESTORING).exists():
        say(
            f"Lần khôi phục trước vào {folder} bị ngắt giữa chừng; nay làm lại từ đầu.",
            f"An earlier restoring into {folder} was cut off half-way; it begins anew.",
        )
    with progress("Khôi phục", "Restoring"):
        findings = restore_backup(backup, folder)
    show_findings(findings)
    if any(finding.damage for finding in findings):
        click.get_current_context().exit(1)
    say(
        "Đã khôi phục, sổ ghi nguyên vẹn. Chạy `kieng measure` để có lại các con số.",
        "Restored, the ledger is whole. Run `kieng measure` to have its figures again.",
    )


@click.command()
@click.option("--yes", is_flag=True, help="Không hỏi lại / do not ask.")
@click.pass_obj
def upgrade(workspace: Path, yes: bool) -> None:
    """Đưa cơ sở dữ liệu của Kiềng cũ lên phiên bản này. / Bring an older Kiềng's database to this version.

    Sao chép thư mục làm việc (và cơ sở dữ liệu PostgreSQL) trước. / Copy the workspace's folder (and a
    PostgreSQL database, with pg_dump) first.
    """
    refuse_no_workspace(workspace)
    (workspace / FOLDER).mkdir(exist_ok=True)
    database = open_database(workspace / FOLDER, any_version=True)
    steps = pending(database)
    for step in steps:
        say(f"{step.version} ({step.day}): {step.vi}", f"{step.version} ({step.day}): {step.en}")
    if not steps:
        say("Cơ sở dữ liệu đã ở phiên bản này.", "The database is of this version already.")
        return
    if not yes:
        click.confirm("Đã sao chép để phòng chưa? / Is there a copy to go back to?", abort=True, err=True)
    with progress("Nâng cấp", "Upgrading"):
        done = upgrade_tables(database, workspace / FOLDER)
    say(
        f"Đã lên phiên bản {done[-1].version}. Chạy `kieng verify`, rồi `kieng measure`.",
        f"Now of version {done[-1].version}. Run `kieng verify`, then `kieng measure`.",
    )
