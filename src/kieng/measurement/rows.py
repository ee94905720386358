"""The figures of one rule: from its cells, and for the watched agencies that have none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.closure import Variant
from kieng.measurement.coverage import Coverages, Expected, ReporterSet
from kieng.measurement.figures_table import (
    FIGURES,
    coded,
    one_text,
    text_column,
    text_of_number,
    text_of_parts,
)
from kieng.measurement.looking_back import PLACE, answers_looking_back, with_quality_of_both
from kieng.measurement.measurement import VALUE_DIGITS, Coverage, Measurement, Status
from kieng.measurement.request import Ask, Reading, Request
from kieng.measurement.silence import silence
from kieng.measurement.spans import Spans
from kieng.measurement.table_rows import Numbers, distinct, numbered, rows_of, tuples_of
from kieng.measurement.value import (
    BLOCKED,
    DECLARED,
    NO_RECORDS,
    Answer,
    Parts,
    Valuer,
    nothing_earlier,
)
from kieng.plan.dated import Dated
from kieng.plan.indicator import Indicator
from kieng.plan.period import Grain, Period, periods_between
from kieng.plan.record_type import STATES

_NOBODY = Expected(0, None)
#: The kinds of reporters that are told apart.
_KINDS = ("no_data", "not_applicable", "nought", "inherited")
_SHARE_DIGIT = Decimal(1).scaleb(-VALUE_DIGITS)
_DECLARED = Answer(Status.NOT_APPLICABLE, DECLARED)
_BLOCKED = Answer(Status.CANNOT_RECAST, BLOCKED)

Met = set[tuple[str, str, str, date]]  # reading, agency, grain and start of a figure that is there


@dataclass(frozen=True)
class Moment:
    """What all cells of one period and reading share, worked out once: most cells ask for nothing else."""

    period: Period
    reading: Reading
    levels: Mapping[str, str]  # of every agency on the map that is read
    expected: Mapping[str, Expected]
    declared: frozenset[str]  # agencies for which the plan says that the indicator has no meaning

    def coverage_of_nobody(self, agency: str) -> Coverage:
        """The coverage of an agency without a record."""
        expected = self.expected.get(agency, _NOBODY)
        return Coverage(0, expected.reporters, _share(None, expected.people))


@dataclass(frozen=True)
class Around:
    """What moments say of the agency in each of many rows: numbers of words in :class:`Places`."""

    levels: Numbers
    reporters: Numbers
    people: Numbers
    declared: Numbers


@dataclass
class Places:
    """The agencies of a tree, numbered, and what moments say of each, looked up for many rows at once.

    Made once for the asks of a request: indicators with the same reporters share what is worked out.
    """

    agencies: Sequence[str]
    levels: list[str] = field(default_factory=lambda: [""])
    people: list[Decimal | None] = field(default_factory=lambda: [None])
    _known: dict[int, tuple[object, Numbers]] = field(default_factory=dict)
    _shares: dict[tuple[Decimal | None, ...], str | None] = field(default_factory=dict)

    def around(self, moments: Sequence[Moment], moment_of: Numbers, agencies: pa.ChunkedArray) -> Around:
        """What the moments of rows say of their agencies; of one that no tree has, nothing."""
        different, number_of = numbered(agencies)
        place = np.array([self._number.get(agency, len(self.agencies)) for agency in different])[number_of]
        at = (moment_of, place)
        expected = np.stack([self._over_agencies(m.expected, self._expected) for m in moments])[at]
        return Around(
            levels=np.stack([self._over_agencies(m.levels, self._levels) for m in moments])[at],
            reporters=expected[:, 0],
            people=expected[:, 1],
            declared=np.stack([self._over_agencies(m.declared, self._declared) for m in moments])[at],
        )

    def share(self, people: Decimal | None, expected: Decimal | None, excused: Decimal | None) -> str | None:
        """The share of the expected people but for those excused, as it is stored."""
        key = (people, expected, excused)
        if key not in self._shares:
            left = None if expected is None else expected - (excused or 0)
            self._shares[key] = text_of_number(_share(people, left))
        return self._shares[key]

    @cached_property
    def _number(self) -> Mapping[str | None, int]:
        return {agency: number for number, agency in enumerate(self.agencies)}

    def _over_agencies(self, told: Any, column: Callable[[Any], Numbers]) -> Numbers:
        """What was told of some agencies as a column over all of them, and one more that is unknown. What
        was told is kept beside it, so that nothing else can come to have its identity."""
        if id(told) not in self._known:
            self._known[id(told)] = (told, column(told))
        return self._known[id(told)][1]

    def _levels(self, levels: Mapping[str, str]) -> Numbers:
        column = np.zeros(len(self.agencies) + 1, np.int32)
        numbers = [_number_in(self.levels, self._level_numbers, level) for level in levels.values()]
        column[self._numbers(levels)] = numbers
        return column

    def _expected(self, expected: Mapping[str, Expected]) -> Numbers:
        column = np.zeros((len(self.agencies) + 1, 2), np.int64)
        found = expected.values()
        numbers = [_number_in(self.people, self._people_numbers, one.people) for one in found]
        column[self._numbers(expected)] = [*zip((one.reporters for one in found), numbers, strict=True)] or 0
        return column

    def _declared(self, declared: frozenset[str]) -> Numbers:
        column = np.zeros(len(self.agencies) + 1, np.bool_)
        column[self._numbers(declared & self._number.keys())] = True
        return column

    def _numbers(self, agencies: Collection[str]) -> Numbers:
        return np.array([self._number[agency] for agency in agencies], np.int64)

    @cached_property
    def _level_numbers(self) -> dict[Any, int]:
        return {level: number for number, level in enumerate(self.levels)}

    @cached_property
    def _people_numbers(self) -> dict[Any, int]:
        return {people: number for number, people in enumerate(self.people)}


@dataclass
class RuleRows:
    """Makes the figures of one ask."""

    request: Request
    ask: Ask
    coverages: Coverages
    places: Places
    _moments: dict[tuple[str, str, date], Moment] = field(default_factory=dict)

    def figures(self, cells: pa.Table) -> pa.Table:
        """One figure for each cell of this ask that says something of it: a table of :data:`FIGURES`. An
        agency none of whose records is used, and that has no number by that, is missing from this figure."""
        mine = pc.and_(
            pc.equal(cells["indicator"], self.ask.indicator), pc.equal(cells["rule"], self.ask.rule_number)
        )
        own = cells.filter(mine)
        if not own.num_rows:
            return FIGURES.empty_table()
        table = self._table(own)
        has_data = pc.not_equal(table["status"].cast(pa.string()), Status.NO_DATA.value)
        return table.filter(pc.or_(pc.greater(table["used"], 0), has_data))

    def without_records(self, first: date, figures: pa.Table) -> Iterator[Measurement]:
        """One measurement for each watched agency and period from ``first`` on that has none in
        ``figures``."""
        totals = figures.filter(pc.is_null(figures["breakdown_field"]))
        met = set(rows_of(totals.select(["reading", "agency", "grain", "start"])))
        for grain in self.ask.rule.counting.grains:
            for period in periods_between(first, self.last, grain):
                if self.ask.rule.holds_in(period):
                    for reading in self._readings:
                        yield from self._missing_at(self._moment(reading, grain.value, period.start), met)

    def missing_in(self, period: Period, reading: Reading, present: Iterable[str]) -> Iterator[Measurement]:
        """One measurement for each watched agency that is not ``present`` in one period and reading."""
        grain, start = period.grain.value, period.start
        met = {(str(reading), agency, grain, start) for agency in present}
        yield from self._missing_at(self._moment(str(reading), grain, start), met)

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
        return Moment(
            period=period,
            reading=reading,
            levels=coverages.levels_on(reading, who.at_end, period),
            expected=coverages.expected(who, Variant.of(self.ask.rule), period, reading),
            declared=coverages.excepted(who, period),
        )

    # --- cells ----------------------------------------------------------------------------

    def _table(self, cells: pa.Table) -> pa.Table:
        count = cells.num_rows
        moments, moment_of = self._moments_of(cells)
        around = self.places.around(moments, moment_of, cells["agency"])
        parts, parts_of = tuples_of(cells["parts"])
        if self.valuer.looks_back:
            periods = [moments[number].period for number in moment_of.tolist()]
            followed = self.coverages.maps.followed
            spans = Spans(self.ask.rule, self.request.definitions.tree, self.request.cut_off)
            answers = answers_looking_back(self.valuer, cells, periods, followed, spans)
            answer_of = np.arange(count)
            cells = with_quality_of_both(self.valuer.formula, cells, periods, followed)
        else:
            answers, answer_of = self._answers(parts, parts_of, cells["absence"])
        answers += [_BLOCKED, _DECLARED]
        answer_of = np.where(_numpy(cells["blocked"]), len(answers) - 2, answer_of)
        answer_of = np.where(around.declared, len(answers) - 1, answer_of)
        answer_of = self._without_silent(answers, answer_of, moments, moment_of)
        states, weighted = numbered(cells["state"]), _numpy(cells["weighted"]).astype(np.int64)
        columns = {
            "indicator": one_text(self.ask.indicator, count),
            **{name: coded(cells[name]) for name in PLACE if name != "start"},
            "start": cells["start"],
            "rule": pa.array(np.full(count, self.ask.rule_number)),
            "level": text_column(self.places.levels, around.levels),
            "status": text_column([one.status.value for one in answers], answer_of),
            "reason": text_column([one.reason for one in answers], answer_of),
            "value": text_column([text_of_number(one.value) for one in answers], answer_of),
            "parts": text_column([text_of_parts(one) for one in parts], parts_of),
            "numerator": text_column([text_of_number(one.numerator) for one in answers], answer_of),
            "denominator": text_column([text_of_number(one.denominator) for one in answers], answer_of),
            "reporting": cells["reporting"],
            "expected": pa.array(around.reporters - _numpy(cells["not_applicable"])),
            "people_share": self._shares(cells, around.people),
            **{name: cells[name] for name in _KINDS},
            "weighted": text_column([None, self.ask.rule.recast_by], weighted),
            "state": text_column([None if s is None else STATES[s] for s in states[0]], states[1]),
            **{name: cells[name] for name in ("origins", "used", "records")},
        }
        return pa.table([columns[name] for name in FIGURES.names], names=FIGURES.names).cast(FIGURES)

    def _without_silent(
        self, answers: list[Answer], answer_of: Numbers, moments: Sequence[Moment], moment_of: Numbers
    ) -> Numbers:
        """Figures of periods after which nothing has been delivered any more say so."""
        reach, cut_off = self.request.reach, self.request.cut_off
        for number, moment in enumerate(moments):
            reason = silence(self.ask.rule, reach, moment.period, cut_off)
            if reason is not None:
                answers.append(Answer(Status.NO_DATA, reason))
                answer_of = np.where(moment_of == number, len(answers) - 1, answer_of)
        return answer_of

    def _moments_of(self, cells: pa.Table) -> tuple[list[Moment], Numbers]:
        """The moments there are, and the number of that of each row."""
        names = ("reading", "grain", "start")
        values, numbers = zip(*(numbered(cells[name]) for name in names), strict=True)
        moment_of, first = distinct(numbers)
        keys = zip(*([values[n][i] for i in numbers[n][first]] for n in range(len(names))), strict=True)
        return [self._moment(*key) for key in keys], moment_of

    def _answers(
        self, parts: Sequence[Parts], parts_of: Numbers, absence: pa.ChunkedArray
    ) -> tuple[list[Answer], Numbers]:
        """Small numbers come again and again: equal parts are valued once."""
        absences, absence_of = numbered(absence)
        answer_of, first = distinct([parts_of, absence_of])
        asked = zip(parts_of[first].tolist(), absence_of[first].tolist(), strict=True)
        return [self.valuer.answer(parts[p], nothing_earlier, absences[a]) for p, a in asked], answer_of

    def _shares(self, cells: pa.Table, expected_of: Numbers) -> pa.Array:
        """The share of the expected people; those of whom the figure has no meaning are not expected."""
        values, people_of = numbered(cells["reporting_people"])
        excused, excused_of = numbered(cells["not_applicable_people"])
        all_three = (people_of, expected_of, excused_of)
        share_of, first = distinct(all_three)
        asked = zip(*(numbers[first].tolist() for numbers in all_three), strict=True)
        shares = [self.places.share(values[p], self.places.people[e], excused[x]) for p, e, x in asked]
        return text_column(shares, share_of)

    # --- what is not there ----------------------------------------------------------------

    def _missing_at(self, moment: Moment, met: Collection[tuple[Any, ...]]) -> Iterator[Measurement]:
        reading, period = str(moment.reading), moment.period
        for agency, level in self._watched(moment):
            if (reading, agency, period.grain.value, period.start) not in met:
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
            coverage=moment.coverage_of_nobody(agency),
            weighted=None,
            state=None,
            origins=(),
            used=0,
            records=0,
            as_of=self.request.as_of,
            cut_off=self.request.cut_off,
        )


def _share(people: Decimal | None, expected: Decimal | None) -> Decimal | None:
    """The share of the ``expected`` people; None where none are known."""
    return ((people or Decimal(0)) / expected).quantize(_SHARE_DIGIT) if expected else None


def _number_in(words: list[Any], numbers: dict[Any, int], word: Any) -> int:
    """The number of ``word``, which is new or one of ``words``."""
    if word not in numbers:
        numbers[word] = len(words)
        words.append(word)
    return numbers[word]


def _numpy(column: pa.ChunkedArray) -> Numbers:
    numbers: Numbers = column.combine_chunks().to_numpy(zero_copy_only=False)
    return numbers
