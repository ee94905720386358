"""Which indicators tell the same counts, and which of them are guarded together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import pyarrow as pa

from kieng.judgement.blocks import Parted
from kieng.judgement.calendar_of_counts import CountCalendar, Group, calendar_of
from kieng.judgement.count_tables import Frame, Quantity, Rows
from kieng.judgement.counted import DENOMINATOR, NUMERATOR, Role, counts_of, is_other_side
from kieng.judgement.ways import Ways
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Rule

#: The rest of a share, beside the numbers it tells itself.
REST = Role("rest")


@dataclass(eq=False)
class Guarded:
    """Counts that are shown or hidden together: one that indicators share, with the other side of its share
    where rests are guarded; or the values of a breakdown.

    ``after``: those whose blocks these are made of, since whoever sees these sees them.
    """

    frame: Frame
    calendar: CountCalendar
    counts: Sequence[Quantity]
    after: list[Guarded] = field(default_factory=list)
    parted: dict[Group, Parted] = field(default_factory=dict)


@dataclass(frozen=True)
class _Told:
    """One rule's figures: their counts by role, and by field the counts of each value."""

    at: tuple[str, int]
    rule: Rule
    totals: Mapping[Role, Quantity]
    parts: Mapping[str, Sequence[Quantity]]


def guarded_counts(
    definitions: Definitions,
    record: str,
    ways: Ways,
    read: Callable[[str], pa.Table],
    guards_rests: bool,
) -> Mapping[Hashable, Sequence[Guarded]]:
    """What is guarded of one record type: by (indicator, rule, role) the counts a figure tells, by
    (indicator, rule, field) those of its breakdown. What is not there is guarded by nothing."""
    told = list(_told(definitions, record, ways, read, guards_rests))
    if definitions.record_types[record].open_counts:
        return _of_breakdowns([_only_parts(one) for one in told], {})
    classes = _Classes(told, guards_rests)
    totals = classes.guarded()
    found: dict[Hashable, Sequence[Guarded]] = {}
    for one in told:
        for role, quantity in one.totals.items():
            guarded = totals.get(classes.of(quantity))
            found[(*one.at, role)] = () if guarded is None else (guarded,)
    return {**found, **_of_breakdowns(told, {id(q): g for one in told for q, g in classes.each(one, totals)})}


def _told(
    definitions: Definitions, record: str, ways: Ways, read: Callable[[str], pa.Table], guards_rests: bool
) -> Iterator[_Told]:
    for indicator in definitions.indicators.values():
        rules = [
            (at, rule) for at, rule in enumerate(indicator.rules) if rule.record == record and counts_of(rule)
        ]
        rows = Rows.of(read(indicator.id), ways) if rules else None
        for number, rule in rules:
            assert rows is not None
            at, roles = (indicator.id, number), counts_of(rule)
            totals = {role: Quantity(rows.cells(number, role)) for role in roles}
            if guards_rests and {Role(NUMERATOR), Role(DENOMINATOR)} <= totals.keys():
                totals[REST] = _rest(totals)
            parts = {
                name: tuple(
                    Quantity(rows.cells(number, role, value))
                    for value in rows.breakdowns
                    if value is not None and value[0] == name
                    for role in roles
                )
                for name in rule.breakdowns
            }
            yield _Told(at, rule, totals, parts)


def _rest(totals: Mapping[Role, Quantity]) -> Quantity:
    whole, over = totals[Role(DENOMINATOR)].cells, totals[Role(NUMERATOR)].cells
    cells = {period: whole[period] - over[period] for period in whole.keys() & over.keys()}
    return Quantity(cells, is_rest=True)


def _only_parts(one: _Told) -> _Told:
    return _Told(one.at, one.rule, {}, one.parts)


# --- counts that are one -----------------------------------------------------------------


class _Classes:
    """Counts that are the same number in every figure, whichever indicator tells them."""

    def __init__(self, told: Sequence[_Told], guards_rests: bool) -> None:
        self._told = told
        self._of: dict[int, int] = {id(q): id(q) for one in told for q in one.totals.values()}
        self._open: set[int] = set()
        self._linked: list[tuple[int, int]] = []
        by_frame: dict[Frame, list[tuple[Quantity, object]]] = {}
        for one in told:
            values = counts_of(one.rule)
            for role, quantity in one.totals.items():
                by_frame.setdefault(Frame.of(one.rule), []).append((quantity, values.get(role)))
        for quantities in by_frame.values():
            for (first, _), (second, _) in combinations(quantities, 2):
                if first.same(second):
                    self._join(first, second)
        self._look_at_sides(guards_rests)

    def of(self, quantity: Quantity) -> int:
        found = id(quantity)
        while self._of[found] != found:
            found = self._of[found]
        return found

    def _join(self, first: Quantity, second: Quantity) -> None:
        self._of[self.of(second)] = self.of(first)

    def _look_at_sides(self, guards_rests: bool) -> None:
        """Two counts that together are a third are two sides of a share. Where rests are shown and the plan
        counts both sides on purpose, neither is a secret; else they are guarded together."""
        for share in self._told:
            over = share.totals.get(Role(NUMERATOR))
            whole = share.totals.get(Role(DENOMINATOR))
            if over is None or whole is None:
                continue
            rest = share.totals.get(REST) or _rest(share.totals)
            if REST in share.totals:
                self._linked.append((self.of(over), self.of(rest)))
            for other in self._told:
                if Frame.of(other.rule) != Frame.of(share.rule):
                    continue
                for role, quantity in other.totals.items():
                    self._look_at_pair(share, other, role, quantity, rest, guards_rests)

    def _look_at_pair(
        self,
        share: _Told,
        other: _Told,
        role: Role,
        quantity: Quantity,
        rest: Quantity,
        guards_rests: bool,
    ) -> None:
        over = share.totals[Role(NUMERATOR)]
        value, counted = counts_of(other.rule).get(role), counts_of(share.rule)[Role(NUMERATOR)]
        on_purpose = value is not None and is_other_side(value, counted)
        if on_purpose and not guards_rests:
            self._open |= {self.of(quantity), self.of(over)}
        elif on_purpose or (quantity is not rest and not rest.is_empty and quantity.same(rest)):
            self._linked.append((self.of(quantity), self.of(over)))

    def guarded(self) -> Mapping[int, Guarded]:
        """By class what guards it; nothing of one that is open."""
        members: dict[int, list[Quantity]] = {}
        frames: dict[int, Frame] = {}
        for one in self._told:
            for quantity in one.totals.values():
                if self.of(quantity) not in self._open:
                    members.setdefault(self.of(quantity), []).append(quantity)
                    frames[self.of(quantity)] = Frame.of(one.rule)
        bundle = _united(members, [pair for pair in self._linked if set(pair) <= members.keys()])
        calendars = self._calendars(members, frames)
        made: dict[int, Guarded] = {}
        for classes in bundle.values():
            counts = [_merged(members[one]) for one in classes]
            guarded = Guarded(frames[classes[0]], calendars[classes[0]], counts)
            made |= dict.fromkeys(classes, guarded)
        self._order(made)
        return made

    def _calendars(
        self, members: Mapping[int, list[Quantity]], frames: Mapping[int, Frame]
    ) -> Mapping[int, CountCalendar]:
        """One calendar for all counts that a figure, or a chain of figures, tells together."""
        figures = [
            [self.of(quantity) for quantity in one.totals.values() if self.of(quantity) in members]
            for one in self._told
        ]
        pairs = [(some[0], other) for some in figures for other in some[1:]]
        linked = [pair for pair in self._linked if set(pair) <= members.keys()]
        found: dict[int, CountCalendar] = {}
        for classes in _united(members, [*pairs, *linked]).values():
            periods = {p for one in classes for quantity in members[one] for p in quantity.cells}
            calendar = calendar_of(frames[classes[0]].membership, periods)
            found |= dict.fromkeys(classes, calendar)
        return found

    def _order(self, made: Mapping[int, Guarded]) -> None:
        """What is told only beside a certain denominator is hidden with it: its blocks are made of those."""
        beside: dict[int, list[set[int]]] = {}
        wholes: set[int] = set()
        for one in self._told:
            classes = {self.of(q) for q in one.totals.values() if self.of(q) in made}
            whole = one.totals.get(Role(DENOMINATOR))
            wholes |= {self.of(whole)} & classes if whole is not None else set()
            for each in classes:
                beside.setdefault(each, []).append(classes - {each})
        for each, others in beside.items():
            always = set.intersection(*others) & wholes if each not in wholes else set()
            for other in sorted(always, key=list(made).index):
                if made[other] is not made[each] and made[other] not in made[each].after:
                    made[each].after.append(made[other])

    def each(self, one: _Told, totals: Mapping[int, Guarded]) -> Iterator[tuple[Quantity, Guarded]]:
        for quantity in one.totals.values():
            if (guarded := totals.get(self.of(quantity))) is not None:
                yield quantity, guarded


def _merged(members: Sequence[Quantity]) -> Quantity:
    cells = {period: found for one in reversed(members) for period, found in one.cells.items()}
    return Quantity(cells, members[0].is_rest)


def _united(classes: Iterable[int], pairs: Iterable[tuple[int, int]]) -> Mapping[int, list[int]]:
    """The classes that pairs connect."""
    of = {one: one for one in classes}
    for first, second in pairs:
        low, high = of[first], of[second]
        of = {one: low if at == high else at for one, at in of.items()}
    found: dict[int, list[int]] = {}
    for one, at in of.items():
        found.setdefault(at, []).append(one)
    return found


# --- breakdowns --------------------------------------------------------------------------


def _of_breakdowns(
    told: Sequence[_Told], totals: Mapping[int, Guarded]
) -> Mapping[Hashable, Sequence[Guarded]]:
    """A breakdown is shown whole or not at all, and only of blocks of its total and of any indicator that
    counts one of its values."""
    found: dict[Hashable, Sequence[Guarded]] = {}
    for one in told:
        for name, parts in one.parts.items():
            if not parts:
                continue
            frame = Frame.of(one.rule)
            mine = [totals[id(q)] for q in one.totals.values() if id(q) in totals]
            alike = [
                totals[id(q)]
                for other in told
                if Frame.of(other.rule) == frame
                for q in other.totals.values()
                if id(q) in totals and any(part.same(q) for part in parts)
            ]
            after = list(dict.fromkeys([*mine, *alike]))
            periods = {p for part in parts for p in part.cells}
            calendar = after[0].calendar if after else calendar_of(frame.membership, periods)
            after = [each for each in after if each.calendar is calendar]
            found[(*one.at, name)] = (Guarded(frame, calendar, parts, after),)
    return found
