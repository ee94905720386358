"""The rules of an indicator: how it is counted, in dated versions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from kieng.plan.check_formula import check, check_breakdown, check_counting
from kieng.plan.citation import citation
from kieng.plan.dated import Dated
from kieng.plan.formula.nodes import Formula
from kieng.plan.formula.parse import parse
from kieng.plan.indicator import Counting, Membership, RollUp, Rule, Source, Within
from kieng.plan.load_examples import load_examples
from kieng.plan.load_reports import read_reports
from kieng.plan.period import Grain
from kieng.plan.record_type import RecordType
from kieng.plan.yaml_text import Located, Section
from kieng.problems import Problems, UserError, near

RULE_KEYS = (
    "record", "period", "value", "roll_up", "within", "reporters", "recast_by", "breakdowns", "source",
    "stale_after", "examples", "reports", "valid_from", "valid_to",
)  # fmt: skip

_LONGEST_SILENCE = 1_200  # months
_PERIOD = re.compile(
    r"(?P<grains>\w+(\s+and\s+\w+)*)\s*,\s*"
    r"(by\s+(?P<by>\w+)|(?P<how>open|in\s+force)\s+from\s+(?P<start>\w+)\s+to\s+(?P<end>\w+))",
    re.IGNORECASE,
)
_WRITE_PERIOD = (
    "Write `month and year, by closed_on`, `month, open from received_at to finished_at` or "
    "`year, in force from started_on to ended_on`."
)


@dataclass(frozen=True)
class Known:
    """What a rule may refer to."""

    record_types: Mapping[str, RecordType]
    sources: Mapping[str, Source]
    levels: Collection[str]
    clocks: Collection[str]


@dataclass(frozen=True)
class _RuleText:
    """One version's text; a key missing there is taken from the indicator's own lines."""

    own: Section
    top: Section
    unit: str
    known: Known

    def at(self, key: str) -> Section:
        return self.own if self.own.has(key) else self.top


def load_rules(top: Section, unit: str, watched: tuple[str, ...], known: Known) -> tuple[Rule, ...]:
    """The versions under ``rules``, or the one that the indicator's own lines make; in order of time.

    ``watched`` levels are expected to report where nothing else is said. Unreadable versions are
    left out; overlaps and gaps between versions are problems.
    """
    versions = top.sections("rules") if top.has("rules") else [top]
    for section in (top, *versions):
        for key in RULE_KEYS:
            section.get(key)  # each may stand above the versions, even where every version has its own
    found = [_rule(_RuleText(own, top, unit, known), watched) for own in versions]
    rules = sorted((rule for rule in found if rule), key=lambda rule: rule.valid_from or date.min)
    for earlier, later in zip(rules, rules[1:], strict=False):
        _check_joint(earlier, later, top.problems)
    return tuple(rules)


def _check_joint(earlier: Rule, later: Rule, problems: Problems) -> None:
    """One version ends on the day on which the next begins."""
    if _span(earlier).overlaps(_span(later)):
        why = f"On some days this version and the one at {earlier.place} would both hold."
        remedy = f"Let the earlier one end on the day this one begins: `valid_to: {later.valid_from or '…'}`."
        problems.add(later.place, "overlapping-rules", why, remedy)
    elif earlier.valid_to != later.valid_from:
        why = f"From {earlier.valid_to} to {later.valid_from} no version holds."
        remedy = f"Write `valid_from: {earlier.valid_to}`, or add a version between."
        problems.add(later.place, "gap-between-rules", why, remedy)


def _span(rule: Rule) -> Dated[None]:
    return Dated(None, rule.valid_from, rule.valid_to)


def _rule(text: _RuleText, watched: tuple[str, ...]) -> Rule | None:
    record_type, counting = _record_type(text), _counting(text)
    formula, span = _formula(text), _valid(text)
    roll_up = text.at("roll_up").choice("roll_up", RollUp, RollUp.SUMS)
    source = citation(text.at("source"), text.known.sources)
    reporters = _levels(text) or watched
    within = text.at("within").choice("within", Within, Within.ALL)
    recast_by = text.at("recast_by").optional_text("recast_by") or "population"
    breakdowns = text.at("breakdowns").texts("breakdowns")
    stale_after = _stale_after(text)
    if text.own is not text.top:
        text.own.no_other_keys()
    if record_type is None:
        return None
    examples = load_examples(text.at("examples").sections("examples"), record_type)
    reports = read_reports(text.at("reports"), counting, text.known.sources)
    _check_breakdowns(text, record_type)
    if counting is None or formula is None:
        return None
    problems = text.own.problems
    problems.extend(check_counting(counting, record_type, text.at("period").place_of("period")))
    problems.extend(check(formula, record_type, counting, roll_up, text.unit, text.known.clocks))
    return Rule(
        record=record_type.id,
        counting=counting,
        formula=formula,
        roll_up=roll_up,
        within=within,
        reporters=reporters,
        recast_by=recast_by,
        breakdowns=breakdowns,
        stale_after=stale_after,
        examples=examples,
        reports=reports,
        valid_from=span.valid_from,
        valid_to=span.valid_to,
        source=source,
        place=text.own.place,
    )


def _stale_after(text: _RuleText) -> int | None:
    section = text.at("stale_after")
    months = section.optional_integer("stale_after")
    if months is not None and not 0 <= months <= _LONGEST_SILENCE:
        why = f"Silence is counted in whole months, from 0 to {_LONGEST_SILENCE}."
        remedy = f"Write 1 to {_LONGEST_SILENCE} months, or 0 where the figure stays for good."
        section.problem("stale_after", "months-out-of-range", why, remedy)
    return months


def _record_type(text: _RuleText) -> RecordType | None:
    section, types = text.at("record"), text.known.record_types
    name = section.text("record")
    if name and name not in types:
        section.problem("record", "unknown-record-type", "There is no such record type.", near(name, types))
    return types.get(name)


def _valid(text: _RuleText) -> Dated[None]:
    section = text.own
    first, end = section.optional_day("valid_from"), section.optional_day("valid_to")
    if first and end and end <= first:
        remedy = "`valid_to` is the first day on which the version no longer holds."
        why = f"The version ends before it begins ({first})."
        section.problem("valid_to", "ends-before-it-begins", why, remedy)
    return Dated(None, first, end)


def _levels(text: _RuleText) -> tuple[str, ...]:
    section = text.at("reporters")
    for level in section.items("reporters"):
        check_level(level, level.scalar or "", text.known.levels)
    return section.texts("reporters")


def check_level(at: Located, level: str, levels: Collection[str]) -> None:
    """``level`` is one of kieng.yaml's."""
    if level not in levels:
        at.problem("unknown-level", f"No level `{level}` is declared in kieng.yaml.", near(level, levels))


