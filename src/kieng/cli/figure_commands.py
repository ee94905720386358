"""``measure``, ``show``, ``export``: the numbers."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet as pq

from kieng.cli.area_tables import show_by_area
from kieng.cli.moments import MOMENT, PERIOD
from kieng.cli.screen import out, progress, say
from kieng.cli.tables import board_table, figures_table, legend
from kieng.judgement.board import Line
from kieng.measurement.measurement import Measurement
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.records.batch import Origin
from kieng.records.disk import whole_or_not_there, writing_to
from kieng.workspace.figures import Asked, Figures, figures
from kieng.workspace.folder import Workspace, agency_of
from kieng.workspace.json_format import FLAT_KEYS, flat, flat_row, flat_table, json_text, measurement_json
from kieng.workspace.standing_json import FLAT_STANDING, standing_json

FEW = 3  # so few figures have their standings explained beneath
FORMATS = click.Choice(["table", "json", "csv"])


@click.command()
@click.option(
    "--full",
    is_flag=True,
    help="Đo lại tất cả, không chỉ phần thay đổi / measure everything anew, not only what changed.",
)
@click.pass_obj
def measure(workspace: Path, full: bool) -> None:
    """Đo và lưu mọi con số, theo cả hai cách đọc. / Bring the stored measurements up to date."""
    opened = Workspace(workspace)
    with progress("Đo", "Measuring") as bar:
        task = bar.task_ids[0]
        run = opened.measure(
            full, lambda what, done, of: bar.update(task, description=what, completed=done, total=of)
        )
    count = opened.stored.count()
    say(
        f"Đã đo {count} kết quả, đến đợt nạp {run.through_batch}, địa giới ngày {run.map_day:%d/%m/%Y}.",
        f"{count} measurements, through batch {run.through_batch}, today's map: {run.map_day}.",
    )


@click.command()
@click.argument("indicator", required=False)
@click.option("--agency", help="Mã hoặc id đơn vị / an agency's id or code.")
@click.option("--period", type=PERIOD, help="Kỳ / period: 2025, 2025-H2, 2025-Q3, 2025-07.")
@click.option(
    "--map",
    "map_",
    default="as-was",
    show_default=True,
    help="Bản đồ / map: as-was, today, 2025-07-01, lineage.",
)
@click.option("--as-of", type=MOMENT, help="Như đã biết lúc đó / as known then: 2024-06-30.")
@click.option(
    "--targets",
    is_flag=True,
    help="Mức đạt của từng chỉ tiêu, kể cả chưa có số / every target's standing, also without a figure.",
)
@click.option("--breakdowns", is_flag=True, help="Kèm phân tổ / with breakdowns.")
@click.option("--by", type=click.Choice(["area"]), help="Theo loại địa bàn / by area type: rural, urban, …")
@click.option(
    "--format", "format_", type=FORMATS, default="table", show_default=True, help="Dạng kết quả / form."
)
@click.pass_obj
def show(
    workspace: Path,
    indicator: str | None,
    agency: str | None,
    period: Period | None,
    map_: str,
    as_of: datetime | None,
    targets: bool,
    breakdowns: bool,
    by: str | None,
    format_: str,
) -> None:
    """Cho xem các con số và mức đạt. / Show figures and where every target stands."""
    if by is not None:
        show_by_area(workspace, Asked(indicator, agency, period, map_, as_of), format_)
        return
    with progress("Tìm số liệu", "Finding figures"):
        found = figures(Workspace(workspace), Asked(indicator, agency, period, map_, as_of, breakdowns))
    if targets:
        show_targets(found, indicator, agency, format_)
        return
    whole_plan = indicator is None and agency is None and period is None
    if format_ == "table":
        if whole_plan:
            print_board(found)
        else:
            print_figures(found)
        return
    objects = [measurement_json(*described(found, one)) for one in found.listed]
    if format_ == "json":
        sys.stdout.write(json_text(objects, indent=1) + "\n")
    else:
        write_csv(objects)


def show_targets(found: Figures, indicator: str | None, agency: str | None, format_: str) -> None:
    """Every target (of one indicator) with each agency (or one) that answers for it."""
    answering = agency_of(found.definitions, agency, None) if agency else None
    rows = [row.of(answering) for row in found.rows({indicator} if indicator else None)]
    if format_ == "table":
        out.print(board_table([row for row in rows if row.lines], found.definitions))
        print_marks([line.measurement for row in rows for line in row.lines if line.measurement], found.as_of)
        return
    objects = [standing_json(found.definitions, line) for row in rows for line in row.lines]
    if format_ == "json":
        sys.stdout.write(json_text(objects, indent=1) + "\n")
    else:
        writer = csv.DictWriter(sys.stdout, FLAT_STANDING, lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat_row(one, FLAT_STANDING) for one in objects)


def print_board(found: Figures) -> None:
    """The plan's standing, and what its figures are made of."""
    rows = found.rows()
    out.print(board_table(rows, found.definitions))
    shown = [line.measurement for row in rows for line in row.lines if line.measurement]
    print_marks(shown, found.as_of)


