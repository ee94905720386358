"""One indicator at one agency: where it stands, its course, its definition, and what is below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kieng.judgement.aim import Aim, aim_of
from kieng.judgement.attention import Urgency, urgency
from kieng.judgement.board import Line, lines_of
from kieng.judgement.phrases import both
from kieng.judgement.promise_words import parts_text
from kieng.judgement.standing import Standing
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.formula.nodes import Ratio
from kieng.plan.indicator import Indicator, RollUp, Rule
from kieng.plan.period import Grain, Period
from kieng.plan.record_type import RecordType
from kieng.plan.target import Plan, TargetKind
from kieng.web.door import State
from kieng.web.public.asked import TODAY, Asked
from kieng.web.public.formula_words import in_words
from kieng.web.public.reads import top_agency
from kieng.web.public.series import newest
from kieng.web.public.shown import Shown, disclosure, line_shown, standing_shown
from kieng.web.public.source import Source
from kieng.web.public.words import ADDED_UP, MEMBERSHIPS, ROLL_UPS
from kieng.words import Name
from kieng.workspace.figures import Asked as Question


@dataclass(frozen=True)
class Standpoint:
    """One target for the agency, with the figure it is judged by, and how each part of its period stood.
    ``heir``: who answers for it now, where the agency is gone."""

    line: Line
    plan: Plan
    asks: Name
    figure: Shown
    aim: Aim | None
    parts_said: Name | None = None
    heir: Name | None = None

    @property
    def limit(self) -> Decimal | None:
        """The figure that the target asks for, where it is one; "done" has none."""
        if self.aim is None or self.line.target.kind is TargetKind.DONE:
            return None
        return self.aim.low if self.aim.low is not None else self.aim.high

    @property
    def standing(self) -> Standing | None:
        """None where it would tell a hidden figure."""
        return standing_shown(self.line, self.figure)

    @property
    def reason(self) -> Name:
        return self.figure.hidden or self.line.judgement.reason

    def urgency(self, source: Source) -> Urgency:
        """How much it asks for attention; a hidden figure lends no weight."""
        return urgency([self.line], source.definitions.tree, lambda line: self.figure.hidden is None)

    @property
    def notes(self) -> tuple[Name, ...]:
        return () if self.figure.hidden else self.line.judgement.all_notes


@dataclass(frozen=True)
class RuleWords:
    """One version of the rule, in words and as it is written."""

    rule: Rule
    record: RecordType
    words: Name
    counting: Name
    by: tuple[Name, ...]

    @property
    def roll_up(self) -> Name:
        """How figures above are made of those below."""
        adds = self.rule.roll_up is RollUp.SUMS and not isinstance(self.rule.formula.root, Ratio)
        return ADDED_UP if adds else ROLL_UPS[self.rule.roll_up]


@dataclass(frozen=True)
class Breakdown:
    """The parts of the newest figure by one field."""

    label: Name
    parts: tuple[tuple[Name, Shown], ...]


def standpoints(source: Source, indicator: Indicator, agency: str) -> tuple[Standpoint, ...]:
    """Every target that the agency answers for, or its heirs when it is gone, what asks for attention
    first."""
    found = [
        _standpoint(source, judged, agency)
        for judged in lines_of(source.definitions, indicator.id, agency, source.lookup, source.today)
    ]
    return tuple(sorted(found, key=lambda one: one.urgency(source).key))


def _standpoint(source: Source, judged: Line, agency: str) -> Standpoint:
    name = source.definitions.tree.name(judged.agency, source.today)
    return Standpoint(
        judged,
        source.definitions.plans[judged.target.plan],
        target_text(judged.target, judged.indicator),
        line_shown(judged, source.shown),
        aim_of(judged.target, judged.indicator),
        parts_text(source.definitions, judged.indicator, judged.parts, lambda one: source.shown(one).hidden),
        None if judged.agency == agency else name,
    )


def chosen_agency(state: State, source: Source, indicator: Indicator, asked: Asked) -> str:
    """The agency asked about; else the one at the top, or of those before it one that has figures."""
    if asked.agency is not None:
        return asked.agency
    top, tree = top_agency(state), source.definitions.tree
    bound = lines_of(source.definitions, indicator.id, top, source.lookup, source.today)
    if newest(source, top) is not None or next(bound, None) is not None:
        return top
    others = [a for a in tree.agencies.values() if tree.levels[a.levels[-1].value].rank == 0 and a.id != top]
    told = [(one.period.last_day, a.id) for a in others if (one := newest(source, a.id)) is not None]
    return max(told)[1] if told else top


def chosen_figure(source: Source, agency: str, reading: Reading, period: Period | None) -> Measurement | None:
    """The figure of the period asked about, with or without a number; else the newest."""
    if period is None:
        return newest(source, agency, reading)
    return source.figure(agency, period, reading)


def grain_of(indicator: Indicator, one: Measurement | None, period: Period | None) -> Grain:
    """The length of the periods that are shown side by side."""
    if period is not None:
        return period.grain
    if one is not None:
        return one.period.grain
    return indicator.rules[-1].counting.grains[0]


# --- definition ----------------------------------------------------------------------------


def rule_words(source: Source, indicator: Indicator) -> tuple[RuleWords, ...]:
    """Every version of the rule, the newest first."""
    return tuple(_rule_words(source, rule) for rule in reversed(indicator.rules))


def _rule_words(source: Source, rule: Rule) -> RuleWords:
    record = source.definitions.record_types[rule.record]
    counting, said = rule.counting, MEMBERSHIPS[rule.counting.membership]
    said = both("{s} {f}", "{s} {f}", s=said, f=_within(_label(record, counting.start)))
    if counting.end is not None:
        said = both("{s} đến {f}", "{s} to {f}", s=said, f=_within(_label(record, counting.end)))
    fields = tuple(_label(record, name) for name in rule.breakdowns)
    return RuleWords(rule, record, in_words(rule.formula, record), said, fields)


def _within(label: Name) -> Name:
    """A label within a sentence."""
    return Name(label.vi[:1].lower() + label.vi[1:], label.en[:1].lower() + label.en[1:])


def _label(record: RecordType, name: str) -> Name:
    return record.fields[name].label if name in record.fields else Name(name, name)


# --- breakdowns ----------------------------------------------------------------------------


def breakdowns(state: State, indicator: Indicator, one: Shown) -> tuple[Breakdown, ...]:
    """The parts of a shown figure by each field; none of a field where they are hidden."""
    total = one.measurement
    if total is None or not one.has_figure or not indicator.rules[total.rule].breakdowns:
        return ()
    found: list[Measurement] = []
    for field in indicator.rules[total.rule].breakdowns:
        if not disclosure(state).hides_breakdown(total, field):
            found += [part for part in _parts(state, total) if part.breakdown and part.breakdown[0] == field]
    record = state.definitions.record_types[indicator.rules[total.rule].record]
    return tuple(_breakdowns(indicator, total, found, record))


def _parts(state: State, total: Measurement) -> Sequence[Measurement]:
    """An agency's parts beside its figure."""
    map_ = total.reading if total.reading == str(AS_WAS) else TODAY
    asked = Question(total.indicator, total.agency, total.period, map_, breakdowns=True)
    return state.once(("parts", asked), lambda: state.figures(asked).listed)


def _breakdowns(
    indicator: Indicator, total: Measurement, parts: Sequence[Measurement], record: RecordType
) -> Iterator[Breakdown]:
    """A field without parts is hidden for this agency: to list its values would tell which occur."""
    for field in indicator.rules[total.rule].breakdowns:
        mine = [part for part in parts if part.breakdown is not None and part.breakdown[0] == field]
        mine.sort(key=lambda part: -(part.value or 0))
        named = record.fields[field]
        told = ((named.name_of(part.breakdown[1]), Shown(part)) for part in mine if part.breakdown)
        yield Breakdown(named.label, tuple(told))
