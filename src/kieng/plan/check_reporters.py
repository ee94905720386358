"""Whether figures that agencies report would be added to figures that hold them already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kieng.plan.agency import AgencyTree
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import AggregateKind
from kieng.plan.indicator import RollUp, Rule, Within
from kieng.problems import Problems

_AMOUNTS = (AggregateKind.SUM, AggregateKind.LATEST)  # a count is of those who report, not of what they say


def check_reporters(definitions: Definitions, problems: Problems) -> None:
    """Of two levels that report, one above the other, a sum has to say which one counts: the figure of a
    province holds those of its communes. Cases and files are each agency's own and add up."""
    for indicator in definitions.indicators.values():
        for rule in indicator.rules:
            pair = _above_each_other(rule, definitions)
            if pair is not None:
                above, below = pair
                why = f"Both {above} and {below}, which stands below it, report this figure, and what they"
                why += " report would be added together."
                remedy = "Keep in `reporters:` the level whose figures count, or write `roll_up: none`."
                problems.add(rule.place, "reporters-above-each-other", why, remedy, f"{above}, {below}")


def _above_each_other(rule: Rule, definitions: Definitions) -> tuple[str, str] | None:
    """Two levels that report the figures of ``rule``, the first above the second, where it adds them up."""
    record = definitions.record_types.get(rule.record)
    amounts = any(one.kind in _AMOUNTS for one in rule.formula.aggregates)
    reported = record is not None and record.carries_figures and amounts
    if not reported or rule.roll_up is not RollUp.SUMS or len(set(rule.reporters)) < 2:
        return None
    return next(_pairs(rule, definitions.tree), None)


def _pairs(rule: Rule, tree: AgencyTree) -> Iterator[tuple[str, str]]:
    for day in (date.min, *tree.change_days):
        on = tree.on(day)
        for agency, below in on.level_of.items():
            if below not in rule.reporters:
                continue
            for above in (on.level_of[one] for one in on.ancestors(agency)):
                if above != below and above in rule.reporters and _counted_together(rule, tree, above, below):
                    yield above, below


def _counted_together(rule: Rule, tree: AgencyTree, above: str, below: str) -> bool:
    return rule.within is Within.ALL or tree.tier(above) == tree.tier(below)
