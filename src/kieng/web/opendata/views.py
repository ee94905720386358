"""Files, the catalogue, the comparison of two moments, and how to use them all."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kieng.problems import UserError
from kieng.web import door
from kieng.web.accounts.reads import person_of
from kieng.web.door import State
from kieng.web.opendata import jsonstat
from kieng.web.opendata.answers import etag_of, is_known, json_answer, with_headers
from kieng.web.opendata.asked import agency_of, moment_of
from kieng.web.opendata.catalogue import FORMS
from kieng.web.opendata.catalogue import catalogue as catalogue_of
from kieng.web.opendata.licence import licence
from kieng.web.opendata.parquet import parquet_pieces
from kieng.web.opendata.problems import Refusal, bad, from_user_error, response_of
from kieng.web.opendata.published import Answer, Figure, Question, published
from kieng.web.opendata.rows import BOM, csv_lines, row_of
from kieng.web.opendata.sdmx import sdmx_lines
from kieng.web.opendata.versions import Change, difference
from kieng.web.public.views import same_for_all
from kieng.words import Name

ALL = "tat-ca"
_FOR = ("", "bom", "excel")
_MOST_CHANGES = 500
_BUSY = Name("Đang làm một câu hỏi lâu khác; hãy thử lại.", "Busy with another slow question; try again.")


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """DCAT-AP as JSON-LD."""
    state = door.state()
    answer = json_answer(request, state, lambda: catalogue_of(state, request.build_absolute_uri))
    if answer.status_code == 200:
        answer.headers["Content-Type"] = "application/ld+json"
    return answer


@require_safe
def download(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """A file of one indicator, or of all."""
    if name.endswith(".sdmx"):
        name, form = name.removesuffix(".sdmx"), f"sdmx.{form}"
    try:
        return _file(request, door.state(), name, form)
    except Refusal as refusal:
        return response_of(refusal)


def _file(request: HttpRequest, state: State, name: str, form: str) -> HttpResponseBase:
    if form not in FORMS or (name != ALL and name not in state.definitions.indicators):
        raise Refusal(404, "not-found", Name("Không có tệp này.", "There is no such file."))
    for parameter, known in (("map", ("as-was", "today")), ("for", _FOR), ("breakdowns", ("", "1"))):
        if request.GET.get(parameter, known[0]) not in known:
            raise bad(
                parameter,
                f"Chỉ có: {', '.join(filter(None, known))}.",
                f"There are: {', '.join(filter(None, known))}.",
            )
    etag = etag_of(request, state)
    if is_known(request, etag):
        return with_headers(HttpResponseNotModified(), etag)
    if form == "json":
        return _attached(_json_stat(request, state, name), name, form, state)
    pieces = _pieces(request, state, name, form)
    first = next(pieces)  # what goes wrong with the first figures is still said
    response = StreamingHttpResponse(_joined(first, pieces), content_type=_media(form))
    if "gzip" in request.headers.get("Accept-Encoding", "") and form != "parquet":
        response.streaming_content = _zipped(_joined(first, pieces))
        response.headers["Content-Encoding"] = "gzip"
    about = f'<{licence().url}>; rel="license"'
    for header, text in {"ETag": etag, "Cache-Control": "public, no-cache", "Link": about}.items():
        response.headers[header] = text
    return _attached(response, name, form, state)


def _media(form: str) -> str:
    media = FORMS[form][1]
    return f"{media}; charset=utf-8" if form == "csv" else media


def _attached(response: HttpResponseBase, name: str, form: str, state: State) -> HttpResponseBase:
    file = f"kieng-{name}-{state.version}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _answers(request: HttpRequest, state: State, name: str) -> Iterator[Answer]:
    which = sorted(state.definitions.indicators) if name == ALL else [name]
    for indicator in which:
        map_, parts = request.GET.get("map", "as-was"), request.GET.get("breakdowns") == "1"
        yield published(state, Question(indicator, map_=map_, breakdowns=parts))


def _pieces(request: HttpRequest, state: State, name: str, form: str) -> Iterator[bytes]:
    answers = _answers(request, state, name)
    if form == "parquet":
        yield from parquet_pieces(answers, state.version)
        return
    if form == "sdmx.csv":
        lines = sdmx_lines(answers)
    else:
        rows = (row_of(answer, one, state.version) for answer in answers for one in answer.figures)
        lines = csv_lines(rows, excel=request.GET.get("for") == "excel")
        if request.GET.get("for"):
            yield BOM.encode()
    yield from (text.encode() for text in lines)


def _joined(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _zipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, wbits=31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _json_stat(request: HttpRequest, state: State, name: str) -> HttpResponse:
    if name == ALL:
        links = {
            one.id: (request.build_absolute_uri(f"/du-lieu/tai/{one.id}.json"), one.name.vi)
            for one in state.definitions.indicators.values()
        }
        return json_answer(request, state, lambda: jsonstat.collection(links))
    answer = next(_answers(request, state, name))
    return json_answer(request, state, lambda: jsonstat.dataset(answer, name, state.version))


@require_safe
@never_cache
def mine(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator as the person may see it: unhidden for their own agency and what is below."""
    state, person = door.state(), person_of(request)
    if indicator not in state.definitions.indicators:
        raise Http404
    answer = published(state, Question(indicator))
    tree = state.definitions.tree
    seen = [
        Figure(one.measurement, one.hidden and not person.sees_inside(one.measurement.agency, tree))
        for one in answer.figures
    ]
    lines = csv_lines((row_of(answer, one, state.version) for one in seen), excel=True)
    response = HttpResponse(BOM + "".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="noi-bo-{indicator}.csv"'
    return response


@same_for_all
def compare(request: HttpRequest) -> HttpResponse:
    """Which figures of one indicator changed between two moments, and why."""
    state, asked = door.state(), request.GET
    known = state.definitions
    told: dict[str, object] = {"indicators": known.indicators.values(), "asked": asked}
    status = 200
    told["turns"] = [turn for turn in reversed(state.turns()) if turn[0] != "measuring"][:30]
    try:
        first, last = _moment(asked.get("from"), "from"), _moment(asked.get("to"), "to")
        indicator = asked.get("indicator", "")
        if first and last and indicator in known.indicators:
            agency = agency_of(known, asked.get("agency"))
            found = difference(state, indicator, agency, first, last)
            told |= {
                "found": found,
                "indicator": known.indicators[indicator],
                "changes": [(one, _name(state, one)) for one in found.changes[:_MOST_CHANGES]],
                "more": max(0, len(found.changes) - _MOST_CHANGES),
            }
    except Refusal as refusal:
        told["problem"], status = refusal.detail, 400
    except UserError as error:
        told["problem"], status = from_user_error(error).detail, 400
    except door.Busy:
        told["problem"], status = _BUSY, 503
    return render(request, "opendata/compare.html", told, status=status)


def _moment(text: str | None, name: str) -> datetime | None:
    """As people write a day, ``5/3/2026``, or as programs do."""
    parts = (text or "").strip().split("/")
    if len(parts) == 3 and len(parts[2]) == 4:
        text = f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}"
    return moment_of(text, name)


def _name(state: State, one: Change) -> Name:
    agency = state.definitions.tree.agencies.get(one.measurement.agency)
    return agency.names[-1].value if agency else Name(one.measurement.agency, one.measurement.agency)
