"""A figure by area type: rural beside urban, mountainous beside the rest, with the gap between them.

The exact parts of the communes of a type are added up, as along the tree, and divided last. Which type
a commune is of is told by the period's reporting day: its last day in the period, or the day of the map
that is read. Of what stands at the end of a period only those count that exist then. Where communes were
there for different parts of the period, their sums are of unlike times and no gap is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kieng.judgement.kinds import is_counted_share
from kieng.judgement.noise import gap_may_be_chance
from kieng.judgement.parameters import built_in
from kieng.judgement.phrases import NO_MARK, both, difference, figure, part
from kieng.measurement.coverage import PEOPLE
from kieng.measurement.measurement import Coverage, Extent, Measurement, Status
from kieng.measurement.request import AS_WAS, Reading
from kieng.measurement.spans import part_there
from kieng.measurement.value import Parts, Valuer, nothing_earlier
from kieng.plan.agency import Part
from kieng.plan.area import AreaType
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import ADDITIVE, Ratio
from kieng.plan.indicator import Indicator, Membership, RollUp, Rule
from kieng.plan.period import Period
from kieng.plan.record_type import STATES
from kieng.records.batch import Origin
from kieng.words import Name

#: Why a figure cannot be told by area: a code that never changes, and its words.
WHY_NOT = {
    "no-areas": Name("không gian làm việc chưa khai loại địa bàn", "the workspace declares no area types"),
    "stands-alone": Name(
        "số của mỗi đơn vị đứng riêng, không cộng lại được",
        "each agency's figure stands alone; they do not add up",
    ),
    "not-additive": Name(
        "trung vị, phân vị, số lớn nhất, nhỏ nhất, đếm không trùng và so với kỳ trước không cộng được "
        "từ số của từng xã",
        "medians, percentiles, extremes, distinct counts and comparisons with earlier periods do not add up "
        "from the communes' figures",
    ),
    "no-figure": Name("cơ quan không có số trong kỳ này", "the agency has no figure in this period"),
    "not-that-low": Name(
        "chỉ có số của cấp trên, không có số của từng xã", "there are figures above, none of the communes"
    ),
}
REST = Name("Các xã còn lại", "All others")
#: In a few words, where no sentence has room.
BY_CHANCE = Name("có thể chỉ do ngẫu nhiên", "may be chance")
UNEQUAL = Name("không cùng khoảng thời gian", "not of the same time")
_AT_TIMES = Name(
    "có cơ quan chỉ hoạt động trong một phần của kỳ", "some agencies were there for a part of the period only"
)


@dataclass(frozen=True)
class AreaSum:
    """What the agencies of a group come to together. ``parts`` as of a measurement."""

    agencies: tuple[str, ...]
    status: Status
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    parts: Parts
    coverage: Coverage
    weighted: bool
    state: str | None
    origins: tuple[Origin, ...]
    spans: tuple[Part, ...] = ((None, None),)  # the parts of the period that its agencies were there for


@dataclass(frozen=True)
class AreaRow:
    """One area type, and what it is held against: ``beside`` names that. ``gap`` is in the indicator's unit
    (points of a percentage), only where the two can be compared; ``by_chance``: chance alone may make it.
    ``unequal``: it is not told, for the two are not of the same time."""

    area: AreaType
    mine: AreaSum
    beside: Name
    other: AreaSum
    gap: Decimal | None
    by_chance: bool = False
    unequal: bool = False

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where the figures of both sides come from."""
        return tuple(o for o in Origin if o in self.mine.origins or o in self.other.origins)


@dataclass(frozen=True)
class ByArea:
    """One figure by area type. ``unclassified``: communes of which nobody says what they are, in no row's
    ``mine``. ``why_not`` is a key of :data:`WHY_NOT` where there are no rows."""

    indicator: str
    agency: str
    period: Period
    reading: str
    rows: tuple[AreaRow, ...] = ()
    unclassified: tuple[str, ...] = ()
    why_not: str | None = None
    extent: Extent | None = None  # how far the figures go, of a period that is not whole


