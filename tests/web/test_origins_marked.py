"""No figure that rests on synthetic records is without their mark, wherever figures are given away.

On a small workspace in which one commune's files are made up, another's measured, and the province's figures
rest on both; zeros and a running month included. Whatever gives figures away is listed by name here: a new
file format, API answer, command or picture that is not, fails.
"""

from __future__ import annotations

import csv
import inspect
import io
import json
import pkgutil
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from tests.helpers.workspace import TEXT, files_csv, load_files, ok, reports_csv, write_workspace
from tests.web.conftest import LogIn
from tests.web.crawl import Crawl

from kieng.web import pictures
from kieng.web.api.endpoints import api
from kieng.web.opendata.catalogue import FORMS
from kieng.web.opendata.views import _CATALOGUES
from kieng.workspace.folder import Workspace

pytestmark = pytest.mark.django_db
SHARE, ZEROS, ECONOMY = "work-files-online", "secret-files", "digital-economy"
MADE_UP = ("tinh-ab", "xa-4")  # the province, for a commune's files are made up; xa-5 measures its own
WORDS = ("TỔNG HỢP THỬ", "SYNTHETIC")
_HEAD, *_REST = TEXT["agencies/agencies.csv"].splitlines()
_NEW = [f"xa-{n},2025-07-01,,Xã {n},Commune {n},commune,tinh-ab,3000{n},13.{n},109.{n}" for n in range(4, 9)]
_TYPES = """\
areas:
  level: commune
  types:
    rural: {name: {vi: Nông thôn, en: Rural}, against: urban}
    urban: {name: {vi: Đô thị, en: Urban}, against: rural}
    coastal: {name: {vi: Ven biển, en: Coastal}, against: urban}
"""
_AREAS = ("xa-4,rural", "xa-5,urban", "xa-6,coastal", "xa-7,urban", "xa-8,urban")
CHANGES = {
    "kieng.yaml": TEXT["kieng.yaml"] + _TYPES,
    "agencies/areas.csv": "\n".join(
        ["agency,area,valid_from,valid_to,source", *(f"{one},,,KH" for one in _AREAS), ""]
    ),
    "agencies/agencies.csv": "\n".join(
        [f"{_HEAD},latitude,longitude", *(f"{row},," for row in _REST), *_NEW, ""]
    ),
    "plans/ab.yaml": """\
- id: kh-ab
  name: {vi: Kế hoạch AB, en: Plan AB}
  scope: tinh-ab
  document: KH
  valid_from: 2025-07-01
  targets:
    - indicator: work-files-online
      targets:
        - {level: province, by: 2026-12-31, at_least: 90}
        - {level: commune, by: 2030-12-31, at_least: 60}
""",
}


