"""Every kind of node, of aggregate and of operation is drawn by the generator, so that a new one is tried on
every engine; and each is told in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.formulas import additive, formulas, recomputed, record_types

from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    Arithmetic,
    Combine,
    Compare,
    Comparison,
    Earlier,
    EarlierUnit,
    Formula,
    Operation,
    Row,
    RowNode,
    Value,
    ValueNode,
    walk,
    walk_value,
)
from kieng.plan.record_type import RecordType
from kieng.web.public.formula_words import in_words

DRAWN: set[object] = set()
EVERYTHING = {
    *get_args(Row),
    *get_args(Value),
    *((Aggregate, kind) for kind in AggregateKind),
    *((Compare, op) for op in Comparison),
    *((kind, op) for kind in (Arithmetic, Combine) for op in Operation),
    *((Earlier, unit) for unit in EarlierUnit),
}


def kinds_in(formula: Formula) -> Iterator[object]:
    for value in walk_value(formula.root):
        yield type(value)
        for row in value.rows:
            yield from (type(one) for one in walk(row))
            yield from ((type(one), one.op) for one in walk(row) if isinstance(one, (Compare, Arithmetic)))
        match value:
            case Aggregate(kind=kind):
                yield Aggregate, kind
            case Combine(op=op):
                yield Combine, op
            case Earlier(unit=unit):
                yield Earlier, unit


def test_no_node_stands_outside_the_language() -> None:
    assert set(RowNode.__subclasses__()) == set(get_args(Row))
    assert set(ValueNode.__subclasses__()) == set(get_args(Value))


@settings(max_examples=400)
@given(formula=formulas(st.one_of(additive, recomputed)), record_type=record_types)
def test_each_is_told_in_words(formula: Formula, record_type: RecordType) -> None:
    DRAWN.update(kinds_in(formula))
    words = in_words(formula, record_type)
    for text in (words.vi, words.en):
        assert text
        assert "(op=" not in text
        assert "None" not in text.replace("“None”", "")


def test_every_kind_has_been_drawn() -> None:
    assert set() == EVERYTHING - DRAWN
