"""What can be wrong with agencies as a whole: facts that overlap or leave gaps, parents that are not
there, cycles, codes borne twice. Everything is named; what would break a walk of the tree is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from kieng.plan.agency import Level, Post, Weight
from kieng.plan.dated import Dated
from kieng.problems import Place, Problems, near
from kieng.words import Name

T = TypeVar("T")


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A dated value and where it is written."""

    dated: Dated[T]
    place: Place

    def begins(self) -> date:
        return self.dated.valid_from or date.min


@dataclass
class Draft:
    """An agency as its text says, before it is known to be sound."""

    id: str
    opened: date | None
    closed: date | None
    place: Place
    names: list[Fact[Name]] = field(default_factory=list)
    levels: list[Fact[str]] = field(default_factory=list)
    parents: list[Fact[str]] = field(default_factory=list)
    codes: list[Fact[str]] = field(default_factory=list)
    heads: list[Fact[Post]] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    latitude: Decimal | None = None
    longitude: Decimal | None = None

    def lived(self, dated: Dated[T]) -> Dated[T] | None:
        """``dated`` cut to the agency's life; None when nothing is left."""
        begins = max((d for d in (dated.valid_from, self.opened) if d), default=None)
        ends = min((d for d in (dated.valid_to, self.closed) if d), default=None)
        if begins is not None and ends is not None and ends <= begins:
            return None
        return Dated(dated.value, begins, ends)


def check_drafts(drafts: Mapping[str, Draft], levels: Mapping[str, Level], problems: Problems) -> None:
    """Name everything that is wrong; drop levels and parents that cannot be used."""
    for draft in drafts.values():
        _check_levels(draft, levels, problems)
        _check_parents(draft, drafts, problems)
        _check_named(draft, problems)
        _check_overlaps(draft, problems)
    _check_codes(drafts.values(), problems)
    _check_cycles(drafts, problems)


# --- one agency ------------------------------------------------------------------------------


def _check_levels(draft: Draft, levels: Mapping[str, Level], problems: Problems) -> None:
    for fact in draft.levels:
        if fact.dated.value not in levels:
            why = "kieng.yaml declares no level with this id."
            problems.add(fact.place, "unknown-level", why, near(fact.dated.value, levels), fact.dated.value)
    if not draft.levels:
        why = f"{draft.id} has no level."
        remedy = "Fill `level` in, or add dated rows to levels.csv."
        problems.add(draft.place, "missing-level", why, remedy, draft.id)
    _check_gaps(draft, draft.levels, "level", "levels.csv", problems)
    draft.levels = [fact for fact in draft.levels if fact.dated.value in levels]


def _check_parents(draft: Draft, drafts: Mapping[str, Draft], problems: Problems) -> None:
    _check_gaps(draft, draft.parents, "parent", "parents.csv", problems)
    draft.parents = [fact for fact in draft.parents if _parent_is_there(draft, fact, drafts, problems)]


def _parent_is_there(draft: Draft, fact: Fact[str], drafts: Mapping[str, Draft], problems: Problems) -> bool:
    parent = drafts.get(fact.dated.value)
    if parent is None:
        why = "No agency in agencies.csv has this id."
        problems.add(fact.place, "unknown-parent", why, near(fact.dated.value, drafts), fact.dated.value)
        return False
    lived = draft.lived(fact.dated)
    if lived is None:
        return True
    if parent.opened is not None and (lived.valid_from is None or lived.valid_from < parent.opened):
        day: date | str = lived.valid_from or "its first day"
    elif parent.closed is not None and (lived.valid_to is None or lived.valid_to > parent.closed):
        day = max(parent.closed, lived.valid_from or parent.closed)
    else:
        return True
    why = f"{draft.id} stands under {parent.id}, which does not exist on {day}."
    remedy = "Correct the days of the two, or name the parent of that time in parents.csv."
    problems.add(fact.place, "parent-not-there", why, remedy, fact.dated.value)
    return False


def _check_named(draft: Draft, problems: Problems) -> None:
    if not draft.names:
        why = f"{draft.id} has no name."
        remedy = "Fill `name_vi` in, or add dated rows to names.csv."
        problems.add(draft.place, "missing-name", why, remedy, draft.id)
        draft.names.append(Fact(Dated(Name(draft.id, draft.id)), draft.place))


