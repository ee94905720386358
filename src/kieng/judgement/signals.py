"""The rules by which a control chart tells a signal from ordinary variation, and what each may cost.

The newest figure alone, a few periods together, and many together are each held against the baseline. Alone
shows a leap at once, a few show a fall that stays, many a slow slide. Each has its share of the chance that a
series may be called a signal by mistake (``family.py``), so that all together keep within it, whatever the
figures. Rules of thumb that spend more than they find (runs, trends, thirds, jumps) are left out (0022).

Periods are together only when they follow one another without a gap, and when the newest itself lies on the
side the signal points to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kieng.judgement.family import chance_each
from kieng.judgement.parameters import Parameters
from kieng.judgement.usual import Range, Spot, Usual
from kieng.plan.period import Period
from kieng.words import Name


class SignalRule(StrEnum):
    """``one``: a single period beyond the ordinary range. ``few``, ``many``: so many periods together."""

    ONE = "one"
    FEW = "few"
    MANY = "many"

    @property
    def parameter(self) -> str:
        """The parameter that holds this rule's share of the chance."""
        return f"chart_share_{self.value}"


@dataclass(frozen=True)
class Trial:
    """What a rule looks at: so many ``periods``, with a chance of ``tail`` beyond each limit."""

    rule: SignalRule
    periods: int
    tail: float


@dataclass(frozen=True)
class Seen:
    """A rule that was broken by ``spots``, which together lie at ``range``."""

    rule: SignalRule
    spots: tuple[Spot, ...]
    range: Range

    @property
    def up(self) -> bool:
        return self.range.side > 0


@dataclass(frozen=True)
class Signal:
    """A rule that was broken, by which periods, one after another. ``up``: toward higher figures."""

    rule: SignalRule
    periods: tuple[Period, ...]
    up: bool
    words: Name


def trials_on(day: date, size: int, parameters: Parameters) -> tuple[Trial, ...]:
    """The rules in force on ``day`` for a family of ``size`` series."""
    chance = chance_each(size, day, parameters)
    periods = {
        SignalRule.ONE: 1,
        SignalRule.FEW: int(parameters.on("chart_few_periods", day)),
        SignalRule.MANY: int(parameters.on("chart_many_periods", day)),
    }
    return tuple(
        Trial(rule, periods[rule], float(chance * parameters.on(rule.parameter, day) / 2))
        for rule in SignalRule
    )


def last_together(spots: Sequence[Spot], count: int) -> Sequence[Spot] | None:
    """The newest ``count`` of ``spots``, if they follow one another without a gap."""
    found = spots[-count:]
    together = len(found) == count and found[0].period.shift(count - 1) == found[-1].period
    return found if together else None


def beyond(spots: Sequence[Spot], usual: Usual, trials: Sequence[Trial]) -> Iterator[Seen]:
    """The rule that the newest of ``spots`` breaks with the fewest others: what more of them show together is
    then its doing, and no sign that the earlier ones have changed."""
    for trial in sorted(trials, key=lambda one: one.periods):
        found = last_together(spots, trial.periods)
        if found is None:
            continue
        seen = usual.range_of(found, trial.tail)
        newest = float(found[-1].value) - seen.centre
        if seen.side * newest > 0:
            yield Seen(trial.rule, tuple(found), seen)
            return
