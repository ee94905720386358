"""All record types of the example, in the order in which they are taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from kieng.examples.generate.case_files import write_cases
from kieng.examples.generate.cases import CaseMaker
from kieng.examples.generate.dirt import write_faulty
from kieng.examples.generate.economy import write_enterprises, write_products
from kieng.examples.generate.files import Form, GeneratedFile, morning_after
from kieng.examples.generate.network import write_network
from kieng.examples.generate.people import write_feedback, write_training, write_workforce
from kieng.examples.generate.places import Maps
from kieng.examples.generate.province_reports import write_province_reports
from kieng.examples.generate.reports import write_commune_reports
from kieng.examples.generate.services import write_services
from kieng.examples.generate.volumes import WorkingDays
from kieng.examples.generate.work_files import write_work_files
from kieng.plan.definitions import Definitions
from kieng.records.batch import Origin

SEED = 20210920  # the day of Resolution 05
FIRST, UNTIL = date(2022, 1, 1), date(2026, 11, 20)
WORKSPACE = Path(__file__).parents[1] / "binh_dinh"
#: File, the day it was said (None: all at the end), where it was said.
_PUBLISHED = (
    (
        "published",
        None,
        "Mỗi dòng có trích dẫn riêng ở cột citation (Báo Bình Định, dti.gov.vn, Nhân Dân, VietNamNet …)",
    ),
    ("published-2023-12", date(2023, 12, 31), "VietNamNet, 12/2023"),
    ("published-2024-03", date(2024, 3, 15), "Dân Việt, 15/3/2024 và 24/3/2024"),
)


def generate(definitions: Definitions, out: Path, seed: int = SEED, **more: Any) -> list[GeneratedFile]:
    """Every delivery of the example, written (``generating``) and put in order."""
    return oldest_first(generating(definitions, out, seed, **more))


def oldest_first(files: Iterable[GeneratedFile]) -> list[GeneratedFile]:
    """``files`` in the order in which they would have come."""
    return sorted(files, key=lambda file: (file.recorded_at, file.path.name))


def generating(
    definitions: Definitions,
    out: Path,
    seed: int = SEED,
    cases: int = 300_000,
    until: date = UNTIL,
    form: str = "csv",
) -> Iterator[GeneratedFile]:
    """Write every delivery of the example into ``out`` (made if need be), telling of each once it is written.

    ``cases`` is the number of cases from 2022 to ``until``; work files are a third of that, and all
    else keeps its calibrated size. ``form`` is ``csv`` (the last week's cases come as NDJSON) or
    ``parquet`` (cases only, for large numbers). Equal arguments give equal bytes.
    """
    out.mkdir(parents=True, exist_ok=True)
    maps = Maps(definitions.tree, seed, definitions.areas)
    working = WorkingDays.of(definitions.calendar)
    yield from _deliveries(maps, working, out, cases, until, Form(form))
    yield from published(until)


def _deliveries(
    maps: Maps, working: WorkingDays, out: Path, cases: int, until: date, form: Form
) -> Iterator[GeneratedFile]:
    maker = CaseMaker(maps, working, maps.seed)
    yield from write_cases(maker, out, FIRST, until, cases, form)
    yield write_faulty(maker, out)
    yield from write_work_files(maps, working, out, FIRST, until, cases // 3)
    yield from write_services(maps, out, until)
    yield from write_enterprises(maps, out, until)
    yield from write_products(maps, out, until)
    yield from write_network(maps, out, until)
    yield from write_workforce(maps, out, until)
    yield from write_training(maps, out, until)
    yield from write_feedback(maps, working, out, until)
    yield from write_commune_reports(maps, out, until)
    yield from write_province_reports(out, until)


def published(until: date) -> Iterator[GeneratedFile]:
    """The cited figures, which are part of the workspace and not made up. Those that were corrected in
    public come when they were said: first as they were published, then as they were corrected."""
    for name, told, citation in _PUBLISHED:
        if told is None or told <= until:
            path = WORKSPACE / "data" / f"{name}.csv"
            rows = path.read_text(encoding="utf-8").count("\n") - 1
            when = morning_after(until) if told is None else morning_after(told, 0)
            yield GeneratedFile(
                path, "report", "published", Origin.PUBLISHED, name, when, rows, citation=citation
            )
