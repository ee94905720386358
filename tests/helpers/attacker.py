"""Somebody who reads all that is public and calculates: which hidden counts follow from it?

Independent of how figures are hidden. Unknown is what each agency counted itself in each shortest period.
Every shown number is a sum of unknowns, by the ways up the tree that the measuring itself takes; besides, the
attacker knows every equation between counts that holds in all agencies and periods. A hidden count follows
when it is a combination of the equations: when every change of the unknowns that changes none of the shown
numbers leaves it as it is. One such change at random tells all that do not follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from kieng.measurement.closure import Maps, Variant
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, WEIGHT_UNIT, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Combine, Not, Ratio, Row, Value, walk_value
from kieng.plan.indicator import Membership
from kieng.plan.period import Period

_COUNTS = (AggregateKind.COUNT, AggregateKind.COUNT_DISTINCT)
Count = tuple[object, ...]  # what is counted: records, periods, way, node, value of a breakdown
Unknown = tuple[Count, str, Period]  # a count of one agency's own, in one shortest period


@dataclass(frozen=True)
class Cell:
    """One number of one figure."""

    count: Count
    figure: Measurement
    number: float
    shown: bool

    @property
    def name(self) -> str:
        one = self.figure
        return f"{one.indicator} {one.agency} {one.period} {one.reading} {one.breakdown} = {self.number:g}"


def cells_of(definitions: Definitions, figures: Iterable[tuple[Measurement, bool]]) -> Iterator[Cell]:
    """The counts that figures tell; with each whether it is shown."""
    for one, shown in figures:
        rule = definitions.indicators[one.indicator].rules[one.rule]
        if definitions.record_types[rule.record].open_counts:
            continue
        counting = rule.counting
        base = (rule.record, counting.membership, counting.start, counting.end, Variant.of(rule))
        root = rule.formula.root
        over = root.numerator if isinstance(root, Ratio) else root
        numbers = [(over, one.numerator if isinstance(root, Ratio) else one.value)]
        if isinstance(root, Ratio):
            numbers.append((root.denominator, one.denominator))
        for node, number in numbers:
            if _is_counted(node) and number is not None:
                yield Cell((*base, node, one.breakdown), one, float(number), shown)


def _is_counted(node: Value) -> bool:
    inside = list(walk_value(node))
    return all(
        isinstance(one, Combine) or (isinstance(one, Aggregate) and one.kind in _COUNTS) for one in inside
    )


@dataclass
class Attacker:
    """``least``: a count above nought and below it is small."""

    definitions: Definitions
    today: date
    cells: list[Cell]
    least: float = 5
    checked: int = 0
    _maps: Maps = field(init=False)
    _holders: dict[object, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    _counting: dict[object, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._maps = Maps(self.definitions, self.today)

    def told(self) -> list[str]:
        """The small counts that follow from what is shown, or are shown."""
        groups: dict[object, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            groups[cell.count[:5]].append(cell)
        return [name for cells in groups.values() for name in self._of_frame(cells)]

    def _of_frame(self, cells: list[Cell]) -> Iterator[str]:
        own = self._own(cells)
        equations, both_sides = list(self._equations(own)), _both_sides({cell.count[5] for cell in cells})
        of_part: dict[object, list[Cell]] = defaultdict(list)
        for cell in cells:
            of_part[self._part_of(cell)].append(cell)
        for part in of_part.values():
            yield from self._of_part(part, own, equations, both_sides)

    def _part_of(self, cell: Cell) -> object:
        """The periods that can be added up to one another: a year, an open period, a day."""
        period, membership = cell.figure.period, cell.count[1]
        if membership is Membership.BY:
            return period.start.year
        return period.end if membership is Membership.IN_FORCE else period

    def _own(self, cells: list[Cell]) -> Mapping[Count, Mapping[tuple[str, Period], float]]:
        """What each agency counted itself, where its figure as it was is there: its total less all that
        agencies below it counted."""
        totals: dict[tuple[Count, Period], dict[str, float]] = defaultdict(dict)
        for cell in cells:
            if cell.figure.reading == str(AS_WAS):
                totals[cell.count, cell.figure.period][cell.figure.agency] = cell.number
        found: dict[Count, dict[tuple[str, Period], float]] = defaultdict(dict)
        for (count, period), known in totals.items():
            ways = self._maps.ways_up(period, AS_WAS, _variant(count))
            below: dict[str, float] = defaultdict(float)
            for agency in sorted(known, key=lambda one: -len(ways[one])):
                own = known[agency] - below[agency]
                found[count][agency, period] = own
                for above in ways[agency]:
                    below[above] += own
        return found

    def _equations(
        self, own: Mapping[Count, Mapping[tuple[str, Period], float]]
    ) -> Iterator[dict[Count, int]]:
        """What holds between counts in every agency and period: one is another, or two are a third; all
        values of a breakdown are the total."""
        counts = list(own)
        for a, b in combinations(counts, 2):
            if _holds(own, {a: 1, b: -1}):
                yield {a: 1, b: -1}
        whole = [one for one in counts if one[-1] is None]
        for total in whole:
            for a, b in combinations([one for one in whole if one is not total], 2):
                if _holds(own, {a: 1, b: 1, total: -1}):
                    yield {a: 1, b: 1, total: -1}
            fields: dict[object, list[Count]] = defaultdict(list)
            for one in counts:
                if one[-1] is not None and one[:-1] == total[:-1]:
                    fields[one[-1][0]].append(one)  # type: ignore[index]
            for values in fields.values():
                yield {total: -1, **dict.fromkeys(values, 1)}

    # --- one system of equations -----------------------------------------------------------

    def _of_part(
        self,
        cells: list[Cell],
        own: Mapping[Count, Mapping[tuple[str, Period], float]],
        equations: list[dict[Count, int]],
        both_sides: set[object],
    ) -> Iterator[str]:
        small = [c for c in cells if 1e-6 < c.number < self.least - 1e-6 and c.figure.weighted is None]
        self.checked += len(small)
        guarded = [c for c in small if c.count[5] not in both_sides]
        hidden = [c for c in guarded if not c.shown]
        yield from (f"shown: {c.name}" for c in guarded if c.shown)
        if not hidden:
            return
        moments = self._moments(cells)
        column: dict[Unknown, int] = {}
        rows = [self._row(c, own, moments, column) for c in cells if c.shown]
        asked = [self._row(c, own, moments, column) for c in hidden]
        rows += self._rows_of(equations, own, moments, column)
        yield from (f"follows: {hidden[at].name}" for at in _following(rows, asked, len(column)))

    def _moments(self, cells: list[Cell]) -> list[Period]:
        periods = {c.figure.period for c in cells}
        shortest = min(p.grain.months for p in periods)
        if cells[0].count[1] is not Membership.BY:
            return sorted(p for p in periods if p.grain.months == shortest)
        return sorted(p for p in periods if p.grain.months == shortest)

    def _row(
        self,
        cell: Cell,
        own: Mapping[Count, Mapping[tuple[str, Period], float]],
        moments: list[Period],
        column: dict[Unknown, int],
    ) -> dict[int, float]:
        figure = cell.figure
        row: dict[int, float] = {}
        adds_up = cell.count[1] is Membership.BY
        held = self._held_by(cell.count, figure.agency, figure.period, figure.reading)
        for moment in moments:
            if adds_up and not (figure.period.start <= moment.start and moment.end <= figure.period.end):
                continue
            there = self._there(cell.count, moment, own)
            for agency in held.keys() & there:
                at = column.setdefault((cell.count, agency, moment), len(column))
                row[at] = held[agency] / WEIGHT_UNIT
        if adds_up and figure.period not in moments:
            # What an agency counted in the year and in no month of it: records finished after it closed.
            known = own.get(cell.count, {})
            for agency in held:
                inside = (known.get((agency, m), 0.0) for m in moments if m.start in figure.period)
                if abs(known.get((agency, figure.period), 0.0) - sum(inside)) > 1e-6:
                    at = column.setdefault((cell.count, agency, figure.period), len(column))
                    row[at] = held[agency] / WEIGHT_UNIT
        return row

    def _held_by(self, count: Count, agency: str, period: Period, reading: str) -> Mapping[str, int]:
        key = (self._maps.scope(period), reading, count[4])
        if key not in self._holders:
            ways = self._maps.ways_up(period, Reading.of(reading), _variant(count))
            found: dict[str, dict[str, int]] = defaultdict(dict)
            for source in self.definitions.tree.agencies:
                for holder, weight in ways[source].items():
                    found[holder][source] = weight
            self._holders[key] = found
        return self._holders[key].get(agency, {})

    def _there(
        self, count: Count, moment: Period, own: Mapping[Count, Mapping[tuple[str, Period], float]]
    ) -> frozenset[str]:
        """Who may have counted something: an agency that never counts anything itself is known not to."""
        key = (count, moment)
        if key not in self._counting:
            # Which values occur in a hidden breakdown nobody is told: any may, where there is a total.
            whole = own.get((*count[:-1], None), {})
            known = whole if count[-1] is not None and whole else own.get(count, {})
            frame = [one for c, one in own.items() if c[:5] == count[:5]]
            ever = {agency for one in frame for (agency, _), n in one.items() if abs(n) > 1e-6}
            self._counting[key] = frozenset(a for a, period in known if period == moment and a in ever)
        return self._counting[key]

    def _rows_of(
        self,
        equations: list[dict[Count, int]],
        own: Mapping[Count, Mapping[tuple[str, Period], float]],
        moments: list[Period],
        column: dict[Unknown, int],
    ) -> Iterator[dict[int, float]]:
        places = {(agency, moment) for _, agency, moment in list(column)}
        for equation in equations:
            for agency, moment in places:
                row = {}
                for count, factor in equation.items():
                    if agency in self._there(count, moment, own):
                        row[column.setdefault((count, agency, moment), len(column))] = float(factor)
                if len(row) > 1 or (row and len(equation) > 1):
                    yield row


def _variant(count: Count) -> Variant:
    found = count[4]
    assert isinstance(found, Variant)
    return found


def _both_sides(nodes: set[object]) -> set[object]:
    """What counts those for whom another's condition is false, and that other: shown on purpose."""
    where = {node: found for node in nodes if (found := getattr(node, "where", None)) is not None}
    pairs = [
        (a, b)
        for a, b in combinations(where, 2)
        if where[a] in (_denied(where[b]),) or _denied(where[a]) == where[b]
    ]
    return {node for pair in pairs for node in pair}


