"""The head's pages. Everything here is inside: only for those who answer for the agency, or watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from kieng.judgement.pace import Forecast
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.period import Period
from kieng.problems import UserError
from kieng.trace.trace import TracedRecord, Verdict
from kieng.web import door
from kieng.web.accounts.reads import SEE_ALL, Person, person_of
from kieng.web.cockpit import actions, reads, traces
from kieng.web.cockpit.changes import changes, seen_now
from kieng.web.cockpit.comparing import among, chart_of, moved
from kieng.web.cockpit.detail import Asked, Detail, detail
from kieng.web.cockpit.heads import answerable, heads
from kieng.web.cockpit.kept import middle
from kieng.web.cockpit.led import Led, led_by
from kieng.web.cockpit.reads import Row
from kieng.web.cockpit.tasks import tasks_of
from kieng.web.cockpit.waits import OWN, Kind, counts_below, refused_rows, waits_of
from kieng.web.public.by_area import AreaTable, area_table

RECORDS = 50
_FIRST = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first screen of the day: what I answer for, what changed, what is off, what waits."""
    person, state = person_of(request), door.state()
    seats = reads.seats_of(person, state)
    agency = request.GET.get("agency") or (seats[0].agency if seats else "")
    _may_see(person, agency, state)
    board, last = reads.board_of(state, agency), None
    if person.user is not None:
        seen = seen_now(state, agency)
        last = actions.look(by=person.user, agency=agency, version=state.version, seen=seen)

    def off() -> SafeString:
        worst = _with_pace(board.worst)
        room = max(0, reads.FIRST - len(worst))
        led = led_by(state, agency)
        told = {
            "agency": agency,
            "board": board,
            "worst": worst,
            "at_risk": _with_pace(board.at_risk),
            "lost": _with_pace(board.lost),
            "led": _with_pace(led[: reads.FIRST]),
            "led_count": len(led),
            "moved": moved(state, agency)[:room],
        }
        return render_to_string("cockpit/_off.html", told, request)

    found = {
        "seats": seats,
        "seat": next((seat for seat in seats if seat.agency == agency), None),
        "agency": agency,
        "name": reads.name_of(state, agency),
        "board": board,
        "off": middle(request, state, person, agency, off),
        "last": last,
        "changes": changes(state, agency, last.before) if last and last.before else [],
        "waits": waits_of(state, agency),
        "tasks": tasks_of(state, agency),
        "refused": refused_rows(state) if person.roles & SEE_ALL else None,
    }
    return render(request, "cockpit/home.html", found)


def _with_pace(rows: Sequence[Row | Led]) -> list[tuple[Row | Led, Forecast | None]]:
    return [(one, one.pace) for one in rows]


