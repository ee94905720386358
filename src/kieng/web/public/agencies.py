"""Agencies: one of them on a day, and all of them to look for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kieng.judgement.due import newest_over
from kieng.judgement.leads import led_targets, target_leads
from kieng.judgement.target_words import target_text
from kieng.plan.agency import Agency, Level, Post
from kieng.plan.dated import on_day
from kieng.plan.indicator import Indicator
from kieng.plan.reorganisation import Move, Reorganisation
from kieng.plan.target import Target
from kieng.web.door import State
from kieng.web.public.indicator import Standpoint, standpoints
from kieng.web.public.series import Spark, spark_of
from kieng.web.public.shown import Shown, Standings
from kieng.web.public.source import Source, now
from kieng.words import Name, bare

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """What a reorganisation did to an agency: what it came from (``before``) or what it went to."""

    event: Reorganisation
    before: bool
    others: tuple[tuple[str, Name, Move], ...]


@dataclass(frozen=True)
class Answered:
    """One indicator the agency answers for, with the targets that bind it."""

    indicator: Indicator
    targets: tuple[Standpoint, ...]
    spark: Spark | None


@dataclass(frozen=True)
class Other:
    """An indicator that is measured at the agency though no target binds it."""

    indicator: Indicator
    figure: Shown


@dataclass(frozen=True)
class Led:
    """A target that the agency leads on the page's day, whoever's figures decide it. ``assumed``: that it
    does is nobody's word but the text's."""

    target: Target
    indicator: Indicator
    asks: Name
    assumed: bool


@dataclass(frozen=True)
class AgencyPage:
    """An agency as it is on ``day``; of one that is gone, on its last day."""

    agency: Agency
    day: date
    name: Name
    level: Level
    code: str | None
    parents: tuple[tuple[str, Name], ...]
    post: Post | None
    changes: tuple[Change, ...]
    answered: tuple[Answered, ...]
    others: tuple[Other, ...]
    told: Standings
    below: tuple[tuple[Name, int], ...]
    led: tuple[Led, ...]

    @property
    def gone(self) -> bool:
        return self.agency.closed is not None and self.agency.closed <= self.day + _DAY


def agency_page(state: State, agency: str, day: date | None) -> AgencyPage:
    """Everything public about one agency."""
    known = state.definitions.tree.agencies[agency]
    at = _within_life(known, day or state.today)
    return state.once(("agency_page", agency, at), lambda: _page(state, known, at))


def _within_life(agency: Agency, day: date) -> date:
    if agency.closed is not None and agency.closed <= day:
        return agency.closed - _DAY
    return max(day, agency.opened) if agency.opened else day


def _page(state: State, agency: Agency, day: date) -> AgencyPage:
    tree = state.definitions.tree
    on = tree.on(day)
    answered = tuple(_answered(state, agency.id))
    above = list(on.ancestors(agency.id))[1:]
    return AgencyPage(
        agency,
        day,
        tree.name(agency.id, day),
        tree.levels[on.level_of[agency.id]],
        on_day(agency.codes, day),
        tuple((one, tree.name(one, day)) for one in reversed(above)),
        on_day(agency.heads, day),
        tuple(_changes(state, agency.id)),
        answered,
        tuple(_others(state, agency.id, {one.indicator.id for one in answered})),
        Standings.of(one.standing for each in answered for one in each.targets),
        tuple(_below(state, agency.id, day)),
        tuple(_led(state, agency.id, day)),
    )


def _led(state: State, agency: str, day: date) -> Iterator[Led]:
    for target in led_targets(state.definitions, agency, day):
        indicator = state.definitions.indicators[target.indicator]
        leads = target_leads(state.definitions, target, day)
        assumed = any(one.assumed for one in leads if one.agency == agency)
        yield Led(target, indicator, target_text(target, indicator), assumed)


def _below(state: State, agency: str, day: date) -> Iterator[tuple[Name, int]]:
    tree = state.definitions.tree
    on = tree.on(day)
    levels = [on.level_of[one] for one in on.children_of[agency]]
    for level in sorted(set(levels), key=lambda level: tree.levels[level].rank):
        yield tree.levels[level].name, levels.count(level)


def _answered(state: State, agency: str) -> list[Answered]:
    """What asks for attention first."""
    found = []
    bound = {target.indicator for plan in state.definitions.plans.values() for target in plan.targets}
    for indicator in state.definitions.indicators.values():
        if indicator.id not in bound:
            continue
        source = now(state, indicator.id)
        targets = standpoints(source, indicator, agency)
        if targets:
            one = Answered(indicator, targets, _spark(source, indicator, targets))
            found.append((targets[0].urgency(source).key, one))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _spark(source: Source, indicator: Indicator, targets: Sequence[Standpoint]) -> Spark | None:
    one = targets[0]
    if not one.figure.has_figure or one.figure.measurement is None:
        return None
    return spark_of(source, indicator, one.figure.measurement, one.limit)


def _others(state: State, agency: str, answered: set[str]) -> Iterator[Other]:
    """All figures of the agency are read at once: one indicator after another is most of the page's time."""
    figures = state.all_of_agency(agency)
    for indicator in state.definitions.indicators.values():
        told = (one for one in figures.get(indicator.id, {}).values() if one.value is not None)
        one = None if indicator.id in answered else newest_over(told)
        if one is not None:
            yield Other(indicator, now(state, indicator.id).shown(one))


def _changes(state: State, agency: str) -> Iterator[Change]:
    tree = state.definitions.tree
    for event in sorted(state.definitions.reorganisations, key=lambda one: one.day, reverse=True):
        came = [
            (m.source, tree.name(m.source, event.day - _DAY), m) for m in event.moves if m.target == agency
        ]
        went = [(m.target, tree.name(m.target, event.day), m) for m in event.moves if m.source == agency]
        if went and [other for other, _, _ in went] != [agency]:
            yield Change(event, False, tuple(went))
        if came:
            yield Change(event, True, tuple(came))


# --- looking for one -------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    agency: Agency
    name: Name
    level: Level
    code: str | None
    parent: tuple[str, Name] | None


def find_agencies(state: State, text: str, day: date) -> tuple[Found, ...]:
    """The agencies of ``day`` whose name, without regard to tones, or code has ``text`` in it; all for ""."""
    tree = state.definitions.tree
    on = tree.on(day)
    wanted = bare(text)
    found = []
    for id in on.parent_of:
        agency, name = tree.agencies[id], tree.name(id, day)
        code = on_day(agency.codes, day)
        if wanted and wanted not in bare(name.vi) and wanted not in bare(name.en) and text.strip() != code:
            continue
        above = on.parent_of[id]
        parent = (above, tree.name(above, day)) if above else None
        found.append(Found(agency, name, tree.levels[on.level_of[id]], code, parent))
    return tuple(sorted(found, key=lambda one: (one.level.rank, one.name.vi)))
