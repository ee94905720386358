"""``demo``: the Bình Định example from nothing to the plan's standing, in one command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import click
from rich.progress import Progress

from kieng.cli.figure_commands import print_board
from kieng.cli.screen import out, progress, say
from kieng.cli.serve_command import HOST, PORT, refuse_unservable, serving_beside
from kieng.examples.generate.files import GeneratedFile
from kieng.records.batch import Origin
from kieng.records.refused import write_refused
from kieng.workspace.demo import CASES, deliveries, load_all, make_demo
from kieng.workspace.figures import Asked, figures
from kieng.workspace.folder import Loaded, Workspace
from kieng.workspace.place import refuse_occupied


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
@click.option("--serve/--no-serve", "serving", default=True, help="Mở trang web / open the pages at the end.")
@click.option("--port", default=PORT, show_default=True, help="Cổng của trang web / the pages' port.")
@click.option("--cases", default=CASES, show_default=True, help="Số hồ sơ dựng / how many cases to make up.")
def demo(folder: Path, cases: int, serving: bool, port: int) -> None:
    """Dựng, nạp, đo và mở ví dụ Bình Định. / Make, load, measure and serve the Bình Định example."""
    refuse_occupied(folder)
    if serving:
        refuse_unservable(HOST, port)
    workspace = make_demo(folder)
    # The server takes its seconds to start while the loading leaves a core free.
    with serving_beside(folder, port) if serving else nullcontext():
        load_deliveries(workspace, deliveries(workspace, cases))
        measure_and_tell(workspace)


def measure_and_tell(workspace: Workspace) -> None:
    with progress("Đo", "Measuring"):
        run = workspace.measure()
    print_board(figures(workspace, Asked()))
    say(
        f"{workspace.stored.count()} kết quả đo đến đợt nạp {run.through_batch}, theo cả hai cách đọc.",
        f"{workspace.stored.count()} measurements through batch {run.through_batch}, in both readings.",
    )
    print_next(workspace.root)


def load_deliveries(workspace: Workspace, files: Iterable[GeneratedFile]) -> None:
    """Load with a bar, then tell how much came from where and what was refused."""
    rows: Counter[Origin] = Counter()
    with progress("Dựng và nạp số liệu", "Making records up and loading them") as bar:
        for file, loaded in load_all(workspace, _lengthening(bar, files)):
            rows[file.origin] += loaded.receipt.accepted if loaded.receipt else 0
            bar.advance(bar.task_ids[0], file.rows)
            if len(loaded.intake.refused):
                tell_refused(workspace, file.path.name, loaded)
    say(
        f"Sổ ghi: {rows[Origin.PUBLISHED]} bản ghi đã công bố (có trích dẫn), "
        f"{rows[Origin.SYNTHETIC]} bản ghi TỔNG HỢP THỬ.",
        f"Ledger: {rows[Origin.PUBLISHED]} published records (with citation), "
        f"{rows[Origin.SYNTHETIC]} SYNTHETIC ones.",
    )


def _lengthening(bar: Progress, files: Iterable[GeneratedFile]) -> Iterator[GeneratedFile]:
    """``files``, with their rows told to the bar as what there is to do."""
    total = 0
    for file in files:
        total += file.rows
        bar.update(bar.task_ids[0], total=total)
        yield file


def tell_refused(workspace: Workspace, name: str, loaded: Loaded) -> None:
    paths = write_refused(loaded.intake.refused, workspace.root / "refused")
    count = len(loaded.intake.refused)
    say(
        f"{name}: từ chối {count} dòng, nêu lý do trong {paths[0]}.",
        f"{name}: {count} rows refused, with reasons in {paths[0]}.",
    )


def print_next(folder: Path) -> None:
    """Three things worth trying, ready to be copied."""
    say("Thử tiếp:", "Try next:", out)
    w = f"-w {folder}"
    for line in (
        f"kieng {w} show cases-online --agency gia-lai --map today",
        f"kieng {w} explain fibre-households --agency gia-lai --period 2025",
        f"kieng {w} show --as-of 2024-06-30",
        f"kieng {w} verify",
    ):
        out.print(f"  .venv/bin/{line}")
