"""What each reporter of a cell has said: the figure, a blank, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kieng.measurement.request import WEIGHT_UNIT
from kieng.plan.formula.nodes import RECOMPUTED, Aggregate, AggregateKind
from kieng.plan.indicator import Rule
from kieng.plan.record_type import NOT_APPLICABLE, ZERO_DENOMINATOR, RecordType
from kieng.stores.reference.aggregates import Share, counts, gives, newness, part
from kieng.stores.reference.rows import Context, Record, evaluate


@dataclass(frozen=True)
class Said:
    """What one reporter has said in one cell."""

    covered: bool
    not_applicable: bool
    no_data: bool
    nought: bool
    inherited: bool


@dataclass(frozen=True)
class Reports:
    """The records of a cell as reports. ``standing``: for each ``latest`` of the formula, the agencies whose
    stock counts; the others' has passed to another agency."""

    rule: Rule
    kind: RecordType
    context: Context
    standing: Mapping[int, frozenset[str]]

    def said(self, reporter: str, records: Sequence[Record]) -> Said:
        """What ``records``, all of those that speak for ``reporter``, say."""
        if not self.kind.carries_figures:
            return Said(bool(records), False, False, False, False)
        own, others = list(records), []
        if self.rule.is_stock:
            own = [record for record in records if record[self.kind.agency_field] == reporter]
            others = [record for record in records if record[self.kind.agency_field] != reporter]
        used = [record for record in own if self._is_used(record)]
        absence = self._absence(used)
        gave = bool(used) and all(self._is_given(one, own) for one in self._aggregates)
        covered = gave or (bool(used) and absence == ZERO_DENOMINATOR)
        blank = bool(used) and not covered
        return Said(
            covered=covered,
            not_applicable=blank and absence == NOT_APPLICABLE,
            no_data=blank and absence != NOT_APPLICABLE,
            nought=gave and all(self._is_nought(one, own) for one in self.rule.formula.leading()),
            inherited=not covered and self._is_inherited(others),
        )

    @property
    def _aggregates(self) -> tuple[Aggregate, ...]:
        return self.rule.formula.aggregates

    def _is_used(self, record: Record) -> bool:
        return any(counts(aggregate, record, self.context) for aggregate in self._aggregates)

    def _absence(self, used: Sequence[Record]) -> str | None:
        if self.kind.absence_field is None or not used:
            return None
        newest = max(used, key=lambda record: newness(record, self.rule.counting, self.kind))
        return newest[self.kind.absence_field]  # type: ignore[no-any-return]

    def _giving(self, aggregate: Aggregate, records: Sequence[Record]) -> list[Record]:
        return [one for one in records if gives(aggregate, self.rule.formula, one, self.context)]

    def _is_given(self, aggregate: Aggregate, records: Sequence[Record]) -> bool:
        if aggregate.kind in (AggregateKind.COUNT, AggregateKind.COUNT_DISTINCT):
            return True
        assert aggregate.argument is not None
        given = self._giving(aggregate, records)
        return any(evaluate(aggregate.argument, one, self.context) is not None for one in given)

    def _is_nought(self, aggregate: Aggregate, records: Sequence[Record]) -> bool:
        """Whether what the records give it, a stock from each place, adds up to 0."""
        if aggregate.kind in RECOMPUTED:
            return False
        given = self._giving(aggregate, records)
        if aggregate.kind is AggregateKind.LATEST:
            given = self._newest_of_each_place(aggregate, given)
        return not part(aggregate, [Share(one, WEIGHT_UNIT) for one in given], self.context)

    def _newest_of_each_place(self, aggregate: Aggregate, given: Sequence[Record]) -> list[Record]:
        agency, place = self.kind.agency_field, self.kind.placed_in
        newest: dict[tuple[Any, Any], Record] = {}
        for one in sorted(given, key=lambda record: newness(record, self.rule.counting, self.kind)):
            if one[agency] in self.standing[self._aggregates.index(aggregate)]:
                newest[one[agency], one[place] if place else None] = one
        return list(newest.values())

    def _is_inherited(self, others: Sequence[Record]) -> bool:
        """Whether the stock of its forebears stands for a reporter."""
        agency = self.kind.agency_field
        return self.rule.is_stock and all(
            any(one[agency] in self.standing[number] for one in self._giving(aggregate, others))
            for number, aggregate in enumerate(self._aggregates)
        )
