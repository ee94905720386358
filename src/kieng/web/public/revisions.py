"""What was corrected: figures that were reported or published as one thing and later as another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from kieng.judgement.correction import Saying
from kieng.judgement.disclosure import is_small_share, thresholds_on
from kieng.measurement.value import Valuer, nothing_earlier
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Compare, Comparison, FieldRef, Literal
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.stated import stated_in
from kieng.records.batch import origins_of
from kieng.web.door import State
from kieng.web.public.shown import hidden_agencies
from kieng.words import Name

_VALUES = ("amount", "percent", "numerator", "denominator", "rank", "absence")
#: So many corrections stand on one page.
PAGE = 40
#: So many stand on the page of the indicator itself.
BESIDE = 3


@dataclass(frozen=True)
class Told:
    """What was said at one moment. ``because`` is what was noted with it, which is a correction's reason, and
    ``where`` the document that says so."""

    at: datetime
    saying: Saying
    because: str | None
    where: str | None


@dataclass(frozen=True)
class Revision:
    """One figure and everything that was said of it, in the order in which it was said."""

    indicator: Indicator
    agency: str
    name: Name
    period: Period
    told: tuple[Told, ...]
    small: bool

    @property
    def first(self) -> Told:
        return self.told[0]

    @property
    def corrections(self) -> tuple[Told, ...]:
        return self.told[1:]

    @property
    def last(self) -> Told:
        return self.told[-1]


@dataclass(frozen=True)
class Revisions:
    """``count`` figures were corrected at all; ``listed`` are those of one page."""

    count: int
    listed: tuple[Revision, ...]
    more: bool


def revisions(
    state: State, agency: str | None, indicator: str | None, everybody: bool, page: int
) -> Revisions:
    """What was corrected, the newest correction first: of one agency, of the top ones, or of everybody."""

    def wanted(row: Mapping[str, Any]) -> bool:
        if agency is not None or not everybody:
            fits = row["agency"] == agency if agency else _is_top(state, row["agency"])
            if not fits:
                return False
        return indicator is None or _figure(state, row, indicator)

    since = state.definitions.measured_from or date.min
    found = [
        one
        for one in state.once("revised", lambda: _revised(state))
        if one[0]["period_end"] >= since and wanted(one[0])
    ]
    some = found[page * PAGE : (page + 1) * PAGE]
    listed = tuple(made for rows in some for made in _revision(state, rows, indicator))
    return Revisions(len(found), listed, len(found) > (page + 1) * PAGE)


def of_page(state: State, agency: str, indicator: str) -> tuple[Revision, ...]:
    """The newest corrections of one figure's page."""
    return revisions(state, agency, indicator, True, 0).listed[:BESIDE]


def _revised(state: State) -> list[list[dict[str, Any]]]:
    """The versions of every figure of which they differ, by the last correction. Only figures that an
    indicator shows as they were reported; the agencies at the top come first among those of one moment."""
    table = state.reported()
    if not table.num_rows:
        return []
    counted = table.group_by("_key").aggregate([("_key", "count")])
    keys = counted.filter(pc.greater(counted["_key_count"], 1))["_key"]
    rows = table.filter(pc.is_in(table["_key"], value_set=_combined(keys))).to_pylist()
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row["_recorded_at"], row["_batch"], row["_row"])):
        by_key.setdefault(row["_key"], []).append(row)
    changed = [kept for told in by_key.values() if len(kept := _different(told)) > 1]
    ranks = {level.id: level.rank for level in state.definitions.tree.levels.values()}
    tree = state.definitions.tree

    def order(told: list[dict[str, Any]]) -> tuple[Any, ...]:
        level = tree.agencies[told[0]["agency"]].levels[-1].value
        return -told[-1]["_recorded_at"].timestamp(), ranks[level], told[0]["_key"]

    return sorted((told for told in changed if told[0]["agency"] in tree.agencies), key=order)


