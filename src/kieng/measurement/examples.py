"""A rule's own worked examples, run before any real number is made.

An example is a few records and the answer that the law or the plan gives for them. They are measured by
the same engine as everything else, in the period of their newest date (or of the stated cut-off).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from weakref import WeakValueDictionary

import pyarrow as pa

from kieng.measurement.measurement import Status
from kieng.measurement.request import AS_WAS, Ask, Engine, Request
from kieng.measurement.value import Answer, Parts, Valuer
from kieng.plan.agency import Agency, AgencyTree, Level
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Example, Indicator, RollUp, Rule
from kieng.plan.period import Grain, Period
from kieng.plan.record_type import RecordType
from kieng.problems import Problem, Problems, UserError
from kieng.records.batch import Origin, VersionedRecords, ledger_schema
from kieng.words import Name

_LEVEL = "example"
_LEARNT = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_EXPECTED = re.compile(
    r"(?P<value>-?\d+(\.\d+)?)(\s*\(\s*(?P<over>-?\d+(\.\d+)?)\s*/\s*(?P<under>-?\d+(\.\d+)?)\s*\))?"
)
_WORDS = {
    Status.NO_DATA: "no data",
    Status.ZERO_DENOMINATOR: "zero denominator",
    Status.NOT_APPLICABLE: "not applicable",
}


# Definitions whose examples came out, by identity; forgotten with them. On which engine does not matter:
# an example tries the rule, and the specs hold all engines to one answer.
_HELD: WeakValueDictionary[int, Definitions] = WeakValueDictionary()


def run_examples(definitions: Definitions, engine: Engine) -> list[Problem]:
    """A problem, at the example's place, for each example that does not come out as written."""
    trials = [
        Trial.of(indicator, rule, example, number, definitions.record_types[rule.record])
        for indicator in definitions.indicators.values()
        for rule in indicator.rules
        for number, example in enumerate(rule.examples)
    ]
    together: dict[tuple[int, date | None], list[Trial]] = {}
    for trial in trials:
        together.setdefault((id(trial.rule), trial.read_early), []).append(trial)
    problems = Problems()
    for group in together.values():
        _check(group, definitions, engine, problems)
    return problems.sorted()


def refuse_failing_examples(definitions: Definitions, engine: Engine) -> None:
    """Raise UserError with every example that does not come out as written. Definitions whose examples
    have come out in this process are not tried again."""
    if _HELD.get(id(definitions)) is definitions:
        return
    problems = run_examples(definitions, engine)
    if problems:
        raise UserError(problems)
    _HELD[id(definitions)] = definitions


@dataclass(frozen=True)
class Trial:
    """An example made ready: its records belong to an agency of its own, so that all examples of a rule are
    measured in one pass. ``read_early`` is its cut-off when that is not the last day of
    ``period``."""

    indicator: Indicator
    rule: Rule
    example: Example
    agency: str
    rows: tuple[Mapping[str, Any], ...]
    period: Period

    @staticmethod
    def of(indicator: Indicator, rule: Rule, example: Example, number: int, kind: RecordType) -> Trial:
        agency = f"{indicator.id}/{indicator.rules.index(rule)}/{number}"
        rows = tuple(_row(kind, agency, n, given) for n, given in enumerate(example.records))
        days = [day for row in rows for day in [_day(row[rule.counting.start])] if day is not None]
        day = example.cut_off or max(days, default=_LEARNT.date())
        return Trial(indicator, rule, example, agency, rows, Period.containing(day, rule.counting.grains[0]))

    @property
    def read_early(self) -> date | None:
        return None if self.example.cut_off == self.period.last_day else self.example.cut_off

    def answer(self, cells: Mapping[tuple[str, Period], Mapping[str, Any]]) -> Answer:
        """What the cells of the trial's own agency come to."""

        def parts_in(period: Period) -> Parts | None:
            cell = cells.get((self.agency, period))
            return None if cell is None else cell["parts"]

        def earlier(unit: str) -> Parts | None:
            return parts_in(self.period.shift(-1) if unit == "period" else self.period.years_before(1))

        cell = cells.get((self.agency, self.period))
        if cell is None:
            return Answer(Status.NO_DATA)
        return Valuer(self.rule.formula, self.indicator.unit).answer(cell["parts"], earlier, cell["absence"])


