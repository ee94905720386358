"""The addresses of the API. Each reads a question, and lets reads make the answer from one state."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from ninja.errors import ValidationError

from kieng.problems import UserError, near_name
from kieng.web import door
from kieng.web.api import questions, shapes
from kieng.web.api.openapi import Described
from kieng.web.api.wrong import refusal_of
from kieng.web.door import State
from kieng.web.opendata import described
from kieng.web.opendata.answers import json_answer
from kieng.web.opendata.asked import (
    agency_of,
    cursor_of,
    cursor_text,
    day_of,
    map_of,
    moment_of,
    one_of,
    period_of,
)
from kieng.web.opendata.licence import ALL_TOLD
from kieng.web.opendata.problems import Refusal, bad, from_user_error, response_of
from kieng.web.opendata.published import Question, published, standing_lines
from kieng.web.opendata.standings import public_standing
from kieng.web.opendata.versions import difference
from kieng.web.public.shown import line_shown, shown
from kieng.words import Name
from kieng.workspace.json_format import Json

api = Described(
    title="Kiềng",
    version="1",
    description="Dữ liệu mở của Kiềng: kế hoạch, chỉ số, cơ quan, kết quả đo. / Kiềng's open data.",
    docs_url=None,
    urls_namespace="api",
)
#: So many figures are looked at for one page; a page may be shorter than its limit.
_LOOKED_AT = 20_000
_NO_AGENCY = Name(
    "Không có cơ quan này; danh sách ở /api/v1/agencies.",
    "No agency has this id; /api/v1/agencies lists them.",
)
_WRONG = {400: shapes.Problem, 401: shapes.Problem, 404: shapes.Problem, 410: shapes.Problem}
_WRONG |= {429: shapes.Problem, 503: shapes.Problem}


def _answers(shape: type[Schema]) -> dict[Any, Any]:
    return {200: shape, **_WRONG}


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    return response_of(error, {"Retry-After": "5"} if error.status == 503 else None)


@api.exception_handler(UserError)
def _user_error(request: HttpRequest, error: UserError) -> HttpResponse:
    return _refused(request, from_user_error(error))


@api.exception_handler(door.NothingMeasured)
def _nothing(request: HttpRequest, error: Exception) -> HttpResponse:
    return _refused(request, Refusal(503, "not-measured", Name("Hãy quay lại sau.", "Come back later.")))


@api.exception_handler(door.Busy)
def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    told = Name("Đang làm một câu hỏi lâu khác.", "Another slow question is being answered.")
    return _refused(request, Refusal(503, "busy", told))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _refused(request, refusal_of(error.errors[0]))


def _told(request: HttpRequest, asked: type[Schema], make: Callable[[State], Json]) -> HttpResponse:
    known = {field.alias or name for name, field in asked.model_fields.items()}
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        vi, en = f"Chỉ có: {', '.join(sorted(known))}.", f"There are: {', '.join(sorted(known)) or 'none'}."
        raise bad(unknown[0][:80], vi, en, "unknown-parameter")
    state = door.state()
    head = {
        "version": state.version,
        "as_of": state.run.as_of.isoformat(),
        "licence": state.definitions.licence.url,
        "note": described.name_json(ALL_TOLD),
        "next": None,
    }
    return json_answer(request, state, lambda: head | make(state))


# --- pages -------------------------------------------------------------------------------


def _question(request: HttpRequest) -> str:
    """What a cursor is good for: the same question, whatever the size of the page."""
    asked = [(k, v) for k, v in sorted(request.GET.items()) if k not in ("cursor", "limit")]
    return urlencode([("", request.path), *asked])


def _next(request: HttpRequest, state: State, number: int, offset: int) -> str:
    asked = {k: v for k, v in request.GET.items() if k != "cursor"}
    asked["cursor"] = cursor_text(state, [_hashed(_question(request)), number, offset])
    return f"{request.build_absolute_uri(request.path)}?{urlencode(asked)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _page(
    request: HttpRequest, state: State, asked: Any, items: Sequence[Any], make: Callable[[Any], Json]
) -> Json:
    _, offset = cursor_of(asked.cursor, state, _hashed(_question(request)))
    end = offset + asked.limit
    following = _next(request, state, 0, end) if end < len(items) else None
    return {"items": [make(one) for one in items[offset:end]], "next": following}


# --- the plan ----------------------------------------------------------------------------


@api.get("/plan", response=_answers(shapes.PlanAnswer), summary="Kế hoạch và trụ cột / Plans and pillars")
def plan(request: HttpRequest) -> HttpResponse:
    def make(state: State) -> Json:
        known = state.definitions
        pillars = [{"id": id, "name": described.name_json(name)} for id, name in known.pillars.items()]
        plans = [described.plan_json(one) for one in known.plans.values()]
        return {"name": described.name_json(known.name), "pillars": pillars, "plans": plans}

    return _told(request, questions.Ask, make)


@api.get("/targets", response=_answers(shapes.Targets), summary="Chỉ tiêu được giao / Targets")
def targets(request: HttpRequest, asked: Query[questions.AskTargets]) -> HttpResponse:
    def make(state: State) -> Json:
        known = state.definitions
        plan = one_of(asked.plan, known.plans, "plan", "kế hoạch", "plan")
        indicator = one_of(asked.indicator, known.indicators, "indicator", "chỉ số", "indicator")
        all_ = [one for each in known.plans.values() for one in each.targets]
        found = [o for o in all_ if plan in (None, o.plan) and indicator in (None, o.indicator)]
        return _page(request, state, asked, found, lambda one: described.target_json(one, known, state.today))

    return _told(request, questions.AskTargets, make)


@api.get("/indicators", response=_answers(shapes.Indicators), summary="Chỉ số / Indicators")
def indicators(request: HttpRequest, asked: Query[questions.AskIndicators]) -> HttpResponse:
    def make(state: State) -> Json:
        pillar = one_of(asked.pillar, state.definitions.pillars, "pillar", "trụ cột", "pillar")
        found = [one for one in state.definitions.indicators.values() if pillar in (None, one.pillar)]
        return _page(
            request,
            state,
            asked,
            found,
            lambda one: described.indicator_json(one, state.definitions, state.today),
        )

    return _told(request, questions.AskIndicators, make)


@api.get(
    "/indicators/{indicator}", response=_answers(shapes.IndicatorAnswer), summary="Một chỉ số / One indicator"
)
def one_indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    def make(state: State) -> Json:
        found = state.definitions.indicators.get(indicator)
        if found is None:
            hint = near_name(indicator, state.definitions.indicators)
            told = Name(f"Không có chỉ số này. {hint.vi}", f"No indicator has this id. {hint.en}")
            raise Refusal(404, "not-found", told)
        return {"item": described.indicator_json(found, state.definitions, state.today)}

    return _told(request, questions.Ask, make)


@api.get(
    "/agencies", response=_answers(shapes.Agencies), summary="Cây tổ chức của một ngày / The tree of a day"
)
def agencies(request: HttpRequest, asked: Query[questions.AskAgencies]) -> HttpResponse:
    def make(state: State) -> Json:
        day = day_of(asked.on, "on") or state.today
        known = state.definitions.tree
        tree = known.on(day)
        level = one_of(asked.level, known.levels, "level", "cấp", "level")
        below = agency_of(state.definitions, asked.below, "below")
        within = set(tree.level_of) if below is None else set(tree.subtree(below) if below in tree else ())
        found = [a for a in sorted(within) if level in (None, tree.level_of[a])]
        areas = state.definitions.areas

        def make_one(agency: str) -> Json:
            return described.agency_json(known.agencies[agency], tree, day, areas)

        told = _page(request, state, asked, found, make_one)
        return {"on": day.isoformat()} | told

    return _told(request, questions.AskAgencies, make)


@api.get("/agencies/{agency}", response=_answers(shapes.AgencyAnswer), summary="Một cơ quan / One agency")
def one_agency(request: HttpRequest, agency: str, asked: Query[questions.AskAgency]) -> HttpResponse:
    def make(state: State) -> Json:
        day, known = day_of(asked.on, "on") or state.today, state.definitions.tree
        if agency not in known.agencies:
            raise Refusal(404, "not-found", _NO_AGENCY)
        found = known.agencies[agency]
        item = described.agency_json(found, known.on(day), day, state.definitions.areas)
        return {"on": day.isoformat(), "item": item, "history": described.agency_history(found)}

    return _told(request, questions.AskAgency, make)


# --- figures -----------------------------------------------------------------------------


@api.get("/measurements", response=_answers(shapes.Measurements), summary="Kết quả đo / Measurements")
def measurements(request: HttpRequest, asked: Query[questions.AskMeasurements]) -> HttpResponse:
    def make(state: State) -> Json:
        asked_of, which = _questions(state, asked)
        number, offset = cursor_of(asked.cursor, state, _hashed(_question(request)))
        items: list[Json] = []
        looked_at = 0
        while number < len(which) and len(items) < asked.limit and looked_at < _LOOKED_AT:
            answer = published(state, asked_of(which[number]))
            looked_at += len(answer.figures) + 1_000
            found = answer.figures[offset : offset + asked.limit - len(items)]
            items += [answer.json(one) for one in found]
            offset += len(found)
            if offset >= len(answer.figures):
                number, offset = number + 1, 0
        following = _next(request, state, number, offset) if number < len(which) else None
        return {"items": items, "next": following}

    return _told(request, questions.AskMeasurements, make)


def _questions(
    state: State, asked: questions.AskMeasurements
) -> tuple[Callable[[str], Question], Sequence[str]]:
    known = state.definitions
    indicator = one_of(asked.indicator, known.indicators, "indicator", "chỉ số", "indicator")
    parts: dict[str, Any] = {
        "agency": agency_of(known, asked.agency),
        "level": one_of(asked.level, known.tree.levels, "level", "cấp", "level"),
        "period": period_of(asked.period, "period"),
        "first": period_of(asked.from_, "from"),
        "last": period_of(asked.to, "to"),
        "map_": map_of(asked.map, state),
        "as_of": moment_of(asked.as_of, "as_of"),
        "breakdowns": asked.breakdowns,
    }
    if parts["first"] and parts["last"] and parts["last"].end <= parts["first"].start:
        raise bad("to", "«to» phải không trước «from».", "“to” must not be before “from”.")
    if indicator is None and not Question("", **parts).is_stored:
        vi = "Số liệu của một lúc khác hoặc bản đồ khác phải tính lại: nêu một chỉ số."
        raise bad("indicator", vi, "Figures of another moment or map are made anew: name one indicator.")
    which = [indicator] if indicator else sorted(known.indicators)
    return lambda one: Question(one, **parts), which


@api.get("/standings", response=_answers(shapes.Standings), by_alias=True, summary="Mức đạt / Standings")
def standings(request: HttpRequest, asked: Query[questions.AskStandings]) -> HttpResponse:
    def make(state: State) -> Json:
        known = state.definitions
        plan = one_of(asked.plan, known.plans, "plan", "kế hoạch", "plan")
        indicator = one_of(asked.indicator, known.indicators, "indicator", "chỉ số", "indicator")
        agency = agency_of(known, asked.agency)
        found = [
            line
            for line in standing_lines(state)
            if plan in (None, line.target.plan)
            and indicator in (None, line.indicator.id)
            and agency in (None, line.agency, line.node)
            and (asked.standing is None or _public_standing(state, line) == asked.standing)
        ]
        return _page(request, state, asked, found, lambda line: public_standing(state, line))

    return _told(request, questions.AskStandings, make)


def _public_standing(state: State, line: Any) -> str | None:
    return None if _is_hidden(state, line) else str(line.judgement.standing.value)


def _is_hidden(state: State, line: Any) -> bool:
    return line_shown(line, partial(shown, state)).hidden is not None


# --- history -----------------------------------------------------------------------------


@api.get("/versions", response=_answers(shapes.Versions), summary="Lịch sử số liệu / History of the data")
def versions(request: HttpRequest, asked: Query[questions.Paged]) -> HttpResponse:
    def make(state: State) -> Json:
        found = list(reversed(state.turns()))
        return _page(request, state, asked, found, _turn_json)

    return _told(request, questions.Paged, make)


def _turn_json(turn: Any) -> Json:
    kind, at, of = turn
    return {"at": at.isoformat(), "kind": kind, "of": of}


@api.get("/changes", response=_answers(shapes.Changes), summary="So sánh hai lúc / Two moments compared")
def changes(request: HttpRequest, asked: Query[questions.AskChanges]) -> HttpResponse:
    def make(state: State) -> Json:
        known = state.definitions
        indicator = one_of(asked.indicator, known.indicators, "indicator", "chỉ số", "indicator")
        first, last = moment_of(asked.from_, "from"), moment_of(asked.to, "to")
        if indicator is None or first is None or last is None:
            raise bad("indicator", "Nêu indicator, from và to.", "Name indicator, from and to.")
        found = difference(state, indicator, agency_of(known, asked.agency), first, last)
        return {
            "before": found.before.as_of.isoformat(),
            "after": found.after.as_of.isoformat(),
            "rule_changed": found.rule_changed,
            "text_changed": found.text_changed,
            "batches": [_batch_json(one) for one in found.batches],
            "items": list(islice(_change_json(found), 5_000)),
        }

    return _told(request, questions.AskChanges, make)


def _batch_json(batch: Any) -> Json:
    names = ("sequence", "record_type", "source", "citation", "accepted", "superseded")
    told = {name: getattr(batch, name) for name in names}
    return told | {"recorded_at": batch.recorded_at.isoformat(), "origin": batch.origin.value}


def _change_json(found: Any) -> Iterator[Json]:
    for one in found.changes:
        yield {
            "agency": one.measurement.agency,
            "period": str(one.measurement.period),
            "kind": one.kind,
            "before": found.before.json(one.before) if one.before else None,
            "after": found.after.json(one.after) if one.after else None,
        }
