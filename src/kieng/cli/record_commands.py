"""``load``, ``verify``: records in, and the proof that none has changed."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from kieng.cli.moments import MOMENT
from kieng.cli.screen import err, problem_text, progress, say, show_problems
from kieng.problems import Place, Problem, UserError
from kieng.records.batch import Origin
from kieng.records.intake import Intake, OnProgress
from kieng.records.plain_text import refuse_odd
from kieng.records.readers.contained import make_ready
from kieng.records.refused import discard, write_refused
from kieng.records.verify import Finding
from kieng.workspace.folder import Loaded, Workspace, moment_in


@click.command()
@click.argument("record_type")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="Ánh xạ / the mapping's id.")
@click.option(
    "--origin",
    type=click.Choice([one.value for one in Origin]),
    default=Origin.REPORTED.value,
    show_default=True,
    help="Nguồn gốc số liệu / where the records come from.",
)
@click.option("--citation", help="Trích dẫn, bắt buộc với số đã công bố / required for published figures.")
@click.option(
    "--by", default=None, help="Ai nạp (mặc định: người dùng máy) / who loads (default: the system's user)."
)
@click.option(
    "--recorded-at", type=MOMENT, default=None, help="Nạp lại theo thứ tự cũ / for replays in order."
)
@click.option(
    "--refused",
    type=click.Path(path_type=Path),
    default=Path("refused"),
    show_default=True,
    help="Thư mục cho dòng bị từ chối / the folder for refused rows.",
)
@click.pass_obj
def load(
    workspace: Path,
    record_type: str,
    files: tuple[Path, ...],
    mapping: str,
    origin: str,
    citation: str | None,
    by: str | None,
    recorded_at: datetime | None,
    refused: Path,
) -> None:
    """Nạp bản ghi từ tệp. / Load records from files.

    Dòng bị từ chối được ghi ra tệp riêng để sửa và gửi lại. / Refused rows go to a file that can be mended
    and sent again.
    """
    make_ready(files)
    opened = Workspace(workspace)
    who = by or getpass.getuser()
    refuse_odd("--by", who)
    refuse_odd("--citation", citation or "", lines=True)
    with following("Đang đọc", "Reading") as on_progress:
        intake = opened.read(record_type, files, mapping, on_progress)
    moment = moment_in(opened.definitions, recorded_at) if recorded_at else None
    loaded, set_aside = add_and_set_aside(
        intake,
        refused,
        lambda: opened.add(intake, origin=Origin(origin), by=who, citation=citation, recorded_at=moment),
    )
    report(loaded, set_aside)
    try:
        opened.ledger.tidy([opened.definitions.record_types[record_type]])
    except UserError as error:  # what was loaded is loaded; the next load tidies again
        show_problems(error.problems)
    if loaded.problems:
        click.get_current_context().exit(2)


@contextmanager
def following(vi: str, en: str) -> Iterator[OnProgress]:
    """A bar that follows an intake."""
    with progress(vi, en) as bar:

        def on_progress(_rows: int, done: int, total: int) -> None:
            bar.update(bar.task_ids[0], completed=done, total=total or None)

        yield on_progress


def add_and_set_aside(
    intake: Intake, folder: Path, add: Callable[[], Loaded]
) -> tuple[Loaded, tuple[Path, ...]]:
    """Add what was sound once the refused rows lie in ``folder``: no row is ever in neither place."""
    set_aside = write_refused(intake.refused, folder) if intake.sound and len(intake.refused) else ()
    try:
        loaded = add()
    except UserError:
        discard(set_aside)  # nothing was taken, so these rows are not what is left of it
        raise
    if loaded.receipt is not None and loaded.receipt.already is not None:
        discard(set_aside)  # they were set aside when the delivery first came
        return loaded, ()
    return loaded, set_aside


def report(loaded: Loaded, set_aside: Iterable[Path]) -> None:
    """What was accepted, what was not and where it lies."""
    if loaded.problems:
        show_problems(loaded.problems)
    if not loaded.intake.sound:
        say("Không nạp gì từ lần này.", "Nothing of this delivery was loaded.")
        return
    receipt, counts = loaded.receipt, loaded.intake.counts
    if receipt is not None and receipt.already is not None:
        number = receipt.already.sequence
        say(
            f"Đã có từ trước ở đợt nạp số liệu {number}; không thêm gì.",
            f"Already there as batch {number}; nothing added.",
        )
        return
    accepted, superseded, unchanged = (
        (receipt.accepted, receipt.superseded, receipt.unchanged) if receipt else (0, 0, 0)
    )
    refused = counts.refused + (len(receipt.refused) if receipt else 0)
    say(
        f"{counts.rows} dòng: nhận {accepted} (thay bản cũ {superseded}), không đổi {unchanged}, "
        f"lặp {counts.repeated}, từ chối {refused}.",
        f"{counts.rows} rows: accepted {accepted} (superseding {superseded}), unchanged {unchanged}, "
        f"repeated {counts.repeated}, refused {refused}.",
    )
    for path in set_aside:
        say(f"Dòng bị từ chối: {path}. Sửa rồi nạp lại.", f"Refused rows: {path}. Mend and load again.")


_DAMAGED = "Restore it from a backup, and find out how it came about."
#: What to do about findings that are no damage of the ledger.
_REMEDIES = {
    "secret-missing": "Name the earlier secret in KIENG_WEB_SECRET, or let people make second factors anew.",
    "people-not-copied": "Mend what is said and back up again, or back that database up with pg_dump.",
    "people-not-restored": "Mend what is said, then restore into another folder and an empty database.",
}


def as_problem(finding: Finding) -> Problem:
    remedy = _REMEDIES.get(finding.kind, _DAMAGED) if finding.damage else "Leave it."
    batch = "" if finding.batch is None else f" (đợt nạp/batch {finding.batch})"
    return Problem(Place(finding.place + batch), finding.kind, f"{finding.why}.", remedy)


def show_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        err.print(problem_text(as_problem(finding)))


@click.command()
@click.option(
    "--sweep",
    is_flag=True,
    help="Dọn tệp dở dang của lần nạp bị ngắt / remove files that cut-off loads left.",
)
@click.pass_obj
def verify(workspace: Path, sweep: bool) -> None:
    """Kiểm tra sổ ghi, số đã đo: có byte nào bị đổi không. / Find any changed byte of ledger and figures."""
    opened = Workspace(workspace)
    ledger = opened.ledger
    if sweep:
        count = len(ledger.sweep())
        say(f"Đã dọn {count} tệp dở dang.", f"{count} unfinished files removed.")
    findings = opened.verify()
    show_findings(findings)
    batches = ledger.batches()
    if any(finding.damage for finding in findings):
        click.get_current_context().exit(1)
    head = batches[-1].hash if batches else "-"
    say(
        f"{len(batches)} đợt nạp số liệu, chuỗi liền mạch. Mã đầu chuỗi: {head}",
        f"{len(batches)} batches, the chain is whole. Head: {head}",
    )
