"""Which indicators are measured together: a *pass* is all those over one record type that fall into
periods the same way. Each pass becomes one query (:mod:`kieng.measurement.query`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from kieng.measurement.closure import Variant
from kieng.measurement.coverage import ReporterSet
from kieng.measurement.request import Ask, Request
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import Aggregate, AggregateKind, FieldRef, OnTime, Or, Row, walk
from kieng.plan.indicator import Counting, Membership
from kieng.plan.period import Grain
from kieng.plan.record_type import RecordType

T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """How records fall into periods, whatever the length of the periods."""

    membership: Membership
    start: str
    end: str | None

    @staticmethod
    def of(counting: Counting) -> Way:
        return Way(counting.membership, counting.start, counting.end)


@dataclass(frozen=True)
class Pass:
    """The asks of a request that share a way into periods, and what they share beyond that."""

    definitions: Definitions
    record_type: RecordType
    way: Way
    asks: tuple[Ask, ...]

    @property
    def grains(self) -> tuple[Grain, ...]:
        return _each_once(grain for ask in self.asks for grain in ask.rule.counting.grains)

    @property
    def variants(self) -> tuple[Variant, ...]:
        return _each_once(Variant.of(ask.rule) for ask in self.asks)

    @property
    def reporters(self) -> tuple[ReporterSet, ...]:
        return _each_once(self.reporters_of(ask) for ask in self.asks)

    @property
    def breakdowns(self) -> tuple[str, ...]:
        return _each_once(name for ask in self.asks for name in ask.rule.breakdowns)

    @property
    def has_stocks(self) -> bool:
        """Whether some formula asks for the newest figure."""
        aggregates = (one for ask in self.asks for one in ask.rule.formula.aggregates)
        return any(aggregate.kind is AggregateKind.LATEST for aggregate in aggregates)

    def reporters_of(self, ask: Ask) -> ReporterSet:
        return ReporterSet.of(ask.indicator, ask.rule, self.definitions)

    def asks_of(self, variant: Variant) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.asks if Variant.of(ask.rule) == variant)


def passes(request: Request) -> tuple[Pass, ...]:
    """The passes a request needs, each with its asks."""
    kind = request.definitions.record_types[request.record_type]
    ways = _each_once(Way.of(ask.rule.counting) for ask in request.asks)
    return tuple(
        Pass(
            request.definitions,
            kind,
            way,
            tuple(ask for ask in request.asks if Way.of(ask.rule.counting) == way),
        )
        for way in ways
    )


def used_condition(ask: Ask) -> Row | None:
    """When a record is used by some aggregate of ``ask``; None: always."""
    conditions = [aggregate.where for aggregate in ask.rule.formula.aggregates]
    wanted = _each_once(condition for condition in conditions if condition is not None)
    if None in conditions or not wanted:
        return None
    return wanted[0] if len(wanted) == 1 else Or(wanted)


def fields_read(asks: Iterable[Ask], kind: RecordType) -> tuple[str, ...]:
    """The fields that measuring ``asks`` looks at, so that no other column is read from disk."""
    names: list[str | None] = [kind.agency_field, kind.placed_in, kind.state_field, kind.absence_field]
    for ask in asks:
        names += [ask.rule.counting.start, ask.rule.counting.end, *ask.rule.breakdowns]
        for aggregate in ask.rule.formula.aggregates:
            names += _fields_of(aggregate, kind)
    return _each_once(name for name in names if name is not None)


def _fields_of(aggregate: Aggregate, kind: RecordType) -> list[str | None]:
    names: list[str | None] = []
    for row in (aggregate.argument, aggregate.where):
        for node in () if row is None else walk(row):
            if isinstance(node, FieldRef):
                names.append(node.name)
            elif isinstance(node, OnTime) and kind.clock is not None:
                names += vars(kind.clock).values()
    return names


def _each_once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