def by_area(
    definitions: Definitions,
    indicator: Indicator,
    agency: str,
    period: Period,
    reading: Reading,
    figures: Iterable[Measurement],
) -> ByArea:
    """The figure of ``agency`` and ``period`` by area. ``figures``: every agency's totals of the indicator
    and period in that reading, those included that should have one and have none."""
    rule = indicator.rule_for(period)
    answer = ByArea(indicator.id, agency, period, str(reading))
    why_not = _why_not(definitions, rule)
    if why_not is not None or rule is None:
        return _without(answer, why_not or "not-that-low")
    known = {one.agency: one for one in figures if one.breakdown is None and one.rule < len(indicator.rules)}
    own = known.get(agency)
    if own is None or own.value is None:
        return _without(answer, "no-figure")
    days = _counted(definitions, rule, agency, period, reading)
    if not any(one in known and known[one].parts for one in days):
        return _without(answer, "not-that-low")
    given = {one: known[one] for one in days if one in known}
    adder = _Adder(definitions, indicator, rule, period, given, as_was=reading == AS_WAS)
    areas = definitions.areas
    told = {one: {a for a in areas.types if areas.bears(one, a, day)} for one, day in days.items()}
    silent = [one for one, day in days.items() if all(areas.bears(one, a, day) is None for a in areas.types)]
    rows = tuple(_rows(definitions, adder, told))
    return ByArea(indicator.id, agency, period, str(reading), rows, tuple(sorted(silent)))


def _without(answer: ByArea, why_not: str) -> ByArea:
    return ByArea(answer.indicator, answer.agency, answer.period, answer.reading, why_not=why_not)


def _why_not(definitions: Definitions, rule: Rule | None) -> str | None:
    if not definitions.areas.types:
        return "no-areas"
    if rule is None:
        return "not-that-low"
    if rule.roll_up is not RollUp.SUMS:
        return "stands-alone"
    looks_back = Valuer(rule.formula, "").looks_back
    if looks_back or any(one.kind not in ADDITIVE for one in rule.formula.aggregates):
        return "not-additive"
    return None


def _counted(
    definitions: Definitions, rule: Rule, agency: str, period: Period, reading: Reading
) -> dict[str, date]:
    """The agencies below ``agency`` whose parts are added, with the day that tells what each of them is: of
    what stands at the end, the agency's own last day in the period."""
    tree, at_end = definitions.tree, rule.is_stock or rule.counting.membership is Membership.IN_FORCE
    end = tree.agencies[agency].last_day_in(period)
    found = {}
    for one in tree.agencies.values():
        day = reading.map_day or (end if at_end else one.last_day_in(period))
        if day is None or not one.exists_on(day):
            continue
        on = tree.on(day)
        if on.level_of.get(one.id) == definitions.areas.level and agency in on.ancestors(one.id):
            found[one.id] = day
    return found


def _rows(definitions: Definitions, adder: _Adder, told: dict[str, set[str]]) -> Iterable[AreaRow]:
    types = definitions.areas.types
    for area in types.values():
        mine = [one for one, said in told.items() if area.id in said]
        if not mine:
            continue
        against = types[area.against] if area.against else None
        if against is not None:
            other = [one for one, said in told.items() if against.id in said]
        else:
            other = [one for one, said in told.items() if said and area.id not in said]
        yield adder.row(area, mine, against.name if against else REST, other)