def _denied(row: Row) -> Row | None:
    return row.part if isinstance(row, Not) else None


def _holds(own: Mapping[Count, Mapping[tuple[str, Period], float]], equation: Mapping[Count, int]) -> bool:
    keys = set.intersection(*(set(own[count]) for count in equation))
    if not keys or not any(own[count][key] for key in keys for count in equation):
        return False
    return all(abs(sum(f * own[c][key] for c, f in equation.items())) < 1e-6 for key in keys)


def _following(rows: Iterable[Mapping[int, float]], asked: list[dict[int, float]], width: int) -> list[int]:
    """Which of the asked are combinations of the rows. Unknowns that stand alone in a row are known, and
    taken out of all others, until none is left; the rest by a change that no row sees."""
    left = [dict(row) for row in rows if row]
    known: set[int] = set()
    while True:
        alone = {next(iter(row)) for row in left if len(row) == 1}
        if not alone:
            break
        known |= alone
        left = [found for row in left if (found := {k: v for k, v in row.items() if k not in alone})]
    open_ = [{k: v for k, v in row.items() if k not in known} for row in asked]
    told = [at for at, row in enumerate(open_) if not row]
    moved = [_unseen_change(left, width, seed) for seed in (1, 2)]
    for at, row in enumerate(open_):
        changes = [sum(factor * change[k] for k, factor in row.items()) for change in moved]
        if row and max(map(abs, changes)) < 1e-6:
            told.append(at)
    return told


def _unseen_change(rows: list[dict[int, float]], width: int, seed: int) -> Any:
    """A change of the unknowns, else at random, that changes none of the rows: what is left of a random one
    when its part in their span is taken off (conjugate gradients on the normal equations)."""
    lines = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    columns = np.array([k for row in rows for k in row], np.int64)
    factors = np.array([v for row in rows for v in row.values()], float)
    norms = np.sqrt(np.bincount(lines, factors**2, len(rows)))
    factors = factors / norms[lines]  # each row of length one: the same span, sooner found

    def of_rows(change: Any) -> Any:
        return np.bincount(lines, factors * change[columns], len(rows))

    def of_columns(row: Any) -> Any:
        return np.bincount(columns, factors * row[lines], width)

    change = np.random.default_rng(seed).normal(size=width)
    if not rows:
        return change
    left = of_rows(change)
    first = left @ left
    step, size = left.copy(), first
    for _ in range(20_000):
        if size < 1e-24 * max(first, 1):
            return change
        image = of_columns(step)
        length = size / (image @ image)
        change -= length * image
        left -= length * of_rows(image)
        before, size = size, left @ left
        step = left + size / before * step
    raise AssertionError("the equations were not solved")
