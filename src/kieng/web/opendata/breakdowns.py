"""Which breakdowns the public sees. Figures by agency and by value add up both ways, so what hides one
figure along one way could be told along the other.

The rule is plain and strict. Agencies right below one agency are a family. Their breakdowns are shown
together or not at all: shown when none of their figures is small, nor what the agency above has beside
them, none of their totals is hidden, and the family above is shown. So no equation of shown figures
holds a hidden one alone: below a hidden family nothing is shown that adds up to it, and above it only
sums of the whole family are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from kieng.judgement.cells import Cell
from kieng.judgement.disclosure import cell_of, disclose, thresholds_on
from kieng.measurement.measurement import Measurement
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator

Row = Mapping[str | None, Measurement]
Above = Callable[[str], str | None]


def shown_rows(
    definitions: Definitions, parts: Iterable[Measurement], hidden_totals: frozenset[str], above: Above
) -> frozenset[str]:
    """The agencies whose breakdown is shown: ``parts`` are all of one indicator, period, map and field."""
    rows: dict[str, dict[str | None, Measurement]] = {}
    for one in parts:
        rows.setdefault(one.agency, {})[one.breakdown[1] if one.breakdown else None] = one
    families: dict[str | None, list[str]] = {}
    for agency in sorted(rows):
        families.setdefault(_nearest(agency, rows, above), []).append(agency)
    indicators = definitions.indicators
    return frozenset(_open(None, families, rows, hidden_totals, indicators))


def _nearest(agency: str, rows: Mapping[str, Row], above: Above) -> str | None:
    one = above(agency)
    while one is not None and one not in rows:
        one = above(one)
    return one


def _open(
    parent: str | None,
    families: Mapping[str | None, list[str]],
    rows: Mapping[str, Row],
    hidden_totals: frozenset[str],
    indicators: Mapping[str, Indicator],
) -> Iterator[str]:
    """The shown agencies below ``parent``, itself shown; those without anybody above are families of one."""
    members = families.get(parent, [])
    for family in [members] if parent else [[one] for one in members]:
        own = _beside(rows[parent], [rows[one] for one in family], indicators) if parent else []
        if hidden_totals.isdisjoint(family) and not _any_small(own, [rows[m] for m in family], indicators):
            yield from family
            for member in family:
                yield from _open(member, families, rows, hidden_totals, indicators)


def _any_small(own: list[Cell], rows: list[Row], indicators: Mapping[str, Indicator]) -> bool:
    cells, thresholds = list(own), None
    for row in rows:
        for one in row.values():
            thresholds = thresholds or thresholds_on(one.period.last_day)
            cells.append(cell_of(one, indicators[one.indicator], None, str(len(cells))))
    return thresholds is not None and bool(disclose(cells, thresholds).small)


def _beside(whole: Row, below: list[Row], indicators: Mapping[str, Indicator]) -> list[Cell]:
    """What an agency has of each value beside those below it: their sum would tell it."""
    found = []
    for value, one in whole.items():
        cell = cell_of(one, indicators[one.indicator], None)
        parts = [cell_of(row[value], indicators[one.indicator], None) for row in below if value in row]
        if cell.part is not None:
            part = cell.part - sum((p.part or Decimal(0) for p in parts), Decimal(0))
            whole_ = None
            if cell.whole is not None:
                whole_ = cell.whole - sum((p.whole or Decimal(0) for p in parts), Decimal(0))
            found.append(Cell(f"own {value}", None, part, whole_))
    return found