def _check_gaps(draft: Draft, facts: Sequence[Fact[str]], what: str, file: str, problems: Problems) -> None:
    """No day of the agency's life may lie between, before or after facts that name its level or parent:
    on such a day what it does would count nowhere."""
    lived = [d for fact in sorted(facts, key=Fact.begins) if (d := draft.lived(fact.dated)) is not None]
    if not lived:
        return
    covered, closed = draft.opened or date.min, draft.closed or date.max
    for dated in lived:
        _check_gap(draft, covered, dated.valid_from or date.min, what, file, problems)
        covered = max(covered, dated.valid_to or date.max)
    _check_gap(draft, covered, closed, what, file, problems)


def _check_gap(draft: Draft, covered: date, begins: date, what: str, file: str, problems: Problems) -> None:
    if covered < begins:
        since = "its first day" if covered == date.min else covered
        until = "on" if begins == date.max else f"until {begins}"
        why = f"{draft.id} has no {what} from {since} {until}."
        remedy = f"Let the rows of {file} follow each other without a gap."
        problems.add(draft.place, "gap-in-validity", why, remedy, draft.id)


def _check_overlaps(draft: Draft, problems: Problems) -> None:
    _check_overlap(draft, draft.names, "names", "overlapping-validity", problems)
    _check_overlap(draft, draft.levels, "levels", "overlapping-validity", problems)
    _check_overlap(draft, draft.parents, "parents", "overlapping-validity", problems)
    _check_overlap(draft, draft.codes, "codes", "overlapping-validity", problems)
    _check_overlap(draft, draft.heads, "heads", "two-heads", problems)


def _check_overlap(draft: Draft, facts: Iterable[Fact[T]], what: str, code: str, problems: Problems) -> None:
    ordered = sorted(facts, key=Fact.begins)
    for earlier, later in zip(ordered, ordered[1:], strict=False):
        if earlier.dated.overlaps(later.dated):
            day = later.dated.valid_from or "its first day"
            why = f"{draft.id} has two {what} on {day}; the other stands on line {earlier.place.line}."
            remedy = "End the earlier one (`valid_to`) on the day the later one begins (`valid_from`)."
            problems.add(later.place, code, why, remedy)


# --- all of them -----------------------------------------------------------------------------


def _check_codes(drafts: Iterable[Draft], problems: Problems) -> None:
    bearers: dict[str, list[tuple[Draft, Fact[str]]]] = defaultdict(list)
    for draft in drafts:
        for fact in draft.codes:
            lived = draft.lived(fact.dated)
            if lived is not None:
                bearers[fact.dated.value].append((draft, Fact(lived, fact.place)))
    for code, found in bearers.items():
        found.sort(key=lambda bearer: bearer[1].begins())
        for (one, fact), (other, later) in zip(found, found[1:], strict=False):
            if one is not other and fact.dated.overlaps(later.dated):
                day = later.dated.valid_from or "their first day"
                why = f"{one.id} and {other.id} both bear this code on {day}."
                remedy = "Codes are unique on every day: correct one, or date it in codes.csv."
                problems.add(later.place, "code-borne-twice", why, remedy, code)


def _check_cycles(drafts: Mapping[str, Draft], problems: Problems) -> None:
    """Name each circle of parents once, by the first day it stands, and cut it open."""
    days = {fact.begins() for draft in drafts.values() for fact in draft.parents}
    days |= {draft.opened for draft in drafts.values() if draft.opened}
    for day in sorted(days):
        on_the_day = dict(_parents_on(drafts.values(), day))
        for circle in _cycles({child: fact.dated.value for child, fact in on_the_day.items()}):
            first = min(circle)
            fact = on_the_day[first]
            why = f"These stand above each other in a circle: {' → '.join([*circle, circle[0]])}."
            remedy = "Give one of them the parent it really has."
            problems.add(fact.place, "cycle", why, remedy, fact.dated.value)
            drafts[first].parents.remove(fact)


def _parents_on(drafts: Iterable[Draft], day: date) -> Iterator[tuple[str, Fact[str]]]:
    for draft in drafts:
        for fact in draft.parents:
            lived = draft.lived(fact.dated)
            if lived is not None and lived.holds_on(day):
                yield draft.id, fact


def _cycles(parent_of: Mapping[str, str]) -> Iterator[list[str]]:
    """Every circle of parents, each once."""
    done: set[str] = set()
    for start in parent_of:
        path: list[str] = []
        node = start
        while node in parent_of and node not in done:
            done.add(node)
            path.append(node)
            node = parent_of[node]
        if node in path:
            yield path[path.index(node) :]
