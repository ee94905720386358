"""Tasks of the plan that are, or have come down to be, an agency's, with the figures they are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from kieng.judgement.leads import leads_for
from kieng.plan.succession import on_the_day
from kieng.plan.target import Task
from kieng.web.cockpit.reads import watched
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class WaitingTask:
    """A task, whether its day has passed, and where to see the figures that it is to move."""

    task: Task
    overdue: bool
    figures: tuple[tuple[Name, str], ...]


def tasks_of(state: State, agency: str) -> tuple[WaitingTask, ...]:
    """The tasks that wait at ``agency``, the soonest due first."""
    return state.once(("cockpit-tasks", agency), lambda: tuple(sorted(_tasks(state, agency), key=_due)))


def _due(one: WaitingTask) -> tuple[date, str]:
    return one.task.by, one.task.id


def _tasks(state: State, agency: str) -> Iterator[WaitingTask]:
    """Tasks whose agency this is, or became by a reorganisation; a plan that has run out asks for nothing."""
    definitions, today = state.definitions, state.today
    for plan in definitions.plans.values():
        if plan.valid_from <= today and not _over(plan.valid_to, today):
            for task in plan.tasks:
                if agency in on_the_day(definitions.tree, definitions.reorganisations, task.agency, today):
                    figures = tuple(
                        (definitions.indicators[one].name, _address(state, one, agency))
                        for one in task.indicators
                    )
                    yield WaitingTask(task, task.by < today, figures)


def _over(end: date | None, today: date) -> bool:
    return end is not None and end <= today


def _address(state: State, indicator: str, agency: str) -> str:
    """The figure's page where the agency may see it: its own, else that of the territory it leads it in,
    else the public one."""
    if indicator in {one.id for one in watched(state, agency)}:
        return reverse("cockpit:indicator", args=(indicator, agency))
    parent = state.definitions.tree.on(state.today).parent_of.get(agency)
    if parent is not None and leads_for(state.definitions, agency, indicator, parent, state.today):
        return reverse("cockpit:indicator", args=(indicator, parent))
    return f"{reverse('public:indicator', args=(indicator,))}?{urlencode({'agency': parent or agency})}"