@dataclass(frozen=True)
class _Adder:
    """Adds up the figures of some agencies."""

    definitions: Definitions
    indicator: Indicator
    rule: Rule
    period: Period
    figures: dict[str, Measurement]
    as_was: bool

    def row(self, area: AreaType, mine: Sequence[str], beside: Name, other: Sequence[str]) -> AreaRow:
        one, two = self.sum(mine), self.sum(other)
        # Two counts of things differ as the areas do in size: only shares and means are compared.
        if not isinstance(self.rule.formula.root, Ratio) or one.value is None or two.value is None:
            return AreaRow(area, one, beside, two, None)
        if one.spans != two.spans or len(one.spans) > 1:
            return AreaRow(area, one, beside, two, None, unequal=True)
        gap = one.value - two.value
        return AreaRow(area, one, beside, two, gap, bool(gap) and self._by_chance(one, two))

    def _by_chance(self, one: AreaSum, two: AreaSum) -> bool:
        """What is on a day was counted whole, and a weighted figure is no count."""
        happens = self.rule.counting.membership is not Membership.IN_FORCE
        if not happens or not is_counted_share(self.indicator, self.rule) or one.weighted or two.weighted:
            return False
        sides = [(side.numerator, side.denominator) for side in (one, two)]
        counts = [(int(part), int(whole)) for part, whole in sides if part is not None and whole]
        if len(counts) < len(sides) or any(not 0 <= part <= whole for part, whole in counts):
            return False
        mine, other = counts
        return gap_may_be_chance(mine, other, built_in().on("interval_z", self.period.last_day))

    def sum(self, agencies: Sequence[str]) -> AreaSum:
        found = [self.figures[one] for one in agencies if one in self.figures]
        parts = _added([one.parts for one in found], len(self.rule.formula.aggregates))
        answer = Valuer(self.rule.formula, self.indicator.unit).answer(parts, nothing_earlier)
        states = [one.state for one in found if one.state is not None]
        return AreaSum(
            agencies=tuple(sorted(agencies)),
            status=answer.status,
            value=answer.value,
            numerator=answer.numerator,
            denominator=answer.denominator,
            parts=parts,
            coverage=self._coverage(found),
            weighted=any(one.weighted for one in found),
            state=min(states, key=STATES.index, default=None),
            origins=tuple(o for o in Origin if any(o in one.origins for one in found)),
            spans=self._spans(found),
        )

    def _spans(self, found: Sequence[Measurement]) -> tuple[Part, ...]:
        """On another map an agency carries what its forebears had, of the whole period."""
        if not self.as_was or not _giving(found):
            return ((None, None),)
        agencies = {one.agency for one in _giving(found)}
        parts = {part_there(self.definitions, self.rule, one, self.period) for one in agencies}
        return tuple(sorted(parts, key=lambda part: tuple(day or date.min for day in part)))

    def _coverage(self, found: Sequence[Measurement]) -> Coverage:
        reporting = sum(one.coverage.reporting for one in found)
        expected = sum(one.coverage.expected for one in found)
        return Coverage(
            reporting, expected, self._people_share([one for one in found if one.coverage.expected])
        )

    def _people_share(self, found: Sequence[Measurement]) -> Decimal | None:
        """None where it is not known of each how many people it has: what is unknown is not nought."""
        whole = held = Decimal(0)
        for one in found:
            weight = self.definitions.tree.agencies[one.agency].weight(PEOPLE, self.period.last_day)
            share = one.coverage.people_share
            if weight is None or share is None:
                return None
            whole, held = whole + weight.amount, held + weight.amount * share
        return held / whole if whole else None


def _giving(found: Sequence[Measurement]) -> list[Measurement]:
    """Those that something of a sum is from."""
    return [one for one in found if any(part is not None for part in one.parts)]


def _added(every: Sequence[Parts], count: int) -> Parts:
    """Part by part; None where nobody has one."""
    columns = [[parts[n] for parts in every if n < len(parts)] for n in range(count)]
    told = [[part for part in column if part is not None] for column in columns]
    return tuple(sum(column, Decimal(0)) if column else None for column in told)


# --- in words ----------------------------------------------------------------------------


def area_told(row: AreaRow, indicator: Indicator) -> Name | None:
    """ "Nông thôn 71,2 %, đô thị 90,4 %: thấp hơn 19,2 điểm %"; None where one of the two has no figure."""
    if row.mine.value is None or row.other.value is None:
        return None
    sides = both(
        "{a} {x}{m}, {b} {y}{n}",
        "{a} {x}{m}, {b} {y}{n}",
        a=row.area.name,
        x=figure(row.mine.value, indicator, row.other.value if row.gap else None),
        m=_bracketed(span_told(row.mine)),
        b=Name(_small(row.beside.vi), _small(row.beside.en)),
        y=figure(row.other.value, indicator, row.mine.value if row.gap else None),
        n=_bracketed(span_told(row.other)),
    )
    if row.unequal:
        vi = "{s}; hai bên không cùng khoảng thời gian nên không nêu mức chênh"
        return both(vi, "{s}; the two are not of the same time, so no gap is told", s=sides)
    if row.gap is None:
        return sides
    if row.gap == 0:
        return both("{s}: không chênh lệch", "{s}: no gap", s=sides)
    vi, en = "{s}: chênh {g}", "{s}: a gap of {g}"
    if row.by_chance:
        vi, en = vi + ", có thể chỉ do ngẫu nhiên", en + ", which may be chance"
    return both(vi, en, s=sides, g=difference(abs(row.gap), indicator))


def span_told(one: AreaSum) -> Name | None:
    """Beside a sum of agencies that were there for a part of the period: for which; else None."""
    return part(one.spans[0]) if len(one.spans) == 1 else _AT_TIMES


def _bracketed(name: Name | None) -> Name:
    return NO_MARK if name is None else both(" ({n})", " ({n})", n=name)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