def _combined(keys: pa.ChunkedArray) -> pa.Array:
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _different(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The versions whose figure is another than the one before: a new state alone is no correction."""
    kept: list[dict[str, Any]] = []
    for row in told:
        if not kept or _said(row) != _said(kept[-1]):
            kept.append(row)
    return kept


def _said(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in (*_VALUES, "_withdrawn"))


def _revision(state: State, rows: Sequence[dict[str, Any]], only: str | None) -> Iterator[Revision]:
    for indicator in state.definitions.indicators.values():
        if only not in (None, indicator.id) or not _figure(state, rows[0], indicator.id):
            continue
        first, tree = rows[0], state.definitions.tree
        period = _period(indicator, first["period_end"])
        since = state.definitions.measured_from
        if period is not None and (since is None or period.start >= since):
            told = tuple(_told(indicator, period, row) for row in rows)
            name = tree.name(first["agency"], first["period_end"])
            small = any(_is_small(row) for row in rows) or (
                not _is_top(state, first["agency"])
                and first["agency"] in hidden_agencies(state, indicator.id, period)
            )
            yield Revision(indicator, first["agency"], name, period, told, small)


def _is_top(state: State, agency: str) -> bool:
    tree = state.definitions.tree
    return tree.levels[tree.agencies[agency].levels[-1].value].rank == 0


def _figure(state: State, row: Mapping[str, Any], indicator: str) -> bool:
    """Whether the indicator shows the figure of the record as it was reported, and nothing else."""
    shown = state.once("figures shown as reported", lambda: _shown_as_reported(state.definitions))
    return shown.get(indicator, _NONE) == str(row["figure"])


def _shown_as_reported(definitions: Definitions) -> Mapping[str, str]:
    """By indicator the figure it shows, of those that show one as it was reported."""
    found = {}
    for indicator in definitions.indicators.values():
        rule = indicator.rules[-1]
        figures = {_taken(one) for one in rule.formula.aggregates}
        if "figure" in definitions.record_types[rule.record].fields and len(figures) == 1:
            found[indicator.id] = figures.pop()
    return {indicator: figure for indicator, figure in found.items() if figure is not None}


_NONE = ""  # no figure's name
_AS_REPORTED = (AggregateKind.LATEST, AggregateKind.MAX, AggregateKind.MIN, AggregateKind.SUM)


def _taken(one: Aggregate) -> str | None:
    match one:
        case Aggregate(
            kind=kind,
            argument=FieldRef(),
            where=Compare(op=Comparison.EQ, left=FieldRef(name="figure"), right=Literal(value=str(value))),
        ) if kind in _AS_REPORTED:
            return value
        case _:
            return None


def _period(indicator: Indicator, day: date) -> Period | None:
    """The longest period that ends with the record's, else the shortest that it lies in."""
    grains = sorted(indicator.rules[-1].counting.grains, key=lambda grain: grain.months)
    periods = [Period.containing(day, grain) for grain in grains]
    ending = [period for period in periods if period.last_day == day]
    return ending[-1] if ending else periods[0] if periods else None


def _told(indicator: Indicator, period: Period, row: Mapping[str, Any]) -> Told:
    rule = indicator.rule_for(period) or indicator.rules[-1]
    fields = [one.argument.name for one in rule.formula.aggregates if isinstance(one.argument, FieldRef)]
    parts = tuple(_decimal(row.get(name)) for name in fields)
    answer = Valuer(rule.formula, indicator.unit).answer(parts, nothing_earlier, row.get("absence"))
    at, value = row["_recorded_at"], answer.value
    saying = Saying(
        timezone.localtime(at).date(),
        value,
        row.get("state"),
        origins_of(row["_origin"]),
        None if value is None else stated_in(indicator.stated, row["agency"], period, value),
        bool(row["_withdrawn"]),
    )
    return Told(at, saying, row.get("note"), row.get("citation"))


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _is_small(row: Mapping[str, Any]) -> bool:
    """Whether a reported count is too small to be seen by the public."""
    part, whole = _decimal(row.get("numerator")), _decimal(row.get("denominator"))
    return is_small_share(part, whole, thresholds_on(row["period_end"]))
