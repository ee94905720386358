"""Figures as rows of text: the columns every table-like file has."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from kieng.web.opendata.licence import is_synthetic
from kieng.web.opendata.published import Answer, Figure
from kieng.workspace.json_format import FLAT_KEYS, flat

#: Beside the keys of ``kieng show``: names in Vietnamese, the mark of made-up figures, licence and version.
MORE = ("indicator.name", "agency.name", "synthetic", "licence", "version")
COLUMNS = (*FLAT_KEYS, *MORE)
BOM = "\ufeff"
_NUMBERS: tuple[str, ...] = (
    "value",
    "numerator",
    "denominator",
    "coverage.people_share",
    "target.value",
    "target.upper",
)
_NUMBERS += ("target.expected", "target.distance")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(answer: Answer, one: Figure, version: str) -> dict[str, str | None]:
    """One figure by :data:`COLUMNS`; numbers exact, with a point."""
    measurement = one.measurement
    indicator = answer.definitions.indicators[measurement.indicator]
    name = answer.definitions.tree.name(measurement.agency, measurement.period.last_day)
    told = (
        indicator.name.vi,
        name.vi,
        str(is_synthetic(measurement)).lower(),
        answer.definitions.licence.url,
        version,
    )
    return flat(answer.json(one)) | dict(zip(MORE, told, strict=True))


def csv_lines(rows: Iterable[dict[str, str | None]], excel: bool = False, head: bool = True) -> Iterator[str]:
    """Lines of CSV. ``excel``: as Vietnamese Excel opens it by a double click, with ``;`` between columns, a
    decimal comma, and no text that could be taken for a formula."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, delimiter=";" if excel else ",", lineterminator="\r\n")
    if head:
        writer.writeheader()
    for row in rows:
        writer.writerow(_for_excel(row) if excel else row)
        if buffer.tell() > 60_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _for_excel(row: dict[str, str | None]) -> dict[str, str | None]:
    told: dict[str, str | None] = {}
    for name, text in row.items():
        if text is not None and name in _NUMBERS:
            told[name] = text.replace(".", ",")
        else:
            told[name] = f"'{text}" if text and text.startswith(_FORMULA) else text
    return told
