"""What judgement is tried on: a percentage made by counting, a number of people, a rank."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.plan.formula.nodes import Aggregate, AggregateKind, FieldRef, Formula, Ratio, Value
from kieng.plan.indicator import (
    Better,
    Counting,
    Indicator,
    Membership,
    RollUp,
    Rule,
    Within,
)
from kieng.plan.lead import Lead
from kieng.plan.period import Grain, Period
from kieng.plan.target import Baseline, Target, TargetKind
from kieng.words import Name

COUNT = Aggregate(AggregateKind.COUNT)
SHARE = Ratio(Aggregate(AggregateKind.COUNT, where=FieldRef("online")), COUNT)
SUM = Aggregate(AggregateKind.SUM, FieldRef("amount"))
BY = date(2025, 12, 31)
BEFORE, AFTER = date(2024, 1, 15), date(2026, 1, 1)
START = Baseline(Decimal(50), date(2021, 12, 30))  # as far before the end of 2023 as BY is after it


def rule(root: Value = SHARE, grains: str = "month year", membership: Membership = Membership.BY) -> Rule:
    counting = Counting(tuple(Grain(g) for g in grains.split()), membership, "closed_on")
    return Rule("work_file", counting, Formula("", root), RollUp.SUMS, Within.ALL, (), "population")


def indicator(unit: str = "percent", better: str = "higher", root: Value = SHARE) -> Indicator:
    name = Name("Chỉ số", "Indicator")
    return Indicator("x", name, "government", unit, Better(better), (), (Lead("so-khcn"),), (rule(root),))


PERCENT, RANK = indicator(), indicator("hạng", "lower", SUM)
PEOPLE = indicator("người", root=SUM)


def target(kind: str, value: object = None, upper: object = None, **more: object) -> Target:
    given: dict[str, object] = {"level": "province", "by": BY, "baseline": START, **more}
    number = None if value is None else Decimal(str(value))
    high = None if upper is None else Decimal(str(upper))
    return Target("t", "p", "x", TargetKind(kind), value=number, upper=high, **given)  # type: ignore[arg-type]


def measured(value: object, period: str = "2023", **more: object) -> Measurement:
    given: dict[str, object] = {
        "status": Status.VALUE if value is not None else Status.NO_DATA,
        "reason": None,
        "numerator": None,
        "denominator": None,
        "coverage": Coverage(1, 1, None),
        "weighted": None,
        "state": None,
        "cut_off": date(2026, 1, 1),
        **more,
    }
    return Measurement(
        indicator="x", rule=0, agency="binh-dinh", level="province", period=Period.parse(period),
        reading="as-was", breakdown=None, value=None if value is None else Decimal(str(value)), parts=(),
        origins=(), used=1, records=1, as_of=datetime(2026, 1, 1, tzinfo=UTC),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip
