"""Pages for everybody: the same for all, so they may be kept whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kieng.judgement.standing import Standing
from kieng.web import door
from kieng.web.door import State
from kieng.web.pictures.series import NARROW, WIDE, draw, legend_words, spec
from kieng.web.public import agencies as found
from kieng.web.public import indicator as one_indicator
from kieng.web.public import reads
from kieng.web.public import revisions as corrected
from kieng.web.public.answering import answering
from kieng.web.public.asked import TODAY, Asked, asked_of, day_of
from kieng.web.public.below import agencies_below
from kieng.web.public.by_area import area_table
from kieng.web.public.chart import course_of, series_of
from kieng.web.public.source import Source, known, now
from kieng.web.public.words import BETTER, GRAINS, WITHIN
from kieng.workspace.figures import Asked as Question

View = Callable[..., HttpResponse]


def same_for_all(view: View) -> View:
    """Mark a page as the same for every stranger, so that ``middleware.public_pages`` may keep it.

    The template must show nothing of the person and hold no form that needs a token.
    """

    @wraps(view)
    @require_safe
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        try:
            response = view(request, *args, **options)
        except door.Busy:
            response = render(request, "public/busy.html", status=503)
            response.headers["Retry-After"] = "20"
            return response
        response.same_for_all = True  # type: ignore[attr-defined]
        return response

    return answer


@same_for_all
def plan(request: HttpRequest) -> HttpResponse:
    """The plan at a glance: every target by pillar, with where it stands."""
    return render(request, "public/plan.html", {"page": reads.plan_at_a_glance(door.state())})


# --- one indicator -------------------------------------------------------------------------


@same_for_all
def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator at one agency."""
    page = _indicator_page(request, indicator)
    return render(request, "public/indicator.html", page)


def _indicator_page(request: HttpRequest, id: str) -> dict[str, Any]:
    state = door.state()
    asked = asked_of(request, state)
    source, told = _source(state, id, asked), state.definitions.indicators[id]
    told = source.definitions.indicators[id]
    agency = one_indicator.chosen_agency(state, source, told, asked)
    reading = asked.reading(state) if asked.as_of is None or asked.map_ == "as-was" else source.today_map
    one = one_indicator.chosen_figure(source, agency, reading, asked.period)
    grain = one_indicator.grain_of(told, one, asked.period)
    figure = source.shown(one)
    targets = one_indicator.standpoints(source, told, agency)
    course = course_of(source, agency, grain)
    series = series_of(source, told, course, targets)
    period = one.period if one else asked.period
    return {
        "asked": asked.but(agency=agency),
        "usual": asked,
        "definitions": source.definitions,
        "indicator": told,
        "agency": agency,
        "agency_name": source.definitions.tree.name(agency, source.today),
        "today": source.today,
        "figure": figure,
        "period": period,
        "targets": targets,
        "course": course,
        "rows": course.rows(source.definitions.tree.agencies),
        "before": [(a, source.definitions.tree.name(a, source.today)) for a, _ in course.before],
        "series": series,
        "language": _language(),
        "marks_below": tuple(legend_words(series)),
        "grain": grain,
        "grains": [(g, GRAINS[g]) for rule in told.rules[-1:] for g in rule.counting.grains],
        "rules": one_indicator.rule_words(source, told),
        "better": BETTER[told.better],
        "within": {key.value: words for key, words in WITHIN.items()},
        "answering": answering(source.definitions, told, source.today),
        "corrected": () if asked.as_of else corrected.of_page(state, agency, id),
        "breakdowns": () if asked.as_of else one_indicator.breakdowns(state, told, figure),
        "areas": area_table(state, told, agency, period, reading) if period and not asked.as_of else None,
        "levels": agencies_below(source, told, agency, period, reading) if period else (),
    }


def _source(state: State, id: str, asked: Asked) -> Source:
    if id not in state.definitions.indicators:
        raise Http404
    if asked.as_of is None:
        return now(state, id)
    moment = datetime.combine(asked.as_of, time.max)  # the end of that day, as `kieng show --as-of` takes it
    source = known(state, state.figures(Question(id, map_=TODAY, as_of=moment)), id)
    if id not in source.definitions.indicators or (
        asked.agency and asked.agency not in source.definitions.tree.agencies
    ):
        raise Http404
    return source


@same_for_all
def series_picture(request: HttpRequest, indicator: str) -> HttpResponse:
    """The course of an indicator as a picture; ``width=narrow`` for a phone."""
    page = _indicator_page(request, indicator)
    narrow = request.GET.get("width") == "narrow"
    made = spec(page["series"], _language(), NARROW if narrow else WIDE)
    return HttpResponse(draw(made, _language()), content_type="image/svg+xml")


@same_for_all
def series_spec(request: HttpRequest, indicator: str) -> HttpResponse:
    """The same picture as its Vega-Lite specification, figures included."""
    return JsonResponse(
        spec(_indicator_page(request, indicator)["series"], _language()),
        json_dumps_params={"ensure_ascii": False},
    )


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


# --- agencies ------------------------------------------------------------------------------


@same_for_all
def agency(request: HttpRequest, agency: str) -> HttpResponse:
    """What an agency is, and every target it answers for."""
    state = door.state()
    if agency not in state.definitions.tree.agencies:
        raise Http404
    page = found.agency_page(state, agency, day_of(request, "day"))
    return render(request, "public/agency.html", {"page": page})


@same_for_all
def agencies(request: HttpRequest) -> HttpResponse:
    """All agencies of a day, or those whose name or code has a text in it."""
    state = door.state()
    day, text = day_of(request, "day") or state.today, request.GET.get("q", "")[:100]
    listed = found.find_agencies(state, text, day)
    return render(request, "public/agencies.html", {"listed": listed, "q": text, "day": day})


# --- revisions and help ----------------------------------------------------------------------


@same_for_all
def revisions(request: HttpRequest) -> HttpResponse:
    """What was corrected, and what was delivered when."""
    state = door.state()
    asked, page = asked_of(request, state), _page_number(request)
    indicator, everybody = request.GET.get("indicator") or None, request.GET.get("all") == "1"
    if indicator is not None and indicator not in state.definitions.indicators:
        raise Http404
    told = corrected.revisions(state, asked.agency, indicator, everybody, page)
    batches = list(reversed(state.batches))[:30]
    shown = {"told": told, "batches": batches, "everybody": everybody, "agency": asked.agency}
    return render(request, "public/revisions.html", {**shown, "indicator": indicator, "next": page + 1})


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "0")
    if not text.isdecimal() or len(text) > 6:
        raise BadRequest("page")
    return int(text)


@same_for_all
def help_page(request: HttpRequest) -> HttpResponse:
    """The words of these pages, in plain words."""
    return render(request, "public/help.html", {"standings": list(Standing)})
