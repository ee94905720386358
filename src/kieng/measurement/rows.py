"""The measurements of one rule: from its cells, and for the watched agencies that have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.closure import Variant
from kieng.measurement.coverage import Coverages, Expected, ReporterSet
from kieng.measurement.measurement import VALUE_DIGITS, Coverage, Measurement, Status
from kieng.measurement.request import Ask, Reading, Request
from kieng.measurement.value import BLOCKED, DECLARED, NO_RECORDS, Answer, Parts, Valuer
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period, periods_between
from kieng.plan.record_type import STATES
from kieng.records.batch import Origin, origins_of

_NOBODY = Expected(0, None)
_SHARE_DIGIT = Decimal(1).scaleb(-VALUE_DIGITS)

Key = tuple[str, str, Period]  # reading, agency, period


@dataclass
class RuleRows:
    """Makes the measurements of one ask. ``measured`` comes first: what it meets is not missing."""

    request: Request
    ask: Ask
    coverages: Coverages
    _met: set[Key] = field(default_factory=set)
    _periods: dict[tuple[str, date], Period] = field(default_factory=dict)
    _origins: dict[int, tuple[Origin, ...]] = field(default_factory=dict)

    def measured(self, cells: pa.Table) -> Iterator[Measurement]:
        """One measurement for each cell of this ask."""
        mine = pc.and_(
            pc.equal(cells["indicator"], self.ask.indicator), pc.equal(cells["rule"], self.ask.rule_number)
        )
        rows = cells.filter(mine).drop_columns(["indicator", "rule"]).to_pylist()
        for row in rows:
            row["period"] = self._period(row["grain"], row["start"])
        before = self._by_place(rows) if self.valuer.looks_back else {}
        for row in rows:
            if row["breakdown_field"] is None:
                self._met.add((row["reading"], row["agency"], row["period"]))
            yield self._of_cell(row, before)

    def without_records(self, first: date) -> Iterator[Measurement]:
        """One measurement for each watched agency and period from ``first`` on that has no cell."""
        for grain in self.ask.rule.counting.grains:
            for period in periods_between(first, self.last, grain):
                if self.ask.rule.holds_in(period):
                    yield from self._missing_in(period)

    @cached_property
    def last(self) -> date:
        request = self.request
        return request.cut_off if request.last is None else min(request.last, request.cut_off)

    @cached_property
    def indicator(self) -> Indicator:
        return self.request.definitions.indicators[self.ask.indicator]

    @cached_property
    def valuer(self) -> Valuer:
        return Valuer(self.ask.rule.formula, self.indicator.unit)

    @cached_property
    def _variant(self) -> Variant:
        return Variant.of(self.ask.rule)

    @cached_property
    def _reporters(self) -> ReporterSet:
        return ReporterSet.of(self.ask.indicator, self.ask.rule, self.request.definitions)

    @cached_property
    def _readings(self) -> Mapping[str, Reading]:
        return {str(reading): reading for reading in self.request.readings}

    @cached_property
    def _watch_until(self) -> Mapping[str, date | None]:
        return {watch.level: watch.until for watch in self.indicator.watch}

    def _period(self, grain: str, start: date) -> Period:
        key = (grain, start)
        if key not in self._periods:
            self._periods[key] = Period(start, Grain(grain))
        return self._periods[key]

    # --- a cell ---------------------------------------------------------------------------

    def _by_place(self, rows: list[dict[str, Any]]) -> Mapping[tuple[Any, ...], Parts]:
        return {self._place(row, row["period"]): row["parts"] for row in rows if not row["blocked"]}

    @staticmethod
    def _place(row: Mapping[str, Any], period: Period) -> tuple[Any, ...]:
        return row["reading"], row["agency"], row["breakdown_field"], row["breakdown_value"], period

    def _of_cell(self, row: Mapping[str, Any], before: Mapping[tuple[Any, ...], Parts]) -> Measurement:
        period, reading = row["period"], self._readings[row["reading"]]
        answer = self._answer(row, before)
        return Measurement(
            indicator=self.ask.indicator,
            rule=self.ask.rule_number,
            agency=row["agency"],
            level=self._levels(period, reading).get(row["agency"], ""),
            period=period,
            reading=row["reading"],
            breakdown=(row["breakdown_field"], row["breakdown_value"]) if row["breakdown_field"] else None,
            status=answer.status,
            reason=answer.reason,
            value=answer.value,
            parts=tuple(row["parts"]),
            numerator=answer.numerator,
            denominator=answer.denominator,
            coverage=self._coverage(
                row["agency"], period, reading, row["reporting"], row["reporting_people"]
            ),
            weighted=self.ask.rule.recast_by if row["weighted"] else None,
            state=None if row["state"] is None else STATES[row["state"]],
            origins=self._origins_of(row["origins"]),
            used=row["used"],
            records=row["records"],
            as_of=self.request.as_of,
        )

    def _answer(self, row: Mapping[str, Any], before: Mapping[tuple[Any, ...], Parts]) -> Answer:
        period: Period = row["period"]
        if row["agency"] in self._declared(period):
            return Answer(Status.NOT_APPLICABLE, DECLARED)
        if row["blocked"]:
            return Answer(Status.CANNOT_RECAST, BLOCKED)

        def earlier(unit: str) -> Parts | None:
            other = period.shift(-1) if unit == "period" else period.years_before(1)
            return before.get(self._place(row, other))

        return self.valuer.answer(row["parts"], earlier, row["absence"])

    def _origins_of(self, bits: int) -> tuple[Origin, ...]:
        if bits not in self._origins:
            self._origins[bits] = origins_of(bits)
        return self._origins[bits]

    # --- what is not there ----------------------------------------------------------------

    def _missing_in(self, period: Period) -> Iterator[Measurement]:
        declared = self._declared(period)
        for text, reading in self._readings.items():
            for agency, level in self._watched(period, reading):
                if (text, agency, period) not in self._met:
                    yield self._missing(agency, level, period, reading, agency in declared)

    def _watched(self, period: Period, reading: Reading) -> Iterator[tuple[str, str]]:
        """The agencies at which the indicator is read: their level is watched on the map's day."""
        tree = self.request.definitions.tree
        for agency, level in self._levels(period, reading).items():
            if level not in self._watch_until:
                continue
            until = self._watch_until[level]
            day = reading.map_day or tree.agencies[agency].last_day_in(period)
            if until is None or (day is not None and day < until):
                yield agency, level

    def _missing(
        self, agency: str, level: str, period: Period, reading: Reading, declared: bool
    ) -> Measurement:
        return Measurement(
            indicator=self.ask.indicator,
            rule=self.ask.rule_number,
            agency=agency,
            level=level,
            period=period,
            reading=str(reading),
            breakdown=None,
            status=Status.NOT_APPLICABLE if declared else Status.NO_DATA,
            reason=DECLARED if declared else NO_RECORDS,
            value=None,
            parts=(),
            numerator=None,
            denominator=None,
            coverage=self._coverage(agency, period, reading, 0, None),
            weighted=None,
            state=None,
            origins=(),
            used=0,
            records=0,
            as_of=self.request.as_of,
        )

    # --- what surrounds both ----------------------------------------------------------------

    def _levels(self, period: Period, reading: Reading) -> Mapping[str, str]:
        if reading.map_day is None:
            return self.coverages.level_of(period)
        return self.request.definitions.tree.on(reading.map_day).level_of

    def _declared(self, period: Period) -> frozenset[str]:
        """Agencies for which the plan says that the indicator has no meaning in ``period``."""
        return self.coverages.excepted(self._reporters, period)

    def _coverage(
        self, agency: str, period: Period, reading: Reading, reporting: int, people: Decimal | None
    ) -> Coverage:
        found = self.coverages.expected(self._reporters, self._variant, period, reading)
        expected = found.get(agency, _NOBODY)
        share = None
        if expected.people:
            share = ((people or Decimal(0)) / expected.people).quantize(_SHARE_DIGIT)
        return Coverage(reporting, expected.reporters, share)
