"""What these tests measure: two communes, one of which is split on 1 July 2024, and one kind of record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from tests.helpers.tables import records_from, versioned
from tests.helpers.world import definitions, named, record_type_from, reorganisation, tree_from

from kieng.plan.definitions import Definitions
from kieng.plan.formula.parse import parse
from kieng.plan.indicator import (
    Better,
    Counting,
    Example,
    Indicator,
    Membership,
    NotApplicable,
    RollUp,
    Rule,
    Watch,
    Within,
)
from kieng.plan.lead import Lead
from kieng.plan.period import Grain
from kieng.problems import Place
from kieng.records.batch import VersionedRecords

SPLIT_DAY = date(2024, 7, 1)
AS_OF = datetime(2024, 9, 30, 12, tzinfo=UTC)

TREE = """
tinh    province
  a     commune  ..2024-07-01   population=100
  b     commune  population=50
  c     commune  2024-07-01..
  d     commune  2024-07-01..
"""
VISIT = record_type_from(
    {
        "id": "visit",
        "anchor": "on_day",
        "fields": {
            "on_day": {"type": "date"},
            "at": {"type": "datetime"},
            "good": {"type": "boolean"},
            "kind": {"type": "code", "values": ["x", "y"]},
            "amount": {"type": "decimal", "quantity": "flow"},
            "number": {"type": "integer", "quantity": "flow"},
            "absence": {"type": "code", "values": ["no_data", "not_applicable", "zero_denominator"]},
        },
        "absence": "absence",
    }
)


def rule(formula: str, *, grains: tuple[Grain, ...] = (Grain.MONTH,), **changes: Any) -> Rule:
    facts: dict[str, Any] = {
        "record": "visit",
        "counting": Counting(grains, Membership.BY, "on_day"),
        "formula": parse(formula, Place("rule.yaml", 1, 1)),
        "roll_up": RollUp.SUMS,
        "within": Within.ALL,
        "reporters": ("commune",),
        "recast_by": "population",
    }
    return Rule(**(facts | changes))


def indicator(*rules: Rule, unit: str = "lượt", watch: Iterable[Watch] = (Watch("commune"),)) -> Indicator:
    return Indicator(
        id="visits",
        name=named("visits"),
        pillar="government",
        unit=unit,
        better=Better.HIGHER,
        watch=tuple(watch),
        leads=(Lead("tinh"),),
        rules=rules,
    )


def example(expect: str, *records: Mapping[str, object], cut_off: date | None = None) -> Example:
    return Example(records, expect, Place("rule.yaml", 9, 5), cut_off)


def world(*indicators: Indicator, not_applicable: Iterable[NotApplicable] = ()) -> Definitions:
    split = reorganisation(SPLIT_DAY, "split", "a -> c population=0.6\na -> d population=0.4")
    return definitions(
        tree_from(TREE),
        [VISIT],
        reorganisations=[split],
        indicators=indicators,
        not_applicable=not_applicable,
    )


def visits(text: str) -> VersionedRecords:
    return versioned(VISIT, records_from(VISIT, text), AS_OF)
