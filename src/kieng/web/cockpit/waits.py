"""What waits for whoever answers for an agency: figures to send or to confirm, cases overdue, refused rows,
tasks of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from kieng.judgement.kinds import is_count
from kieng.judgement.phrases import STATE_WORDS, both, figure
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.indicator import Better, Indicator, Membership, Rule
from kieng.plan.lineage import predecessors
from kieng.plan.period import Period
from kieng.plan.target import Task
from kieng.web.cockpit.reads import lookup, watched
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class Item:
    """One thing that waits: what, of which indicator, and where to see it."""

    said: Name
    name: Name
    address: str = ""


@dataclass(frozen=True)
class Waits:
    """Things of one kind that wait. ``count`` is how many; ``items`` may be fewer (cases have no items)."""

    title: Name
    count: int
    items: tuple[Item, ...]
    urgent: bool = False


@dataclass(frozen=True)
class WaitingTask:
    """A task of the plan that is, or has come down to be, the agency's."""

    task: Task
    overdue: bool


@dataclass(frozen=True)
class AllWaits:
    """Everything that waits at one agency."""

    kinds: tuple[Waits, ...]
    tasks: tuple[WaitingTask, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.kinds) + len(self.tasks)


def waits_of(state: State, agency: str) -> AllWaits:
    """What waits at ``agency`` and below it, by the newest figures."""
    return state.once(("cockpit-waits", agency), lambda: _waits(state, agency))


def refused_rows(state: State) -> Waits:
    """Rows that were refused when their file came in: for those who watch over all that comes in."""
    batches = [batch for batch in state.batches if batch.refused]
    items = tuple(
        Item(both("lô {n}: {k} dòng", "batch {n}: {k} rows", n=b.sequence, k=b.refused), _file(b.file))
        for b in batches[::-1]
    )
    title = Name("dòng bị từ chối khi nạp", "rows refused when loaded")
    return Waits(title, sum(b.refused for b in batches), items)


def _file(name: str | None) -> Name:
    return Name(name or "–", name or "–")


def _waits(state: State, agency: str) -> AllWaits:
    newest = [(one, found) for one in watched(state, agency) if (found := _due(state, one, agency))]
    kinds = (
        Waits(Name("hồ sơ đang quá hạn", "cases overdue"), *_overdue(newest, agency), urgent=True),
        _kind(Name("số liệu chưa báo cáo", "figures not reported"), _unreported(state, newest, agency), True),
        _kind(
            Name("số ước, số sơ bộ chờ chốt", "estimates waiting to be confirmed"),
            _unconfirmed(newest, agency),
        ),
    )
    return AllWaits(tuple(one for one in kinds if one.count), tuple(_tasks(state, agency)))


def _kind(title: Name, items: Iterator[Item], urgent: bool = False) -> Waits:
    found = tuple(items)
    return Waits(title, len(found), found, urgent)


@dataclass(frozen=True)
class _Due:
    """The newest period of an indicator that is over, by its rule, and the figure if there is one."""

    rule: Rule
    period: Period
    measurement: Measurement | None


def _due(state: State, indicator: Indicator, agency: str) -> _Due | None:
    for rule in reversed(indicator.rules):
        grain = min(rule.counting.grains, key=lambda one: one.months)
        period = Period.containing(state.today, grain).shift(-1)
        if rule.holds_in(period):
            return _Due(rule, period, lookup(state, indicator.id, agency, period))
    return None


def _overdue(newest: list[tuple[Indicator, _Due]], agency: str) -> tuple[int, tuple[Item, ...]]:
    """What is counted while it is open and should be little: cases past their day."""
    count, items = 0, []
    for indicator, due in newest:
        open_still = due.rule.counting.membership is Membership.OPEN and is_count(due.rule)
        value = due.measurement.value if due.measurement else None
        if open_still and indicator.better is Better.LOWER and value:
            count += int(value)
            items.append(_item(indicator, agency, due, figure(value, indicator)))
    return count, tuple(items)


def _unreported(state: State, newest: list[tuple[Indicator, _Due]], agency: str) -> Iterator[Item]:
    for indicator, due in newest:
        reported = state.definitions.record_types[due.rule.record].carries_figures
        if reported and (said := _lacks(due.measurement)):
            yield _item(indicator, agency, due, said)


def _lacks(found: Measurement | None) -> Name | None:
    if found is None or found.status is Status.NO_DATA:
        return Name("chưa có số", "no figure yet")
    lacking = found.coverage.expected - found.coverage.reporting
    if lacking <= 0 or found.status is Status.NOT_APPLICABLE:
        return None
    vi, en = "{k}/{n} đơn vị chưa có số", "{k} of {n} agencies have no figure"
    return both(vi, en, k=lacking, n=found.coverage.expected)


def _unconfirmed(newest: list[tuple[Indicator, _Due]], agency: str) -> Iterator[Item]:
    for indicator, due in newest:
        found = due.measurement
        if found is not None and found.state in ("estimate", "provisional"):
            value = figure(found.value or Decimal(0), indicator)
            said = both("{v}, số {state}", "{v}, {state}", v=value, state=STATE_WORDS[found.state])
            yield _item(indicator, agency, due, said)


def _item(indicator: Indicator, agency: str, due: _Due, said: Name) -> Item:
    address = reverse("cockpit:indicator", args=(indicator.id, agency))
    where = f"{address}?{urlencode({'period': str(due.period)})}"
    return Item(both("kỳ {p}: {said}", "{p}: {said}", p=due.period, said=said), indicator.name, where)


def _tasks(state: State, agency: str) -> Iterator[WaitingTask]:
    """Tasks whose agency this is or was before a reorganisation; a plan that has run out asks for nothing."""
    definitions, today = state.definitions, state.today
    mine = {agency} | predecessors(definitions.reorganisations, agency)
    for plan in definitions.plans.values():
        if plan.valid_from <= today and not _over(plan.valid_to, today):
            for task in plan.tasks:
                if task.agency in mine:
                    yield WaitingTask(task, task.by < today)


def _over(end: date | None, today: date) -> bool:
    return end is not None and end <= today