@require_safe
def waiting(request: HttpRequest, agency: str, kind: str) -> HttpResponse:
    """Everything of one kind that waits at an agency, or that it waits for, page by page."""
    person, state = person_of(request), door.state()
    _may_see(person, agency, state)
    if kind not in list(Kind):
        raise Http404
    waits = waits_of(state, agency).of(kind)
    last = max(1, -(-(waits.size if waits else 0) // RECORDS))
    page = min(_page_number(request), last)
    first = (page - 1) * RECORDS
    found = {
        "agency": agency,
        "name": reads.name_of(state, agency),
        "title": Kind(kind).words,
        "count": waits.count if waits else 0,
        "items": waits.page(first, RECORDS) if waits else (),
        "start": first + 1,
        "page": page,
        "last_page": last,
    }
    return render(request, "cockpit/waiting.html", found)


@require_safe
def everything(request: HttpRequest, agency: str) -> HttpResponse:
    """Every target of an agency, every other indicator it is watched by, and all that waits."""
    person, state = person_of(request), door.state()
    _may_see(person, agency, state)

    def make() -> SafeString:
        board = reads.board_of(state, agency)
        told = {row.indicator.id for row in board.rows}
        others = [one for one in reads.watched(state, agency) if one.id not in told]
        found = {
            "agency": agency,
            "name": reads.name_of(state, agency),
            "rows": _with_pace(board.rows),
            "others": [(one, reads.newest(state, one.id, agency)) for one in others],
            "led": _with_pace(led_by(state, agency)),
            "waits": waits_of(state, agency),
            "tasks": tasks_of(state, agency),
            "refused": refused_rows(state) if person.roles & SEE_ALL else None,
        }
        return render_to_string("cockpit/_everything.html", found, request)

    found = {"name": reads.name_of(state, agency), "content": middle(request, state, person, agency, make)}
    return render(request, "cockpit/everything.html", found)


@require_safe
def indicator(request: HttpRequest, indicator: str, agency: str) -> HttpResponse:
    """One figure: against its target, in both readings, why it is off, and a fair comparison."""
    person, state = person_of(request), door.state()
    _may_see_figure(person, indicator, agency, state)
    shown = _detail(request, state, indicator, agency)

    def make() -> SafeString:
        found = {
            "shown": shown,
            "head": heads(state, agency, shown.period.last_day) if shown.period else None,
            "pace": shown.row.pace if shown.row else None,
            "among": among(state, shown.measurement, person),
            "chart": chart_of(state, shown.measurement),
            "above": _above(state, person, indicator, agency),
            "inside": person.sees_inside(agency, state.definitions.tree),
            "areas": _areas(state, shown),
        }
        return render_to_string("cockpit/_indicator.html", found, request)

    content = middle(request, state, person, agency, make)
    below = [row.agency for parts in shown.parts for row in parts.rows if row.agency]
    held = answerable(state, [agency], shown.period) if shown.period else ()
    others = answerable(state, below, shown.period) if shown.period else ()
    found = {
        "indicator": shown.indicator.name,
        "name": shown.name,
        "period": shown.period,
        "content": content,  # kept by the data; who holds a post changes without it, and so stands beside
        "held": held,
        "held_below": [one for one in others if one.account],  # what the text says stands with each part
    }
    return render(request, "cockpit/indicator.html", found)


@require_safe
def trace(request: HttpRequest, indicator: str, agency: str, period: str) -> HttpResponse:
    """What one figure rests on, down to its records."""
    person, state = person_of(request), door.state()
    _may_see_figure(person, indicator, agency, state)
    shown = _detail(request, state, indicator, agency, _period(period))
    trail, problem, busy = _trail(state, shown)
    page = _page_number(request)
    found: dict[str, Any] = {
        "shown": shown,
        "map": request.GET.get("map") or "as-was",
        "trail": trail,
        "problem": problem,
        "busy": busy,
        "rule": shown.indicator.rules[shown.measurement.rule] if shown.measurement else None,
        "page": page,
        "tree_day": reads.map_day(state, shown.measurement) if shown.measurement else None,
        "head": heads(state, agency, shown.period.last_day) if shown.period else None,
    }
    if trail is not None:
        only, own = request.GET.get("only") == Verdict.USED, request.GET.get("of") == OWN
        chosen = trail.used if only else trail.records
        if own and shown.period is not None:
            below = cache(counts_below(state, shown.indicator, agency, shown.period))
            chosen = tuple(one for one in chosen if not below(one.agency))
        found |= _records(state, trail, chosen, page, shown) | {"only": only, "own": own}
    status = 503 if busy else 200
    return render(request, "cockpit/trace.html", found, status=status)


@require_safe
def bundle(request: HttpRequest, indicator: str, agency: str, period: str) -> HttpResponse:
    """The figure with all it takes to make it again elsewhere, as a file."""
    state = door.state()
    _may_see_figure(person_of(request), indicator, agency, state)
    shown = _detail(request, state, indicator, agency, _period(period))
    trail, problem, _ = _trail(state, shown)
    if problem is not None:
        raise Http404
    if trail is None:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    name = f"{indicator}-{agency}-{period}-{'today' if shown.on_today else 'as-was'}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(traces.bundle(trail), content_type="application/zip", headers=headers)


# --- what is asked -----------------------------------------------------------------------


def _may_see(person: Person, agency: str, state: door.State) -> None:
    """Refused alike whether the agency is another's or does not exist: an address tells nobody which."""
    tree = state.definitions.tree
    if agency not in tree.agencies or not person.sees_inside(agency, tree):
        raise PermissionDenied


def _may_see_figure(person: Person, indicator: str, agency: str, state: door.State) -> None:
    """The same for one indicator, which also those see who lead it."""
    known = state.definitions
    if agency not in known.tree.agencies or not person.sees_figure(indicator, agency, known):
        raise PermissionDenied


def _detail(
    request: HttpRequest, state: door.State, indicator: str, agency: str, period: Period | None = None
) -> Detail:
    asked = request.GET.get("period")
    today = request.GET.get("map", "as-was") not in ("", "as-was")
    wanted = period or (_period(asked) if asked else None)
    try:
        return detail(state, Asked(indicator, agency, wanted, today, request.GET.get("target", "")))
    except KeyError as error:
        raise Http404 from error


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise Http404 from error


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked[:9]) if asked.isascii() and asked.isdigit() and int(asked[:9]) > 0 else 1


def _trail(state: door.State, shown: Detail) -> tuple[traces.Trail | None, UserError | None, bool]:
    """The trail, or why there is none; neither while it is being made."""
    if shown.period is None:
        raise Http404
    map_ = "today" if shown.on_today else "as-was"
    try:
        made = traces.trail(state, shown.indicator.id, shown.agency, shown.period, map_)
    except UserError as error:
        return None, error, False
    except door.Busy:
        return None, None, True
    return made, None, False


def _records(
    state: door.State, trail: traces.Trail, chosen: Sequence[TracedRecord], page: int, shown: Detail
) -> dict[str, Any]:
    count = len(chosen)
    last = max(1, -(-count // RECORDS))
    page = min(page, last)
    stored = shown.measurement.value if shown.measurement else None
    return {
        "records": trail.page(chosen[(page - 1) * RECORDS : page * RECORDS]),
        "chosen": count,
        "page": page,
        "last_page": last,
        "same": trail.trace.measurement.value == stored,
        "contributions": [
            (one, reads.name_of(state, one.agency, shown.period.last_day if shown.period else None))
            for one in trail.contributions[:_FIRST]
        ],
        "reporters": [
            (words, [reads.name_of(state, one, trail.trace.tree_day) for one in named])
            for words, named in trail.trace.reporters.by_kind
        ],
        "more_contributions": len(trail.contributions) - _FIRST,
        "verdicts": [(one, trail.trace.verdicts[one]) for one in Verdict if one in trail.trace.verdicts],
        "aggregates": traces.part_names(trail.trace.rule.formula),
    }


def _areas(state: door.State, shown: Detail) -> AreaTable | None:
    """The figure by area, nothing of it hidden: whoever sees it sees the communes."""
    if shown.period is None:
        return None
    reading = Reading.of(shown.measurement.reading) if shown.measurement else AS_WAS
    return area_table(state, shown.indicator, shown.agency, shown.period, reading, public=False)


def _above(state: door.State, person: Person, indicator: str, agency: str) -> tuple[str, Any] | None:
    """The agency above, for those who may see the figure there."""
    parent = state.definitions.tree.on(state.today).parent_of.get(agency)
    if parent is None or not person.sees_figure(indicator, parent, state.definitions):
        return None
    return parent, reads.name_of(state, parent)