def _check(trials: Sequence[Trial], definitions: Definitions, engine: Engine, problems: Problems) -> None:
    """Measure trials of one rule together, and compare each with what its example says."""
    cells = _cells(trials, definitions, engine)
    for trial in trials:
        expect = trial.example.expect
        answer = trial.answer(cells)
        if not _agrees(expect, answer):
            got = _said(answer, _digits(expect, trial.indicator.decimals))
            problems.extend([_fails(trial, got)])


def _fails(trial: Trial, got: str) -> Problem:
    indicator, expect = trial.indicator.id, trial.example.expect
    return Problem(
        trial.example.place,
        "example-fails",
        f"The example of {indicator} says “{expect}”, but the formula gives “{got}”.",
        "Mend the formula; if the example itself is wrong, mend the example.",
        expect,
        (
            f"Ví dụ của chỉ số {indicator} ghi “{expect}” nhưng công thức cho ra “{got}”.",
            "Sửa công thức; nếu chính ví dụ ghi sai thì sửa ví dụ.",
        ),
    )


def _cells(
    trials: Sequence[Trial], definitions: Definitions, engine: Engine
) -> dict[tuple[str, Period], Mapping[str, Any]]:
    """The cells of the trials' rule, by agency and period."""
    rule, kind = trials[0].rule, definitions.record_types[trials[0].rule.record]
    request = Request(
        definitions=_tiny(definitions, trials),
        record_type=kind.id,
        asks=(Ask(trials[0].indicator.id, 0, _alone(rule)),),
        readings=(AS_WAS,),
        as_of=_LEARNT,
        cut_off=trials[0].read_early or max(trial.period.last_day for trial in trials),
    )
    table = pa.Table.from_pylist([row for trial in trials for row in trial.rows], schema=ledger_schema(kind))
    cells = engine.cells(request, VersionedRecords.in_memory(kind, table, _LEARNT)).to_pylist()
    return {(cell["agency"], Period(cell["start"], Grain(cell["grain"]))): cell for cell in cells}


def _alone(rule: Rule) -> Rule:
    """``rule`` for one agency and every period: an example is about counting, not about the tree."""
    return replace(rule, roll_up=RollUp.NONE, breakdowns=(), valid_from=None, valid_to=None)


def _row(kind: RecordType, agency: str, number: int, given: Mapping[str, object]) -> dict[str, Any]:
    """A record of the example as a row of the ledger; a field that it does not give is null."""
    row: dict[str, Any] = {name: given.get(name) for name in kind.fields}
    row[kind.agency_field] = agency
    return row | {
        "_key": f"{agency}/{number}",
        "_row": number + 1,
        "_withdrawn": False,
        "_recorded_at": _LEARNT,
        "_batch": 1,
        "_origin": Origin.SYNTHETIC.bit,
    }


def _tiny(definitions: Definitions, trials: Sequence[Trial]) -> Definitions:
    """The same calendar, clocks and record types, with an agency for each trial and no tree above it."""
    name = Name("ví dụ", "example")
    agencies = {
        trial.agency: Agency(trial.agency, None, None, (Dated(name),), (Dated(_LEVEL),)) for trial in trials
    }
    tree = AgencyTree(agencies, {_LEVEL: Level(_LEVEL, name, _LEVEL, 0)})
    return replace(definitions, tree=tree, reorganisations=(), not_applicable=(), plans={})


def _agrees(expect: str, answer: Answer) -> bool:
    text = expect.strip()
    if answer.status is not Status.VALUE or answer.value is None:
        return text == _WORDS.get(answer.status)
    match = _EXPECTED.fullmatch(text)
    if match is None or _shown(answer.value, _digits(text, 0)) != match["value"]:
        return False
    if match["over"] is None:
        return True
    return answer.numerator == Decimal(match["over"]) and answer.denominator == Decimal(match["under"])


def _digits(expect: str, otherwise: int) -> int:
    """How many digits after the point the example's answer is written with."""
    match = _EXPECTED.fullmatch(expect.strip())
    if match is None:
        return otherwise
    return len(match["value"].partition(".")[2])


def _shown(value: Decimal, digits: int) -> str:
    return format(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN), "f")


def _said(answer: Answer, digits: int) -> str:
    if answer.value is None:
        return _WORDS.get(answer.status, answer.status.value)
    text = _shown(answer.value, digits)
    if answer.numerator is None or answer.denominator is None:
        return text
    over, under = (format(n.normalize(), "f") for n in (answer.numerator, answer.denominator))
    return f"{text} ({over} / {under})"


def _day(moment: date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment
