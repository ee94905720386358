"""What is open now: what I owe (figures to send and to confirm, cases past their day, tasks of the plan), and
apart from it what others owe to me.

A thing waits for whoever has to do it, never for who only looks on. Each is listed whole, and ends where
something can be done about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlencode

from django.urls import reverse

from kieng.judgement.duties import Lack, OpenDuty, longest_due_first, open_duties
from kieng.judgement.duty_words import agencies_said, due_said, duty_said, half_said, listed
from kieng.judgement.halves import halves_owed
from kieng.judgement.kinds import is_count
from kieng.judgement.leads import lead_said, leads_for, leads_on, led_indicators
from kieng.judgement.phrases import both, figure
from kieng.judgement.phrases import day as day_said
from kieng.measurement.measurement import Measurement
from kieng.plan.formula.nodes import Aggregate, OnTime, walk
from kieng.plan.indicator import Better, Indicator, Membership, Rule
from kieng.plan.period import Period
from kieng.plan.succession import on_the_day
from kieng.web.cockpit.reads import name_of, watched
from kieng.web.door import State
from kieng.web.public.formula_words import in_words
from kieng.words import Name

#: Asks a trace for the records of the agency itself alone.
OWN = "own"

#: As many of a kind stand on the first screen; all stand on a page of their own.
FIRST = 10


class Kind(StrEnum):
    """What waits, as its page's address names it."""

    OVERDUE = "ho-so-qua-han"
    FIGURES = "so-chua-gui"
    CONFIRMATIONS = "so-cho-chot"
    FIGURES_OF_OTHERS = "don-vi-khac-chua-gui"
    CONFIRMATIONS_OF_OTHERS = "don-vi-khac-cho-chot"
    OVERDUE_OF_OTHERS = "don-vi-khac-qua-han"

    @property
    def words(self) -> Name:
        return _TITLES[self]

    @property
    def urgent(self) -> bool:
        return self in (Kind.OVERDUE, Kind.FIGURES)


_TITLES = {
    Kind.OVERDUE: Name("hồ sơ đang quá hạn", "open cases past their day"),
    Kind.FIGURES: Name("số liệu phải gửi", "figures to send"),
    Kind.CONFIRMATIONS: Name("số ước, số sơ bộ phải chốt", "estimates to confirm"),
    Kind.FIGURES_OF_OTHERS: Name("số liệu các đơn vị còn thiếu", "figures that others still owe"),
    Kind.CONFIRMATIONS_OF_OTHERS: Name("số các đơn vị chưa chốt", "estimates that others have to confirm"),
    Kind.OVERDUE_OF_OTHERS: Name("hồ sơ đang quá hạn ở các đơn vị", "open cases past their day at others"),
}


@dataclass(frozen=True)
class Item:
    """One thing that waits: what, of which indicator (and whose), where to see it, and how to do it."""

    name: Name
    said: Name
    address: str = ""
    whose: Name | None = None
    how: Name | None = None


@dataclass(frozen=True)
class Waits:
    """Things of one kind, ``size`` of them, each listed by ``page``; ``told`` puts together what is alike,
    for a screen. ``count``: of how many things they tell (one item may tell of many cases)."""

    kind: Kind
    count: int
    size: int
    told: tuple[Item, ...]
    page: Callable[[int, int], tuple[Item, ...]]

    @property
    def title(self) -> Name:
        return self.kind.words

    @property
    def urgent(self) -> bool:
        return self.kind.urgent

    @property
    def first(self) -> tuple[Item, ...]:
        return self.told[:FIRST]

    @property
    def more(self) -> bool:
        return self.size > len(self.first)


@dataclass(frozen=True)
class Refused:
    """Rows that were refused when their file came in, file by file."""

    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class AllWaits:
    """What waits at one agency for itself, and what it waits for from others."""

    mine: tuple[Waits, ...]
    others: tuple[Waits, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.mine)

    def of(self, kind: str) -> Waits | None:
        return next((one for one in (*self.mine, *self.others) if one.kind == kind), None)


def waits_of(state: State, agency: str) -> AllWaits:
    """What waits at ``agency``, and below it and in what it leads, by the newest figures."""
    return state.once(("cockpit-waits", agency), lambda: _waits(state, agency))


def refused_rows(state: State) -> Refused:
    """Rows that were refused when their file came in: for those who watch over all that comes in."""
    batches = [batch for batch in state.batches if batch.refused]
    items = tuple(
        Item(
            _file(b.file),
            both(
                "đợt nạp {n}: {k} dòng",
                "delivery {n}: {k} {rows}",
                n=b.sequence,
                k=b.refused,
                rows="row" if b.refused == 1 else "rows",
            ),
        )
        for b in batches[::-1]
    )
    return Refused(sum(b.refused for b in batches), items)


def _file(name: str | None) -> Name:
    return Name(name or "–", name or "–")


def _waits(state: State, agency: str) -> AllWaits:
    duties, concerns = _open(state), _concerning(state, agency)
    mine = [one for one in duties if agency in one.duty.senders]
    others = [one for one in duties if agency not in one.duty.senders and concerns(one)]
    own, below = _overdue(state, agency)
    return AllWaits(
        mine=_present(
            own,
            _of_duties(state, agency, Kind.FIGURES, mine),
            _of_duties(state, agency, Kind.CONFIRMATIONS, mine),
        ),
        others=_present(
            below,
            _of_duties(state, agency, Kind.FIGURES_OF_OTHERS, others),
            _of_duties(state, agency, Kind.CONFIRMATIONS_OF_OTHERS, others),
        ),
    )


def _present(*kinds: Waits) -> tuple[Waits, ...]:
    return tuple(one for one in kinds if one.count)


# --- figures that are owed -------------------------------------------------------------------


def _open(state: State) -> tuple[OpenDuty, ...]:
    """Every open duty of the workspace, the longest due first."""

    def make() -> tuple[OpenDuty, ...]:
        asked = (state.definitions, state.lookup, state.today)
        return longest_due_first([*open_duties(*asked), *halves_owed(*asked)])

    return state.once("open-duties", make)


def _concerning(state: State, agency: str) -> Callable[[OpenDuty], bool]:
    """Whether ``agency`` waits for a duty: its figure is of an agency below, or of what it leads."""
    tree = state.definitions.tree.on(state.today)
    if agency not in tree:
        return lambda _: False
    below, around = set(tree.subtree(agency)), set(tree.subtree(tree.parent_of[agency] or agency))
    led = {one.id for one in led_indicators(state.definitions, agency, state.today)}
    return lambda one: one.duty.seen_at in below or (one.duty.indicator in led and one.duty.seen_at in around)


def _of_duties(state: State, agency: str, kind: Kind, duties: Iterable[OpenDuty]) -> Waits:
    lack = Lack.FIGURE if kind in (Kind.FIGURES, Kind.FIGURES_OF_OTHERS) else Lack.CONFIRMATION
    found = [one for one in duties if one.lack is lack]
    others = kind in (Kind.FIGURES_OF_OTHERS, Kind.CONFIRMATIONS_OF_OTHERS)

    def page(first: int, most: int) -> tuple[Item, ...]:
        return tuple(_duty_item(state, one, others) for one in found[first : first + most])

    told = tuple(_alike(state, agency, found)) if others else page(0, FIRST)
    return Waits(kind, len(found), len(found), told, page)


def _duty_item(state: State, one: OpenDuty, others: bool) -> Item:
    duty, indicator = one.duty, state.definitions.indicators[one.duty.indicator]
    whose = None
    if duty.heir is not None:
        whose = half_said(state.definitions, duty)
        if others:
            who = agencies_said(state.definitions, duty.senders, state.today)
            whose = both("{who}, {half}", "{who}, {half}", who=who, half=whose)
    elif others:
        whose = agencies_said(state.definitions, duty.senders, state.today)
    elif duty.senders != (duty.agency,):
        whose = name_of(state, duty.agency)
    said, how = duty_said(one, state.today), None if others or duty.heir else _how(state, one)
    return Item(indicator.name, said, _address(indicator, duty.seen_at, duty.kept_in), whose, how)


def _how(state: State, one: OpenDuty) -> Name:
    """What is to be sent, and to whom."""
    definitions, duty = state.definitions, one.duty
    indicator = definitions.indicators[duty.indicator]
    rule = indicator.rule_for(duty.period)
    assert rule is not None
    record = definitions.record_types[rule.record]
    told = both(
        "Gửi {form}: {words}; ngày cuối kỳ {day}",
        "Send {form}: {words}; last day of the period {day}",
        form=Name(record.name.vi.lower(), record.name.en.lower()),
        words=in_words(rule.formula, record),
        day=day_said(duty.period.last_day),
    )
    leads = [
        one for one in leads_on(definitions, indicator.leads, state.today) if one.agency not in duty.senders
    ]
    if not leads:
        return both("{told}.", "{told}.", told=told)
    to = [lead_said(name_of(state, one.agency), one) for one in leads]
    names = Name(", ".join(one.vi for one in to), ", ".join(one.en for one in to))
    return both("{told}. Nơi nhận: {to}.", "{told}. To: {to}.", told=told, to=names)


def _alike(state: State, agency: str, duties: Sequence[OpenDuty]) -> Iterator[Item]:
    """Duties of one indicator and period, told together: how many agencies, due when."""
    groups: dict[tuple[str, Period, bool], list[OpenDuty]] = {}
    for one in duties:
        groups.setdefault((one.duty.indicator, one.duty.period, one.duty.heir is not None), []).append(one)
    for (indicator_id, period, halves), group in groups.items():
        indicator = state.definitions.indicators[indicator_id]
        senders = list(dict.fromkeys(sender for one in group for sender in one.duty.senders))
        who = agencies_said(state.definitions, senders, state.today)
        said = both(
            "kỳ {p}: {who}; {due}",
            "{p}: {who}; {due}",
            p=period,
            who=who,
            due=due_said(group[0], state.today),
        )
        at = group[0].duty.seen_at if len(group) == 1 else _top(state, agency, indicator_id)
        whose = listed([half_said(state.definitions, one.duty) for one in group]) if halves else None
        yield Item(indicator.name, said, _address(indicator, at, group[0].duty.kept_in), whose)


def _top(state: State, agency: str, indicator: str) -> str:
    """Where the figures of many are seen at once: here, or at the territory that is led."""
    parent = state.definitions.tree.on(state.today).parent_of.get(agency)
    if parent is not None and leads_for(state.definitions, agency, indicator, parent, state.today):
        return parent
    return agency


def _address(indicator: Indicator, agency: str, period: Period) -> str:
    address = reverse("cockpit:indicator", args=(indicator.id, agency))
    return f"{address}?{urlencode({'period': str(period)})}"


# --- cases past their day --------------------------------------------------------------------


def _overdue(state: State, agency: str) -> tuple[Waits, Waits]:
    """Cases that are open and past their day at the moment of the measuring: the agency's own, and those
    of what is below it. What is finished waits for nobody."""
    own, below = [], []
    for indicator in watched(state, agency):
        period = _running(state, indicator)
        found = state.lookup(indicator.id, agency, period) if period else None
        if period is None or found is None or not found.value:
            continue
        others = _below(state, indicator, agency, period)
        theirs = sum((value for _, value in others), Decimal(0))
        if found.value > theirs:
            item = _case_item(state, indicator, found, found.value - theirs)
            own.append((found.value - theirs, _of_its_own(item) if theirs else item))
        below += [
            (value, replace(_case_item(state, indicator, one, value), whose=name_of(state, one.agency)))
            for one, value in others
        ]
    return _counted(Kind.OVERDUE, own), _counted(Kind.OVERDUE_OF_OTHERS, below)


def _of_its_own(item: Item) -> Item:
    """The same where the link shows the agency's own records alone, as the item counts them."""
    return replace(item, address=item.address.replace("?only=used", f"?only=used&of={OWN}"))


def counts_below(state: State, indicator: Indicator, agency: str, period: Period) -> Callable[[str], bool]:
    """Whether the records of an agency, or of what it was, count in a figure right below ``agency``."""
    known = state.definitions
    tree = known.tree.on(state.today)
    children = [one.agency for one, _ in _below(state, indicator, agency, period)]
    below = {one for child in children for one in tree.subtree(child)}
    return lambda one: not below.isdisjoint(on_the_day(known.tree, known.reorganisations, one, state.today))


def _counted(kind: Kind, found: Sequence[tuple[Decimal, Item]]) -> Waits:
    worst = sorted(found, key=lambda one: -one[0])
    items = tuple(item for _, item in worst)
    count = int(sum((count for count, _ in worst), Decimal(0)))
    return Waits(kind, count, len(items), items, lambda first, most: items[first : first + most])


def _running(state: State, indicator: Indicator) -> Period | None:
    """The running period of an indicator that counts what is open on a day and past its time limit."""
    grain = min(indicator.rules[-1].counting.grains, key=lambda one: one.months)
    period = Period.containing(state.today, grain)
    rule = indicator.rule_for(period)
    if rule is None or indicator.better is not Better.LOWER:
        return None
    in_force = rule.counting.membership is Membership.IN_FORCE
    return period if in_force and is_count(rule) and _past_its_day(rule) else None


def _past_its_day(rule: Rule) -> bool:
    root = rule.formula.root
    where = root.where if isinstance(root, Aggregate) else None
    return where is not None and any(isinstance(node, OnTime) for node in walk(where))


def _below(
    state: State, indicator: Indicator, agency: str, period: Period
) -> list[tuple[Measurement, Decimal]]:
    """The figures of the agencies right below that have any."""
    tree, figures = state.definitions.tree.on(state.today), state.of_period(indicator.id, period)
    found = [figures[one] for one in tree.children_of.get(agency, ()) if one in figures]
    return [(one, one.value) for one in found if one.value]


def _case_item(state: State, indicator: Indicator, found: Measurement, count: Decimal) -> Item:
    rule = indicator.rules[found.rule]
    through = state.newest_record(rule.record)
    said = figure(count, indicator)
    if through is not None:
        vi = "{n} chưa có số liệu báo đã xong; bản ghi mới nhất là của ngày {day}"
        en = "{n} not known to be finished; the newest record is of {day}"
        said = both(vi, en, n=said, day=day_said(through))
    address = reverse("cockpit:trace", args=(indicator.id, found.agency, found.period))
    return Item(indicator.name, said, f"{address}?only=used#ban-ghi")
