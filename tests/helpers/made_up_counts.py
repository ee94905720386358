"""Made-up counts of a random province, as figures: what disclosure hides of them, and what follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pyarrow as pa
from tests.helpers.world import definitions, record_type_from, reorganisation, tree_from

from kieng.judgement.disclosure import Disclosure
from kieng.measurement.closure import Maps, Variant
from kieng.measurement.figures_table import table_of
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, WEIGHT_UNIT, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    Compare,
    Comparison,
    FieldRef,
    Formula,
    IsNull,
    Literal,
    Not,
    OnTime,
    Ratio,
    Row,
    Value,
)
from kieng.plan.indicator import PERCENT, Better, Counting, Indicator, Membership, RollUp, Rule, Within
from kieng.plan.period import Grain, Period, periods_between
from kieng.records.batch import Origin
from kieng.words import Name

TODAY = date(2026, 1, 20)
_FIRST, _LAST = date(2024, 1, 1), date(2025, 12, 31)
_CHANNELS = ("online", "direct", "post")


def _count(where: Row | None = None) -> Aggregate:
    return Aggregate(AggregateKind.COUNT, where=where)


_ON_TIME = OnTime("qd766")
_ONLINE = Compare(Comparison.EQ, FieldRef("channel"), Literal("online"))
_FORMULAS: Mapping[str, Value] = {
    "received": _count(),
    "online": Ratio(_count(_ONLINE), _count()),
    "on-time": Ratio(_count(_ON_TIME), _count(Not(IsNull(FieldRef("due"))))),
    "late": _count(Not(_ON_TIME)),
    "satisfied": Ratio(_count(FieldRef("satisfied")), _count(Not(IsNull(FieldRef("satisfied"))))),
}
#: By the indicator the numbers of its numerator or value, and of its denominator.
_NUMBERS = {
    "received": ("all", None),
    "online": ("online", "all"),
    "on-time": ("on time", "due"),
    "late": ("late", None),
    "satisfied": ("satisfied", "asked"),
}
_GRAINS = (
    (Grain.MONTH,),
    (Grain.MONTH, Grain.YEAR),
    (Grain.QUARTER, Grain.YEAR),
    (Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR),
)


@dataclass(frozen=True)
class Counts:
    """The figures of made-up counts. ``definitions`` have their indicators."""

    definitions: Definitions
    figures: list[Measurement]

    def disclosure(self) -> Disclosure:
        return Disclosure(self.definitions, TODAY, self.read)

    def read(self, indicator: str, reading: str) -> pa.Table:
        return table_of(one for one in self.figures if one.indicator == indicator and one.reading == reading)

    def seen(self) -> Iterator[tuple[Measurement, bool]]:
        """Each figure, and whether the public sees it."""
        found = self.disclosure()
        totals = {(m.indicator, m.agency, m.period, m.reading): m for m in self.figures if not m.breakdown}
        for one in self.figures:
            if one.breakdown is None:
                yield one, not found.hides(one)
            else:
                total = totals[one.indicator, one.agency, one.period, one.reading]
                yield one, not found.hides_breakdown(total, one.breakdown[0])


def counts_in(definitions: Definitions, record: str, seed: int) -> Counts:
    """Counts of every agency that could count something, most of them small."""
    random = Random(seed)
    rules = _rules(record, random)
    known = replace(definitions, indicators={id: _indicator(id, rule) for id, rule in rules.items()})
    own = dict(_own_counts(known, random))
    return Counts(known, list(_figures(known, own, rules)))


def _rules(record: str, random: Random) -> Mapping[str, Rule]:
    grains = random.choice(_GRAINS)
    found = {}
    for id, root in _FORMULAS.items():
        mine = grains if random.random() < 0.8 else grains[:1]
        counting = Counting(mine, Membership.BY, "happened")
        breakdowns = ("channel",) if id == "received" else ()
        found[id] = Rule(
            record,
            counting,
            Formula(id, root),
            RollUp.SUMS,
            Within.ALL,
            ("commune", "department", "district"),
            "population",
            breakdowns,
        )
    return found


def _indicator(id: str, rule: Rule) -> Indicator:
    unit = PERCENT if isinstance(rule.formula.root, Ratio) else "case"
    return Indicator(id, Name(id, id), "government", unit, Better.HIGHER, (), (), (rule,))


def _own_counts(
    definitions: Definitions, random: Random
) -> Iterator[tuple[tuple[str, Period], Mapping[str, int]]]:
    above = random.random() < 0.3  # whether districts and provinces have cases of their own
    size = {id: random.choice((1, 3, 8, 60)) for id in definitions.tree.agencies}
    for id, agency in definitions.tree.agencies.items():
        if not above and agency.levels[-1].value in ("district", "province"):
            continue
        for month in periods_between(_FIRST, _LAST, Grain.MONTH):
            there = (agency.opened is None or agency.opened <= month.start) and (
                agency.closed is None or month.last_day < agency.closed
            )
            if there and random.random() < 0.9:
                yield (id, month), _one(random, size[id])


def _one(random: Random, size: int) -> Mapping[str, int]:
    every = random.randint(0, 2 * size)
    found = {"all": every, "due": every, "asked": random.randint(0, every)}
    rest = every
    for channel in _CHANNELS:
        found[channel] = rest if channel == "post" else random.randint(0, rest)
        rest -= found[channel]
    found["late"] = min(every, random.choice((0, 0, 1, 2, every)))
    return found | {"on time": every - found["late"], "satisfied": random.randint(0, found["asked"])}


def _figures(
    definitions: Definitions,
    own: Mapping[tuple[str, Period], Mapping[str, int]],
    rules: Mapping[str, Rule],
) -> Iterator[Measurement]:
    maps = Maps(definitions, TODAY)
    for id, rule in rules.items():
        for grain in rule.counting.grains:
            for period in periods_between(_FIRST, _LAST, grain):
                for reading in (AS_WAS, Reading(TODAY), LINEAGE, LINEAGE_SHARED):
                    yield from _of_period(definitions, maps, own, (id, rule), period, reading)


def _of_period(
    definitions: Definitions,
    maps: Maps,
    own: Mapping[tuple[str, Period], Mapping[str, int]],
    asked: tuple[str, Rule],
    period: Period,
    reading: Reading,
) -> Iterator[Measurement]:
    ways = maps.ways_up(period, reading, Variant.of(asked[1]))
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    shared = set()
    for (source, month), numbers in own.items():
        if period.start <= month.start and month.end <= period.end:
            for agency, weight in ways[source].items():
                part = Decimal(weight) / WEIGHT_UNIT
                if part != 1:
                    shared.add(agency)
                for name, number in numbers.items():
                    sums[agency][name] += part * number
    for agency, numbers_of in sums.items():
        if not numbers_of["all"]:
            continue
        weighted = "population" if agency in shared else None
        over, under = _NUMBERS[asked[0]]
        whole = None if under is None else numbers_of[under]
        yield _measurement(
            definitions, asked[0], agency, period, reading, (numbers_of[over], whole), weighted
        )
        for channel in _CHANNELS if asked[1].breakdowns else ():
            if numbers_of[channel]:
                told = (numbers_of[channel], None)
                one = _measurement(definitions, asked[0], agency, period, reading, told, weighted)
                yield replace(one, breakdown=("channel", channel))


def _measurement(
    definitions: Definitions,
    indicator: str,
    agency: str,
    period: Period,
    reading: Reading,
    told: tuple[Decimal, Decimal | None],
    weighted: str | None,
) -> Measurement:
    over, under = told
    value = over if under is None else (100 * over / under if under else None)
    return Measurement(
        indicator=indicator,
        rule=0,
        agency=agency,
        level=definitions.tree.agencies[agency].levels[-1].value,
        period=period,
        reading=str(reading),
        breakdown=None,
        status=Status.ZERO_DENOMINATOR if value is None else Status.VALUE,
        reason=None,
        value=value,
        parts=(over,) if under is None else (over, under),
        numerator=None if under is None else over,
        denominator=under,
        coverage=Coverage(1, 1, None),
        weighted=weighted,
        state=None,
        origins=(Origin.SYNTHETIC,),
        used=0,
        records=0,
        as_of=datetime(2026, 1, 20, tzinfo=UTC),
        cut_off=TODAY,
    )


def province_of(seed: int) -> Definitions:
    """A province whose districts go and whose communes merge on one day, some shared out over two."""
    random, day = Random(seed), date(2025, 7, 1)
    lines, moves, heirs = ["tinh province"], [], list[str]()
    communes = []
    for district in range(random.randint(2, 3)):
        lines.append(f"  huyen-{district} district ..{day}")
        for number in range(random.randint(3, 7)):
            communes.append(id := f"xa-{district}-{number}")
            lines.append(f"    {id} commune ..{day} population={random.randint(100, 900)}")
    lines += [f"  so-{number} department" for number in range(random.randint(1, 4))]
    random.shuffle(communes)
    while communes:
        heirs.append(heir := f"xa-moi-{len(heirs)}")
        lines.append(f"  {heir} commune {day}.. population=1000")
        for _ in range(min(len(communes), random.randint(1, 4))):
            source = communes.pop()
            if len(heirs) > 1 and random.random() < 0.1:
                moves += [f"{source} -> {heir} population=0.6", f"{source} -> {heirs[0]} population=0.4"]
            else:
                moves.append(f"{source} -> {heir}")
    kind = record_type_from({"id": "fact", "anchor": "happened", "fields": {"happened": {"type": "date"}}})
    merge = reorganisation(day, "merge", "\n".join(moves))
    return definitions(tree_from("\n".join(lines)), [kind], reorganisations=[merge])
