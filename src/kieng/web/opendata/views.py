"""Files, the catalogue, the comparison of two moments, and how to use them all."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kieng import __version__
from kieng.problems import UserError
from kieng.web import door
from kieng.web.accounts.reads import person_of
from kieng.web.door import State
from kieng.web.opendata import jsonstat
from kieng.web.opendata.answers import etag_of, is_known, json_answer, with_headers
from kieng.web.opendata.areas import area_lines
from kieng.web.opendata.asked import agency_of, moment_of
from kieng.web.opendata.catalogue import FORMS, STANDINGS
from kieng.web.opendata.catalogue import catalogue as catalogue_of
from kieng.web.opendata.parquet import parquet_pieces
from kieng.web.opendata.problems import Refusal, bad, from_user_error, response_of
from kieng.web.opendata.published import Answer, Figure, Question, published
from kieng.web.opendata.rows import BOM, csv_lines, row_of
from kieng.web.opendata.sdmx import sdmx_lines
from kieng.web.opendata.standings import standings_csv, standings_ndjson
from kieng.web.opendata.turtle import turtle
from kieng.web.opendata.versions import Change, difference
from kieng.web.opendata.whole import kept, whole
from kieng.web.public.views import same_for_all
from kieng.words import Name
from kieng.workspace.json_format import Json, json_text

ALL = "tat-ca"
_MOST_CHANGES = 500
_BLOCK = 256 * 1024
_BUSY = Name("Đang làm một câu hỏi lâu khác; hãy thử lại.", "Busy with another slow question; try again.")


#: By the end of the address: the media type, and how the catalogue is written in it.
_CATALOGUES: dict[str, tuple[str, Callable[[Json], str]]] = {
    "jsonld": ("application/ld+json", json_text),
    "ttl": ("text/turtle; charset=utf-8", turtle),
}


@require_safe
def catalogue(request: HttpRequest, form: str = "") -> HttpResponse:
    """DCAT-AP: as the address says, else as the asker prefers; JSON-LD to who prefers neither."""
    if form and form not in _CATALOGUES:
        told = Name("Danh mục có hai dạng: .jsonld và .ttl.", "The catalogue has two forms: .jsonld, .ttl.")
        return response_of(Refusal(404, "not-found", told))
    state = door.state()
    media, write = _CATALOGUES[form or _preferred(request)]
    make = partial(catalogue_of, state, request.build_absolute_uri)
    return json_answer(request, state, make, write, media)


def _preferred(request: HttpRequest) -> str:
    kinds = {"application/ld+json": "jsonld", "application/json": "jsonld", "text/turtle": "ttl"}
    return kinds.get(request.get_preferred_type(list(kinds)) or "", "jsonld")


@require_safe
def download(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """A file of one indicator, or of all."""
    for kind in (".sdmx", ".areas"):
        if name.endswith(kind):
            name, form = name.removesuffix(kind), f"{kind[1:]}.{form}"
    try:
        return _file(request, door.state(), name, form)
    except Refusal as refusal:
        return response_of(refusal)
    except door.Busy:
        return response_of(Refusal(503, "busy", _BUSY), {"Retry-After": "5"})


#: Of the standings, by the end of the file's name: the media type and what makes the file.
_STANDINGS = {
    "csv": ("text/csv; charset=utf-8", standings_csv),
    "ndjson": ("application/x-ndjson", standings_ndjson),
}


@require_safe
def standings(request: HttpRequest, form: str) -> HttpResponseBase:
    """How every target stands, also without a figure, in one file."""
    if form not in _STANDINGS:
        told = Name("Mức đạt có hai dạng: .csv và .ndjson.", "The standings have two forms: .csv, .ndjson.")
        return response_of(Refusal(404, "not-found", told))
    state = door.state()
    media, lines = _STANDINGS[form]
    etag = etag_of(request, state)
    if is_known(request, etag):
        return with_headers(HttpResponseNotModified(), etag, state)
    response = HttpResponse("".join(lines(state)), content_type=media)
    return _attached(with_headers(response, etag, state), STANDINGS, form, state)


def _file(request: HttpRequest, state: State, name: str, form: str) -> HttpResponseBase:
    if form not in FORMS or (name != ALL and name not in state.definitions.indicators):
        raise Refusal(404, "not-found", Name("Không có tệp này.", "There is no such file."))
    asked = _asked(request)
    etag = etag_of(request, state)
    if is_known(request, etag):
        return with_headers(HttpResponseNotModified(), etag, state)
    if form == "json":
        return _attached(_json_stat(request, state, name, asked), name, form, state)
    response = _sent(request, state, name, form, asked)
    return _attached(with_headers(response, etag, state), name, form, state)


#: What may be asked of a file, with the values there are; the first when nothing is asked.
_CHOICES = {"map": ("as-was", "today"), "for": ("", "bom", "excel"), "breakdowns": ("", "1")}


def _asked(request: HttpRequest) -> Mapping[str, str]:
    """Every choice. Refusal for another parameter or value, lest odd questions fill the folder of files."""
    for parameter in request.GET:
        if parameter not in _CHOICES:
            names = ", ".join(_CHOICES)
            raise bad(parameter[:80], f"Chỉ có: {names}.", f"There are: {names}.", "unknown-parameter")
    asked = {name: request.GET.get(name) or known[0] for name, known in _CHOICES.items()}
    for parameter, known in _CHOICES.items():
        if asked[parameter] not in known:
            told = ", ".join(one for one in known if one)
            raise bad(parameter, f"Chỉ có: {told}.", f"There are: {told}.")
    return asked


def _sent(
    request: HttpRequest, state: State, name: str, form: str, asked: Mapping[str, str]
) -> HttpResponseBase:
    """The file made whole, packed for who takes it so. For the head alone nothing is made."""
    packs = "gzip" in request.headers.get("Accept-Encoding", "") and form != "parquet"
    if request.method == "HEAD":
        response: HttpResponseBase = StreamingHttpResponse((), content_type=_media(form))
    else:
        kept_as = " ".join((__version__, state.version, name, form, *asked.values()))
        plain = partial(whole, kept_as, partial(_pieces, state, name, form, asked))
        packed = f"{kept_as} gzip"
        # The plain file is made before the packed one has its turn: one who waits for himself waits in vain.
        file = (kept(packed) or whole(packed, partial(_zipped, plain()))) if packs else plain()
        response = FileResponse(file, content_type=_media(form))
        response.block_size = _BLOCK
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _media(form: str) -> str:
    media = FORMS[form][1]
    return f"{media}; charset=utf-8" if media == "text/csv" else media


def _attached(response: HttpResponseBase, name: str, form: str, state: State) -> HttpResponseBase:
    file = f"kieng-{name}-{state.version}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _answers(state: State, name: str, asked: Mapping[str, str]) -> Iterator[Answer]:
    for indicator in _named(state, name):
        yield published(state, Question(indicator, map_=asked["map"], breakdowns=bool(asked["breakdowns"])))


def _named(state: State, name: str) -> list[str]:
    return sorted(state.definitions.indicators) if name == ALL else [name]


def _pieces(state: State, name: str, form: str, asked: Mapping[str, str]) -> Iterator[bytes]:
    if form == "areas.csv":
        yield from (text.encode() for text in area_lines(state, _named(state, name), asked["map"]))
        return
    answers = _answers(state, name, asked)
    if form == "parquet":
        yield from parquet_pieces(answers, state.version)
        return
    if form == "sdmx.csv":
        lines = sdmx_lines(answers)
    else:
        rows = (row_of(answer, one, state.version) for answer in answers for one in answer.figures)
        lines = csv_lines(rows, excel=asked["for"] == "excel")
        if asked["for"]:
            yield BOM.encode()
    yield from (text.encode() for text in lines)


def _zipped(file: BinaryIO) -> Iterator[bytes]:
    packer = zlib.compressobj(6, wbits=31)
    with file:
        while piece := file.read(_BLOCK):
            yield packer.compress(piece)
    yield packer.flush()


def _json_stat(request: HttpRequest, state: State, name: str, asked: Mapping[str, str]) -> HttpResponse:
    if name == ALL:
        links = {
            one.id: (request.build_absolute_uri(f"/du-lieu/tai/{one.id}.json"), one.name.vi)
            for one in state.definitions.indicators.values()
        }
        return json_answer(request, state, lambda: jsonstat.collection(links, state.definitions.licence.url))
    answer = next(_answers(state, name, asked))
    return json_answer(request, state, lambda: jsonstat.dataset(answer, name, state.version))


@require_safe
@never_cache
def mine(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator as the person may see it: unhidden for their own agency and what is below, and for all
    of the territory where they lead it."""
    state, person = door.state(), person_of(request)
    if indicator not in state.definitions.indicators:
        raise Http404
    answer = published(state, Question(indicator))
    hidden = {one.measurement.agency for one in answer.figures if one.hidden}
    kept = {one for one in hidden if not person.sees_figure(indicator, one, state.definitions)}
    seen = [Figure(one.measurement, one.hidden and one.measurement.agency in kept) for one in answer.figures]
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
