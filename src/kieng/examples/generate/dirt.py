"""A small delivery with rows that are wrong on purpose, to show what happens to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.case_files import table
from kieng.examples.generate.cases import CaseMaker
from kieng.examples.generate.files import Form, GeneratedFile, deliver, morning_after

#: Row (from 1, the header left out), column, what stands there.
FAULTS = (
    (7, "NgayTiepNhan", "20240231101500"),  # 31/02
    (19, "KenhThucHien", "7"),  # a channel nobody has mapped
    (33, "DonViXuLy", "99999"),  # no agency bore this code
)
_ROWS, _DAY = 40, date(2024, 2, 28)


def write_faulty(maker: CaseMaker, out: Path) -> GeneratedFile:
    """40 cases from a paper register keyed in by hand, three of which cannot be right."""
    days = np.array([_DAY], dtype="M8[D]")
    _, cases = next(maker.months(days, np.array([_ROWS])))
    columns = dict(zip((t := table(cases, _DAY, Form.CSV)).column_names, t.columns, strict=True))
    columns["MaHoSo"] = pa.array([f"{value}9" for value in columns["MaHoSo"].to_pylist()])
    for row, name, text in FAULTS:
        values = columns[name].to_pylist()
        values[row - 1] = text
        columns[name] = pa.array(values, pa.string())
    made = deliver(
        out, "cases-paper-register", pa.table(columns), "case", "national-case", morning_after(_DAY, 9)
    )
    return GeneratedFile(**{**vars(made), "refused": len(FAULTS)})
