"""Who answers for a figure: who held the post in its period, and who holds it today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kieng.plan.agency import Post
from kieng.plan.dated import on_day
from kieng.plan.period import Period
from kieng.plan.recast import Atlas
from kieng.web.accounts.models import Post as AccountPost
from kieng.web.accounts.reads import heads_over_time
from kieng.web.cockpit.reads import name_of
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class Held:
    """The post of a head, held by somebody from ``since`` until (not including) ``until``; None: no limit.

    ``account``: as the accounts know it, with who acts for whom; else as the agencies' text says.
    ``then`` and ``now``: whether it was held in the period that is looked at, and is held today.
    """

    agency: str
    of: Name
    title: Name
    holder: str
    acting: bool
    instead_of: str
    since: date | None
    until: date | None
    account: bool
    then: bool
    now: bool


def heads(state: State, agency: str, then: date) -> tuple[Post | None, Post | None, Name | None]:
    """The post that headed ``agency`` then, the one that answers for it today, and the agency of that one
    where it is another: what the larger part of the first became."""
    agencies = state.definitions.tree.agencies
    before = on_day(agencies[agency].heads, then)
    if agencies[agency].exists_on(state.today):
        return before, on_day(agencies[agency].heads, state.today), None
    heir = _heir(state, agency, then)
    if heir is None:
        return before, None, None
    return before, on_day(agencies[heir].heads, state.today), name_of(state, heir)


def _heir(state: State, agency: str, then: date) -> str | None:
    """What the larger part of an agency became; None of one that is still there, or that went nowhere."""
    tree = state.definitions.tree
    known = tree.agencies[agency]
    if known.exists_on(state.today):
        return None
    atlas = state.once("atlas", lambda: Atlas(tree, state.definitions.reorganisations))
    last = then if known.exists_on(then) else known.opened or then
    landings = atlas.recast(agency, last, state.today, "population")
    return max(landings, key=lambda one: (one.weight, one.agency)).agency if landings else None


def answerable(state: State, agencies: Sequence[str], period: Period) -> tuple[Held, ...]:
    """Everybody who held the post of these agencies' heads in ``period`` or holds it today, agency by
    agency; of one that is gone, also who heads what the larger part of it became."""
    asked = list(dict.fromkeys(one for agency in agencies for one in _line(state, agency, period)))
    accounts: dict[str, list[AccountPost]] = {}
    for post in heads_over_time(asked):
        accounts.setdefault(post.agency, []).append(post)
    found = [one for agency in asked for one in _of(state, agency, period, accounts.get(agency, ()))]
    return tuple(one for one in found if one.then or one.now)


def _line(state: State, agency: str, period: Period) -> Iterator[str]:
    yield agency
    heir = _heir(state, agency, period.last_day)
    if heir is not None:
        yield heir


def _of(state: State, agency: str, period: Period, accounts: Iterable[AccountPost]) -> Iterator[Held]:
    known, name = state.definitions.tree.agencies[agency], name_of(state, agency)

    def times(since: date | None, until: date | None) -> tuple[bool, bool]:
        begun, ended = since or date.min, until or date.max
        return begun < period.end and period.start < ended, begun <= state.today < ended

    for dated in known.heads:
        post, since, until = dated.value, dated.valid_from, dated.valid_to
        holder = "" if post.holder in (post.title.vi, post.title.en) else post.holder
        yield Held(agency, name, post.title, holder, False, "", since, until, False, *times(since, until))
    for one in accounts:
        whom = one.instead_of.user.get_full_name() if one.instead_of else ""
        at = times(one.valid_from, one.valid_to)
        who, since, until = one.user.get_full_name(), one.valid_from, one.valid_to
        yield Held(agency, name, one.said, who, one.acting, whom, since, until, True, *at)
