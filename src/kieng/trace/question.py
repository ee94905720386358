"""One figure, asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kieng.measurement.measure import cut_off_day
from kieng.measurement.request import AS_WAS, Ask, Reading, Request
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import Formula
from kieng.plan.indicator import Indicator, Rule
from kieng.plan.period import Period
from kieng.problems import refuse


@dataclass(frozen=True)
class Question:
    """Which figure: an indicator for an agency and period, on one reading, as of a moment (UTC)."""

    indicator: str
    agency: str
    period: Period
    reading: Reading
    as_of: datetime
    reach: date | None = None  # the newest month of which there is a record, of what goes on by itself


def rule_in_force(definitions: Definitions, question: Question) -> tuple[Indicator, int, Rule]:
    """The indicator, and the number and text of its rule for the question's period.

    Raises :class:`~kieng.problems.UserError` when there is no such indicator, agency or rule.
    """
    indicator = definitions.indicators.get(question.indicator)
    if indicator is None:
        raise refuse(
            "",
            "unknown-indicator",
            f"No indicator is called {question.indicator!r}.",
            "Look at the list that `kieng show` prints.",
            question.indicator,
        )
    if question.agency not in definitions.tree.agencies:
        raise refuse(
            "",
            "unknown-agency",
            "No agency has this id or code.",
            "Look for it in agencies/agencies.csv.",
            question.agency,
        )
    rule = indicator.rule_for(question.period)
    if rule is None or question.period.grain not in rule.counting.grains:
        raise refuse(
            indicator.place,
            "no-rule-for-period",
            f"No rule of {indicator.id} counts {question.period}.",
            "Ask for a period that the rule counts: see `period:` in the indicator's file.",
            str(question.period),
        )
    return indicator, indicator.rules.index(rule), rule


def request_for(definitions: Definitions, question: Question) -> Request:
    """What an engine is asked, to make this one figure (and the earlier ones it is compared with)."""
    _, number, rule = rule_in_force(definitions, question)
    periods = periods_needed(rule.formula, question.period)
    return Request(
        definitions=definitions,
        record_type=rule.record,
        asks=(Ask(question.indicator, number, rule),),
        readings=_readings(question.reading),
        as_of=question.as_of,
        cut_off=cut_off_day(definitions, question.as_of),
        first=min(period.start for period in periods),
        last=max(period.last_day for period in periods),
        reach=question.reach,
    )


def _readings(reading: Reading) -> tuple[Reading, ...]:
    """A lineage looks back to what was there where it has no figure of its own."""
    return (reading,) if reading.line is None else (reading, AS_WAS)


def reading_in(definitions: Definitions, question: Question, period: Period) -> Reading:
    """The reading on which the figure of ``period`` is lent to the one asked about."""
    lineage, until = question.reading.line is not None, cut_off_day(definitions, question.as_of)
    if lineage and question.agency not in definitions.lineages.followed(period, until):
        return AS_WAS
    return question.reading


def periods_needed(formula: Formula, period: Period) -> tuple[Period, ...]:
    """The question's period, and the earlier ones that the formula looks back to."""
    return (period, *(unit.before(period) for unit in formula.looks_back_by()))
