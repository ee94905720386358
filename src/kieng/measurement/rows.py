"""The measurements of one rule: from its cells, and for the watched agencies that have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.closure import Variant
from kieng.measurement.coverage import Coverages, Expected, ReporterSet
from kieng.measurement.measurement import VALUE_DIGITS, Coverage, Measurement, Status
from kieng.measurement.request import Ask, Reading, Request
from kieng.measurement.table_rows import rows_of
from kieng.measurement.value import (
    BLOCKED,
    DECLARED,
    NO_RECORDS,
    Answer,
    EarlierParts,
    Parts,
    Valuer,
    nothing_earlier,
)
from kieng.plan.dated import Dated
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period, periods_between
from kieng.plan.record_type import STATES
from kieng.records.batch import origins_of

_NOBODY = Expected(0, None)
_SHARE_DIGIT = Decimal(1).scaleb(-VALUE_DIGITS)


@dataclass(frozen=True)
class Moment:
    """What all cells of one period and reading share, worked out once: most cells ask for nothing else."""

    period: Period
    reading: Reading
    levels: Mapping[str, str]  # of every agency on the map that is read
    expected: Mapping[str, Expected]
    declared: frozenset[str]  # agencies for which the plan says that the indicator has no meaning

    def coverage(self, agency: str, reporting: int, people: Decimal | None) -> Coverage:
        expected = self.expected.get(agency, _NOBODY)
        share = None
        if expected.people:
            share = ((people or Decimal(0)) / expected.people).quantize(_SHARE_DIGIT)
        return Coverage(reporting, expected.reporters, share)


@dataclass
class RuleRows:
    """Makes the measurements of one ask. ``measured`` comes first: what it meets is not missing."""

    request: Request
    ask: Ask
    coverages: Coverages
    _met: set[tuple[str, str, str, date]] = field(default_factory=set)
    _moments: dict[tuple[str, str, date], Moment] = field(default_factory=dict)
    _answers: dict[tuple[int, str | None], tuple[Parts, Answer]] = field(default_factory=dict)

    def measured(self, cells: pa.Table) -> Iterator[Measurement]:
        """One measurement for each cell of this ask."""
        mine = pc.and_(
            pc.equal(cells["indicator"], self.ask.indicator), pc.equal(cells["rule"], self.ask.rule_number)
        )
        table = cells.filter(mine).drop_columns(["indicator", "rule"])
        before = self._parts_by_place(table) if self.valuer.looks_back else {}
        for row in rows_of(table):
            reading, agency, grain, start, breakdown_field = row[:5]
            if breakdown_field is None:
                self._met.add((reading, agency, grain, start))
            yield self._of_cell(self._moment(reading, grain, start), before, *row)

    def without_records(self, first: date) -> Iterator[Measurement]:
        """One measurement for each watched agency and period from ``first`` on that has no cell."""
        for grain in self.ask.rule.counting.grains:
            for period in periods_between(first, self.last, grain):
                if self.ask.rule.holds_in(period):
                    for reading in self._readings:
                        yield from self._missing_at(self._moment(reading, grain.value, period.start))

    def missing_in(self, period: Period, reading: Reading, present: Iterable[str]) -> Iterator[Measurement]:
        """One measurement for each watched agency that is not ``present`` in one period and reading."""
        grain, start = period.grain.value, period.start
        self._met.update((str(reading), agency, grain, start) for agency in present)
        yield from self._missing_at(self._moment(str(reading), grain, start))

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
    def _readings(self) -> Mapping[str, Reading]:
        return {str(reading): reading for reading in self.request.readings}

    def _moment(self, reading: str, grain: str, start: date) -> Moment:
        key = (reading, grain, start)
        if key not in self._moments:
            self._moments[key] = self._new_moment(Period(start, Grain(grain)), self._readings[reading])
        return self._moments[key]

    def _new_moment(self, period: Period, reading: Reading) -> Moment:
        definitions, coverages = self.request.definitions, self.coverages
        who = ReporterSet.of(self.ask.indicator, self.ask.rule, definitions)
        day = reading.map_day
        return Moment(
            period=period,
            reading=reading,
            levels=coverages.levels_for(who.at_end, period)
            if day is None
            else definitions.tree.on(day).level_of,
            expected=coverages.expected(who, Variant.of(self.ask.rule), period, reading),
            declared=coverages.excepted(who, period),
        )

    # --- a cell ---------------------------------------------------------------------------

    def _of_cell(
        self,
        moment: Moment,
        before: Mapping[tuple[Any, ...], Parts],
        reading: str,
        agency: str,
        _grain: str,
        _start: date,
        breakdown_field: str | None,
        breakdown_value: str | None,
        parts: Parts,
        blocked: bool,
        weighted: bool,
        state: int | None,
        absence: str | None,
        origins: int,
        used: int,
        records: int,
        reporting: int,
        people: Decimal | None,
    ) -> Measurement:
        breakdown = None if breakdown_field is None else (breakdown_field, breakdown_value)
        if agency in moment.declared:
            answer = _DECLARED
        elif blocked:
            answer = _BLOCKED
        elif before:
            answer = self.valuer.answer(parts, _earlier(moment, agency, breakdown, before), absence)
        else:
            answer = self._answer(parts, absence)
        return Measurement(
            indicator=self.ask.indicator,
            rule=self.ask.rule_number,
            agency=agency,
            level=moment.levels.get(agency, ""),
            period=moment.period,
            reading=reading,
            breakdown=breakdown,
            status=answer.status,
            reason=answer.reason,
            value=answer.value,
            parts=parts,
            numerator=answer.numerator,
            denominator=answer.denominator,
            coverage=moment.coverage(agency, reporting, people),
            weighted=self.ask.rule.recast_by if weighted else None,
            state=None if state is None else STATES[state],
            origins=_origins(origins),
            used=used,
            records=records,
            as_of=self.request.as_of,
        )

    def _answer(self, parts: Parts, absence: str | None) -> Answer:
        """Small numbers come again and again: equal parts are one object and give one answer. The parts
        are kept beside it, so that no other object can come to have their identity."""
        key = (id(parts), absence)
        if key not in self._answers:
            self._answers[key] = (parts, self.valuer.answer(parts, nothing_earlier, absence))
        return self._answers[key][1]

    @staticmethod
    def _parts_by_place(table: pa.Table) -> Mapping[tuple[Any, ...], Parts]:
        """Parts that an earlier period can lend, by place; a blocked cell lends none."""
        open_cells = table.filter(pc.invert(table["blocked"]))
        return {row[:6]: row[6] for row in rows_of(open_cells)}

    # --- what is not there ----------------------------------------------------------------

    def _missing_at(self, moment: Moment) -> Iterator[Measurement]:
        reading, period = str(moment.reading), moment.period
        for agency, level in self._watched(moment):
            if (reading, agency, period.grain.value, period.start) not in self._met:
                yield self._missing(agency, level, moment)

    def _watched(self, moment: Moment) -> Iterator[tuple[str, str]]:
        """The agencies at which the indicator is read: their level is watched on the map's day."""
        tree = self.request.definitions.tree
        until = {watch.level: watch.until for watch in self.indicator.watch}
        for agency, level in moment.levels.items():
            day = moment.reading.map_day or tree.agencies[agency].last_day_in(moment.period)
            if level in until and Dated(level, None, until[level]).holds_on(day or moment.period.last_day):
                yield agency, level

    def _missing(self, agency: str, level: str, moment: Moment) -> Measurement:
        declared = agency in moment.declared
        return Measurement(
            indicator=self.ask.indicator,
            rule=self.ask.rule_number,
            agency=agency,
            level=level,
            period=moment.period,
            reading=str(moment.reading),
            breakdown=None,
            status=Status.NOT_APPLICABLE if declared else Status.NO_DATA,
            reason=DECLARED if declared else NO_RECORDS,
            value=None,
            parts=(),
            numerator=None,
            denominator=None,
            coverage=moment.coverage(agency, 0, None),
            weighted=None,
            state=None,
            origins=(),
            used=0,
            records=0,
            as_of=self.request.as_of,
        )


_DECLARED = Answer(Status.NOT_APPLICABLE, DECLARED)
_BLOCKED = Answer(Status.CANNOT_RECAST, BLOCKED)
_origins = lru_cache(origins_of)


def _earlier(
    moment: Moment,
    agency: str,
    breakdown: tuple[str, str | None] | None,
    before: Mapping[tuple[Any, ...], Parts],
) -> EarlierParts:
    """The parts of the same place in another period."""

    def parts(unit: str) -> Parts | None:
        other = moment.period.shift(-1) if unit == "period" else moment.period.years_before(1)
        by = breakdown or (None, None)
        return before.get((str(moment.reading), agency, other.grain.value, other.start, *by))

    return parts