def print_figures(found: Figures) -> None:
    lines = [found.lines(one) for one in found.listed]
    out.print(figures_table(found.listed, found.definitions, [next(iter(some), None) for some in lines]))
    if len(lines) <= FEW:
        for told in (line.judgement for some in lines for line in some):
            for words in (told.reason, *told.all_notes):
                say(words.vi, words.en, out)
    print_marks(found.listed, found.as_of)


def print_marks(shown: Sequence[Measurement], as_of: datetime) -> None:
    """What every reader must know of the figures: made up or real, weighted, as of when."""
    if (words := legend()) is not None:
        out.print(words)
    say(
        f"Tính đến {as_of.isoformat()}.",  # to the last digit: it is what --as-of takes
        f"As of {as_of.isoformat()}.",
        out,
    )
    if any(Origin.SYNTHETIC in one.origins for one in shown):
        say(
            "Số liệu TỔNG HỢP THỬ là dữ liệu dựng để minh hoạ, không phải số thật.",
            "SYNTHETIC figures are made up to show the system; they are not real.",
            out,
        )
    if any(one.weighted for one in shown):
        say("≈: có phần chia theo trọng số.", "≈: partly apportioned by weight.", out)


def described(found: Figures, one: Measurement) -> tuple[Measurement, Definitions, Sequence[Line]]:
    return one, found.definitions, found.lines(one)


def write_csv(objects: Sequence[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, FLAT_KEYS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat(one) for one in objects)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as-of", type=MOMENT, help="Như đã biết lúc đó / as known then.")
@click.pass_obj
def export(workspace: Path, folder: Path, as_of: datetime | None) -> None:
    """Xuất mọi con số ra JSON và Parquet. / Export every figure, both readings, as JSON lines and Parquet."""
    opened = Workspace(workspace)
    objects: list[dict[str, Any]] = []
    with progress("Xuất", "Exporting"):
        for map_ in ("as-was", "today"):
            found = figures(opened, Asked(None, None, None, map_, as_of, breakdowns=True))
            objects += [measurement_json(*described(found, one)) for one in found.listed]
    standings = [standing_json(found.definitions, line) for row in found.rows() for line in row.lines]
    with writing_to(folder, "the files there are not complete", "export again"):
        folder.mkdir(parents=True, exist_ok=True)
        names = (
            folder / name for name in ("measurements.ndjson", "standings.ndjson", "measurements.parquet")
        )
        with whole_or_not_there(*names) as (measured, judged, table):
            with measured.open("w", encoding="utf-8") as file:
                file.writelines(json_text(one) + "\n" for one in objects)
            with judged.open("w", encoding="utf-8") as file:
                file.writelines(json_text(one) + "\n" for one in standings)
            pq.write_table(flat_table(objects), table, compression="zstd")
    say(f"{len(objects)} kết quả trong {folder}.", f"{len(objects)} measurements in {folder}.")