def _check_breakdowns(text: _RuleText, record_type: RecordType) -> None:
    section = text.at("breakdowns")
    for item in section.items("breakdowns"):
        if item.scalar:
            section.problems.extend(check_breakdown(item.scalar, record_type, item.place))


# --- the two small languages -------------------------------------------------------------------


def _formula(text: _RuleText) -> Formula | None:
    section = text.at("value")
    value = section.need("value")
    words = value.text() if value else None
    if value is None or words is None:
        return None
    try:
        return parse(words, value.place_at(0), value.place_at)
    except UserError as error:
        section.problems.extend(error.problems)
        return None


def _counting(text: _RuleText) -> Counting | None:
    """``month and year, by closed_on`` and its two sisters."""
    section = text.at("period")
    value = section.need("period")
    words = value.text() if value else None
    if value is None or words is None:
        return None
    found = _PERIOD.fullmatch(words)
    if found is None:
        value.problem("unreadable-period", "It is not said how records fall into periods.", _WRITE_PERIOD)
        return None
    grains = _grains(value, found["grains"])
    if not grains:
        return None
    if found["by"]:
        return Counting(grains, Membership.BY, found["by"])
    membership = Membership.OPEN if found["how"].lower() == "open" else Membership.IN_FORCE
    return Counting(grains, membership, found["start"], found["end"])


def _grains(value: Located, text: str) -> tuple[Grain, ...]:
    """The lengths of period, each once; empty when one of them is none."""
    words = re.split(r"\s+and\s+", text.lower())
    known = [grain.value for grain in Grain]
    strange = [word for word in words if word not in known]
    for word in strange:
        value.problem("unknown-period-length", f"`{word}` is no length of period.", near(word, known))
    return () if strange else tuple(Grain(word) for word in dict.fromkeys(words))
