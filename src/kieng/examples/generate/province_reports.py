"""Synthetic figures that the province (and, for smart cities, districts) reports once a year.

They stand in ``province_figures.csv``. The numerators of Bình Định's digital economy in 2020 and 2023 are
published (S8), the shares of 2020 to 2023 have the published mean of 5.56 %; all the rest is invented.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from kieng.examples.generate.files import GeneratedFile, deliver, morning_after

FIGURES = Path(__file__).with_name("province_figures.csv")
_NAMES = ("MaBaoCao", "CoQuan", "ChiTieu", "KyDenNgay", "GiaTri", "TuSo", "MauSo", "TrangThai", "GhiChu")
_SCHEMA = pa.schema([(name, pa.string()) for name in _NAMES])
_STATES = {
    "estimate": ("uoc", 5, Decimal("1.06"), "giả lập"),
    "confirmed": ("chinh thuc", 84, Decimal(1), "số chính thức thay số ước (giả lập)"),
}


def write_province_reports(out: Path, until: date) -> Iterator[GeneratedFile]:
    """An estimate in January, the confirmed figure in March: the estimate is the kinder one."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    for year in range(2020, until.year):
        for state, (_, wait, _, _) in _STATES.items():
            rows = [_row(figure, state) for figure in figures if figure["year"] == str(year)]
            when = morning_after(date(year, 12, 31), wait)
            table = pa.Table.from_pylist(rows, _SCHEMA)
            yield deliver(out, f"report-{year}-{state}", table, "report", "report", when)


def _row(figure: dict[str, str], state: str) -> dict[str, str | None]:
    word, _, raised, note = _STATES[state]
    key = f"{figure['figure']}-{figure['agency']}-{figure['period_end']}"
    top = figure["numerator"] and str((Decimal(figure["numerator"]) * raised).quantize(Decimal("0.001")))
    known = (figure["agency"], figure["figure"], figure["period_end"])
    values = (key, *known, figure["amount"], top, figure["denominator"], word, note)
    return {name: value or None for name, value in zip(_NAMES, values, strict=True)}
