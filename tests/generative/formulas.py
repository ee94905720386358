"""Random formulas: nodes of every kind the language has, put together so that their types fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st
from tests.helpers.world import record_type_from

from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    And,
    Arithmetic,
    Coalesce,
    Combine,
    Compare,
    Comparison,
    Constant,
    CutOff,
    DaysBetween,
    Earlier,
    EarlierUnit,
    FieldRef,
    Formula,
    InList,
    IsNull,
    Literal,
    Not,
    OnTime,
    Operation,
    Or,
    Ratio,
    Row,
)

Drawn = TypeVar("Drawn")


def called(name: str, strategy: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    """``strategy`` under a name: Hypothesis would print the whole grammar wherever it is used."""

    def draw_one(draw: st.DrawFn) -> Drawn:
        return draw(strategy)

    draw_one.__name__ = name
    return st.composite(draw_one)()


FIELDS = {
    "happened": {"type": "date"},
    "began": {"type": "datetime"},
    "ended": {"type": "date"},
    "due": {"type": "datetime"},
    "limit": {"type": "integer"},
    "limit_unit": {"type": "code", "values": ["hour", "day", "working_day", "month"]},
    "asked": {"type": "datetime"},
    "came": {"type": "datetime"},
    "times_asked": {"type": "integer"},
    "amount": {"type": "decimal", "quantity": "flow"},
    "number": {"type": "integer", "quantity": "flow"},
    "flag": {"type": "boolean"},
    "kind": {"type": "code", "values": ["a", "b", "c"]},
    "place": {"type": "agency"},
    "state": {"type": "code", "values": ["estimate", "provisional", "confirmed"]},
    "absence": {"type": "code", "values": ["no_data", "not_applicable", "zero_denominator"]},
}
CLOCK = {
    "received": "began",
    "due": "due",
    "limit": "limit",
    "limit_unit": "limit_unit",
    "finished": "ended",
    "supplement_requested": "asked",
    "supplement_received": "came",
    "supplement_count": "times_asked",
}

record_types = st.builds(
    lambda placed_in, state, absence: record_type_from(
        {
            "id": "fact",
            "anchor": "happened",
            "fields": FIELDS,
            "clock": CLOCK,
            "placed_in": placed_in,
            "state": state,
            "absence": absence,
        }
    ),
    st.sampled_from([None, "place"]),
    st.sampled_from([None, "state"]),
    st.sampled_from([None, "absence"]),
)

comparisons = st.sampled_from(Comparison)
days: st.SearchStrategy[Row] = st.deferred(
    lambda: st.one_of(
        st.sampled_from([FieldRef(name) for name in ("happened", "began", "ended", "asked")]),
        st.just(CutOff()),
        st.builds(Literal, st.dates(date(2024, 1, 1), date(2025, 12, 31))),
        st.builds(Coalesce, st.tuples(st.sampled_from([FieldRef("happened"), FieldRef("ended")]), days)),
    )
)
numbers: st.SearchStrategy[Row] = st.recursive(
    st.one_of(
        st.sampled_from([FieldRef("amount"), FieldRef("number")]),
        st.builds(Literal, st.integers(-3, 5)),
        st.builds(Literal, st.sampled_from([Decimal("0.5"), Decimal("12.25")])),
        st.builds(DaysBetween, days, days, st.booleans()),
    ),
    lambda inner: st.one_of(
        st.builds(Arithmetic, st.sampled_from([Operation.ADD, Operation.SUBTRACT]), inner, inner),
        st.builds(Arithmetic, st.just(Operation.MULTIPLY), inner, st.builds(Literal, st.integers(-2, 3))),
        st.builds(Coalesce, st.tuples(inner, inner)),
    ),
    max_leaves=3,
)
codes = st.lists(st.sampled_from(["a", "b", "c"]).map(Literal), min_size=1, max_size=2).map(tuple)
on_time = st.sampled_from(["restart", "subtract"]).map(OnTime)
conditions: st.SearchStrategy[Row] = st.recursive(
    st.one_of(
        st.just(FieldRef("flag")),
        st.builds(Compare, comparisons, numbers, numbers),
        st.builds(Compare, comparisons, days, days),
        st.builds(Compare, comparisons, st.just(FieldRef("kind")), st.builds(Literal, st.just("b"))),
        st.builds(InList, st.just(FieldRef("kind")), codes),
        st.builds(IsNull, st.one_of(numbers, days, st.just(FieldRef("kind")))),
        on_time,
    ),
    lambda inner: st.one_of(
        st.builds(And, st.tuples(inner, inner)),
        st.builds(Or, st.tuples(inner, inner)),
        st.builds(Not, inner),
    ),
    max_leaves=3,
)

wheres = called("wheres", st.one_of(st.none(), conditions))
measures = called("numbers", numbers)
fields_with_numbers = st.sampled_from([FieldRef("amount"), FieldRef("number")])
flows = called(
    "flows",
    st.one_of(
        st.builds(Aggregate, st.just(AggregateKind.COUNT), st.none(), wheres),
        st.builds(Aggregate, st.just(AggregateKind.SUM), measures, wheres),
    ),
)
additive = called(
    "additive",
    st.one_of(flows, st.builds(Aggregate, st.just(AggregateKind.LATEST), measures, wheres)),
)
recomputed = called(
    "recomputed",
    st.one_of(
        st.builds(Aggregate, st.sampled_from([AggregateKind.MIN, AggregateKind.MAX]), measures, wheres),
        st.builds(
            Aggregate,
            st.just(AggregateKind.COUNT_DISTINCT),
            st.one_of(measures, days, st.just(FieldRef("kind")), st.just(FieldRef("flag"))),
            wheres,
        ),
        st.builds(
            Aggregate,
            st.just(AggregateKind.PERCENTILE),
            fields_with_numbers,
            wheres,
            st.sampled_from([Decimal("0.5"), Decimal("0.9"), Decimal("0.25"), Decimal(0), Decimal(1)]),
        ),
    ),
)


constants = st.builds(Constant, st.sampled_from([Decimal(0), Decimal(1), Decimal("2.5")]))


def formulas(aggregates: st.SearchStrategy[Aggregate]) -> st.SearchStrategy[Formula]:
    """One aggregate, a sum, difference or product, a look back, or a ratio of such."""
    earlier = st.builds(Earlier, aggregates, st.sampled_from(EarlierUnit))
    combined = st.builds(
        Combine, st.sampled_from(Operation), aggregates, st.one_of(aggregates, constants, earlier)
    )
    return st.one_of(
        aggregates,
        st.builds(Ratio, aggregates, aggregates),
        st.builds(Ratio, st.one_of(combined, aggregates), st.one_of(aggregates, earlier)),
        combined,
    ).map(lambda root: Formula("made up", root))