def _rows(agencies: Iterable[int], online: int) -> list[str]:
    return [
        f"{month}-{agency}-{n},3000{agency},{month}-01,{month}-0{n % 9 + 1},{int(n < online)},0,"
        for month in ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
        for agency in agencies
        for n in range(40)  # no count is so small that it is hidden
    ]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In the place of the example of the other tests."""
    root = write_workspace(tmp_path_factory.mktemp("origins"), CHANGES)
    at = ("--recorded-at", "2026-05-14T08:00+07:00")
    load_files(root, files_csv(root / "a.csv", _rows([4], 24)), "--origin", "synthetic", *at)
    load_files(root, files_csv(root / "b.csv", _rows([5, 6, 7, 8], 20)), "--origin", "measured", *at)
    report = reports_csv(root / "c.csv", ["r1,tinh-ab,kinh-te-so,2025-12-31,5,chinh thuc"])
    told = ("--origin", "published", "--citation", "Báo cáo thử", *at)
    ok(root, "load", "report", report, "--mapping", "reports", "--by", "thu", *told)
    Workspace(root, now=lambda: datetime(2026, 5, 15, 9, tzinfo=UTC)).measure()
    return root


def is_made_up(indicator: str, agency: str) -> bool:
    return indicator != ECONOMY and agency in MADE_UP


Marks = Iterator[tuple[str, str, bool]]  # indicator, agency, whether the figure is marked


def all_right(marks: Marks, at: str) -> None:
    """Every mark stands just where it must, and there were some of both kinds."""
    seen = set()
    for indicator, agency, marked in marks:
        assert marked == is_made_up(indicator, agency), f"{at}: {indicator} of {agency} marked {marked}"
        seen.add(marked)
    assert seen == {True, False}, f"{at}: only {seen}"


# --- files -------------------------------------------------------------------------------------


def file_of(indicator: str, form: str) -> bytes:
    answer = Client().get(f"/du-lieu/tai/{indicator}.{form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def csv_marks(content: bytes) -> Marks:
    for row in csv_rows(content):
        assert (row["synthetic"] == "true") == ("synthetic" in row["origin"])
        if row["value"]:
            yield row["indicator"], row["agency"], row["synthetic"] == "true"


def parquet_marks(content: bytes) -> Marks:
    table = pq.read_table(io.BytesIO(content))
    assert WORDS[0].encode() in table.schema.metadata[b"note"]
    for row in table.to_pylist():
        if row["value"] is not None:
            yield row["indicator"], row["agency"], str(row["synthetic"]).lower() == "true"


def sdmx_marks(content: bytes) -> Marks:
    for row in csv_rows(content):
        if row["OBS_VALUE"]:
            yield row["INDICATOR"], row["REF_AREA"], "synthetic" in row["ORIGIN[]"].split(";")


def jsonstat_marks(content: bytes) -> Marks:
    cube = json.loads(content)
    (indicator,) = cube["dimension"]["indicator"]["category"]["index"]
    agencies = sorted(cube["dimension"]["agency"]["category"]["index"].items(), key=lambda one: one[1])
    periods = cube["size"][2]
    assert cube["extension"]["synthetic"] == any("TỔNG HỢP THỬ" in note for note in cube["note"])
    for place in cube["value"]:
        agency = agencies[int(place) // periods][0]
        yield indicator, agency, "synthetic" in cube["status"][place].split(", ")


def area_marks(content: bytes) -> Marks:
    """Rural beside urban holds the commune whose files are made up; the coast beside urban does not."""
    for row in csv_rows(content):
        if row["value"] and row["period"] >= "2026":
            commune = "xa-6" if row["area"] == "coastal" else "xa-4"
            yield row["indicator"], commune, row["synthetic"] == "true"


FILES: dict[str, Callable[[bytes], Marks]] = {
    "csv": csv_marks,
    "areas.csv": area_marks,
    "parquet": parquet_marks,
    "sdmx.csv": sdmx_marks,
    "json": jsonstat_marks,
}


@pytest.mark.parametrize("indicator", [SHARE, ZEROS])
def test_every_file_format_marks_them(indicator: str):
    assert FILES.keys() == FORMS.keys()
    for form, marks in FILES.items():
        all_right(marks(file_of(indicator, form)), form)


def test_no_file_marks_what_is_published():
    for form, marks in FILES.items():
        assert {marked for _, _, marked in marks(file_of(ECONOMY, form))} <= {False}, form


def test_every_catalogue_tells_of_them():
    assert _CATALOGUES.keys() == {"jsonld", "ttl"}
    for form in _CATALOGUES:
        told = Client().get(f"/du-lieu/catalog.{form}").content.decode()
        assert all(word in told for word in WORDS), form


# --- the API and the commands ------------------------------------------------------------------


def figures_in(told: Any) -> Iterator[dict[str, Any]]:
    """Every measurement within an answer."""
    if isinstance(told, dict):
        if {"period", "coverage"} <= told.keys():
            yield told
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from figures_in(one)


def marks_of(found: Iterable[dict[str, Any]]) -> Marks:
    for one in found:
        if one["value"] not in (None, ""):
            yield one["indicator"], one["agency"], "synthetic" in one["origin"]


ASKS = {
    "/measurements": f"indicator={ZEROS}&period=2026-04",
    "/standings": "",
    "/changes": f"indicator={SHARE}&from=2026-05-01&to=2026-05-15",
}


def test_every_answer_of_the_api_marks_them():
    shapes = api.get_openapi_schema(path_prefix="")
    with_figures = {path for path, told in shapes["paths"].items() if _gives_figures(shapes, told["get"])}
    assert with_figures == set(ASKS)
    for path, question in ASKS.items():
        answer = Client().get(f"/api/v1{path}?{question}")
        assert answer.status_code == 200
        found = list(marks_of(figures_in(answer.json())))
        if path == "/standings":  # of the province alone
            found.append((SHARE, "xa-5", False))
        all_right(iter(found), path)


def _gives_figures(shapes: Any, told: Any) -> bool:
    text = json.dumps(told["responses"][200])
    for _ in range(4):
        names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
        text += "".join(json.dumps(shapes["components"]["schemas"][name]) for name in names)
    return '"#/components/schemas/Measurement"' in text


def test_every_command_that_shows_figures_marks_them(example: Path, tmp_path: Path):
    asked = ("show", ZEROS, "--period", "2026-04")
    all_right(marks_of(json.loads(ok(example, *asked, "--format", "json").stdout)), "show json")
    rows = csv_rows(ok(example, *asked, "--format", "csv").stdout.encode())
    all_right(marks_of(rows), "show csv")
    legend = 1  # of every table
    assert ok(example, *asked, "--agency", "xa-4").stdout.count(WORDS[0]) > legend
    assert ok(example, *asked, "--agency", "xa-5").stdout.count(WORDS[0]) == legend
    assert ok(example, "show").stdout.count(WORDS[0]) > legend
    for agency, marked in (("xa-4", True), ("xa-5", False)):
        bundle = tmp_path / f"{agency}.zip"
        told = ("explain", ZEROS, "--agency", agency, "--period", "2026-04", "--bundle", bundle)
        explained = ok(example, *told).stdout
        assert (WORDS[0] in explained) == marked
        with zipfile.ZipFile(bundle) as packed:
            text = "".join(packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())
        assert ("synthetic" in text) == marked
    ok(example, "export", tmp_path / "out")
    with (tmp_path / "out" / "measurements.ndjson").open(encoding="utf-8") as lines:
        all_right(marks_of(map(json.loads, lines)), "ndjson")
    all_right(marks_of(pq.read_table(tmp_path / "out" / "measurements.parquet").to_pylist()), "export")


# --- pages and pictures ------------------------------------------------------------------------

_FIGURE = re.compile(r'<(?:data|a)\b([^>]*data-indicator="([^"]+)" data-agency="([^"]+)"[^>]*)>')
_PICTURE = re.compile(r"<svg\b.*?</svg>", re.S)
#: Told on every page, whatever it shows.
_LEGEND = re.compile(
    r'<aside class="legend".*?</aside>|<p class="demo-mark".*?</p>|<footer.*?</footer>', re.S
)
#: Tables of a picture's figures, which stand under it and under its mark.
_UNDER_A_PICTURE = re.compile(r"<details>.*?</details>", re.S)


@pytest.mark.parametrize(("role", "start"), [(None, "/"), ("leader", "/toi/?agency=tinh-ab")])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_marks_them(log_in: LogIn, role: str | None, start: str, language: str):
    client = log_in(role) if role else Client()
    client.cookies["kieng_language"] = language
    word, seen = WORDS[language == "en"], 0
    for at, _ in Crawl(str(role), client, language, start, 4).pages():
        text = _LEGEND.sub("", client.get(at, follow=True).content.decode())
        found = [(is_made_up(i, agency), marks, at) for marks, i, agency in _FIGURE.findall(text)]
        if any(made_up for made_up, _, _ in found):
            assert word in text, at
        for made_up, marks, where in found:
            if not made_up:
                assert 'data-origin="synthetic"' not in marks, f"{where}: {marks}"
        for _, indicator, agency in _FIGURE.findall(_UNDER_A_PICTURE.sub("", text)):
            seen += is_made_up(indicator, agency)
        bare = [
            marks
            for marks, indicator, agency in _FIGURE.findall(_UNDER_A_PICTURE.sub("", text))
            if is_made_up(indicator, agency) and 'data-origin="synthetic"' not in marks
            if "data-area=" not in marks or 'data-area="rural"' in marks  # the communes of an area
        ]
        assert bare == [], f"{at}: {bare}"
    assert seen > 10


@pytest.mark.parametrize(("agency", "marked"), [("xa-4", True), ("xa-5", False)])
def test_the_pictures_of_an_agency_say_it(log_in: LogIn, agency: str, marked: bool):
    client = log_in("leader")
    pages = (f"/co-quan/{agency}/", f"/toi/co-quan/{agency}/", f"/chi-so/{SHARE}/?agency={agency}")
    drawn = [svg for at in pages for svg in _PICTURE.findall(client.get(at, follow=True).content.decode())]
    of_figures = [svg for svg in drawn if "<desc>" in svg or "aria-label" in svg]
    assert of_figures
    assert {WORDS[0] in svg for svg in of_figures} == {marked}
    alone = client.get(f"/chi-so/{SHARE}/bieu-do.svg?agency={agency}").content.decode()
    assert (alone.count(WORDS[0]) > 1) == marked  # read out and seen
    spec = client.get(f"/chi-so/{SHARE}/bieu-do.json?agency={agency}").content.decode()
    assert (WORDS[0] in json.loads(spec)["description"]) == marked


def test_the_map_says_it():
    told = Client().get(f"/ban-do/?indicator={ZEROS}&period=2026-04").content.decode()
    assert re.search(r'<svg id="ban-do-hinh"[^>]*aria-label="[^"]*TỔNG HỢP THỬ', told)


_TOOLS = {"frame", "svg"}


def test_no_picture_can_be_drawn_without_being_told():
    names = {one.name for one in pkgutil.iter_modules(pictures.__path__)} - _TOOLS
    for name in names - {"series"}:
        module = __import__(f"kieng.web.pictures.{name}", fromlist=[name])
        mark = inspect.signature(getattr(module, name)).parameters["mark"]
        assert mark.default is mark.empty, name
    assert names == {"spark", "bullet", "way", "series", "funnel", "control"}
