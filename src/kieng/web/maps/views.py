"""The map: a picture made on the server, with a table that says the same."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kieng.web import door
from kieng.web.maps import reads
from kieng.web.public.asked import asked_of
from kieng.web.public.views import same_for_all

_FIRST = "cases-online"


@same_for_all
def show(request: HttpRequest) -> HttpResponse:
    """One indicator on the map; ``indicator``, ``level``, ``period`` and ``map`` choose which."""
    state = door.state()
    levels = reads.levels_with_map(state)
    if not levels:
        raise Http404
    asked, level = asked_of(request, state), request.GET.get("level") or next(iter(levels))
    if level not in levels:
        raise BadRequest("level")
    choices = reads.indicators_with_map(state, level)
    chosen = request.GET.get("indicator") or _FIRST
    indicator = next((one for one in choices if one.id == chosen), None)
    if indicator is None and "indicator" in request.GET and chosen not in state.definitions.indicators:
        raise Http404
    indicator = indicator or (choices[0] if choices else None)
    if indicator is None:
        raise Http404
    period = asked.period or reads.newest_period(state, indicator, level)
    drawn = reads.map_of(state, indicator, level, period, asked.reading(state)) if period else None
    context = {
        "map": drawn,
        "choices": choices,
        "levels": levels,
        "level": level,
        "asked": asked,
        "indicator": indicator,
        "periods": reads.periods_of(state, indicator, period) if period else (),
        "changes": [day for day in state.definitions.tree.change_days if day <= state.today][-3:],
    }
    return render(request, "maps/map.html", context)
