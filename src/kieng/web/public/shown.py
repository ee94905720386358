"""Which figures the public sees. Every public page takes its figures through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kieng.judgement.board import Line as TargetLine
from kieng.judgement.disclosure import HIDDEN, Disclosure
from kieng.judgement.standing import Standing, Tally, tally, worst
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.period import Period
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class Shown:
    """A measurement as the public sees it: with its figure, or ``hidden`` with the reason."""

    measurement: Measurement | None
    hidden: Name | None = None

    @property
    def has_figure(self) -> bool:
        return self.hidden is None and self.measurement is not None and self.measurement.value is not None


def disclosure(state: State) -> Disclosure:
    """What the public sees of a state's figures."""
    return state.once("disclosure", lambda: Disclosure(state.definitions, state.today, state.whole))


def shown(state: State, one: Measurement | None) -> Shown:
    """``one`` as the public sees it. That a denominator is nought is a count too."""
    if one is None or (one.value is None and one.status is not Status.ZERO_DENOMINATOR):
        return Shown(one)
    if one.breakdown is not None:
        raise ValueError("a breakdown is disclosed together with its total")
    return Shown(one, HIDDEN if disclosure(state).hides(one) else None)


def shown_then(state: State, one: Measurement | None) -> Shown:
    """A figure as it was known at an earlier moment, as the public sees it today."""
    if one is None or (one.value is None and one.status is not Status.ZERO_DENOMINATOR):
        return Shown(one)
    reading = Reading.of(one.reading)
    if reading.map_day is not None:
        reading = state.today_map
    now = state.of_period(one.indicator, one.period, reading).get(one.agency)
    return Shown(one, HIDDEN if disclosure(state).hides_then(one, now) else None)


def hidden_agencies(
    state: State, indicator: str, period: Period, reading: Reading = AS_WAS
) -> frozenset[str]:
    """The agencies whose total of one indicator and period the public does not see."""
    found = state.of_period(indicator, period, reading).values()
    return frozenset(one.agency for one in found if shown(state, one).hidden)


def line_shown(line: TargetLine, as_shown: Callable[[Measurement | None], Shown]) -> Shown:
    """The figure a target is judged by: hidden also where the sentence names another one that is."""
    found = as_shown(line.measurement)
    hidden = next((why for one in line.told if (why := as_shown(one).hidden)), None)
    return Shown(found.measurement, found.hidden or hidden)


def standing_shown(line: TargetLine, figure: Shown) -> Standing | None:
    """Where a target stands by ``figure``; None, withheld, where that would tell a hidden one."""
    return None if figure.hidden else line.judgement.standing


@dataclass(frozen=True)
class Standings:
    """Several standings as the public sees them: how many stand how, and how many are ``withheld``.
    ``worst``: as all of them together stand; None where a withheld one could stand worse."""

    tally: Tally
    withheld: int
    worst: Standing | None

    @classmethod
    def of(cls, standings: Iterable[Standing | None]) -> Standings:
        found = list(standings)
        told = [one for one in found if one is not None]
        withheld, last = len(found) - len(told), worst(told)
        return cls(tally(told), withheld, None if withheld and not last.is_off else last)
