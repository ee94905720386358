"""A period that is not over is marked wherever a figure of it is shown, and is no end of any picture.

On a small workspace measured in the middle of a month. Whatever gives figures away is listed by name here:
a new file format, API answer, command or picture that is not, fails.
"""

from __future__ import annotations

import csv
import io
import json
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from tests.helpers.workspace import TEXT, files_csv, load_files, ok, write_workspace
from tests.integration.test_by_area import TYPES
from tests.web.conftest import LogIn
from tests.web.crawl import Crawl

from kieng.judgement.phrases import NO_MARK
from kieng.measurement.request import AS_WAS
from kieng.plan.period import Period
from kieng.web import door, pictures
from kieng.web.api.endpoints import api
from kieng.web.cockpit.comparing import chart_of
from kieng.web.opendata.catalogue import FORMS
from kieng.web.pictures.bullet import bullet
from kieng.web.pictures.funnel import ground
from kieng.web.pictures.series import Kind, Line, Point, Series, legend_words, spec
from kieng.web.pictures.spark import Dot, spark
from kieng.web.pictures.way import Point as Step
from kieng.web.pictures.way import way
from kieng.web.public.below import family
from kieng.web.public.series import newest
from kieng.web.public.source import now
from kieng.words import Name
from kieng.workspace.folder import Workspace

pytestmark = pytest.mark.django_db
CUT_OFF = date(2026, 5, 15)
SHARE = "work-files-online"
_AGENCIES = [
    *(f"xa-{n},2025-07-01,,Xã {n},Commune {n},commune,tinh-ab,3000{n},13.{n},109.{n}" for n in range(4, 9)),
]
_HEAD, *_REST = TEXT["agencies/agencies.csv"].splitlines()
_PLAN = """\
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
"""


def _kind(commune: int) -> str:
    return "rural" if commune < 6 else "urban"


CHANGES = {
    "agencies/agencies.csv": "\n".join(
        [f"{_HEAD},latitude,longitude", *(f"{row},," for row in _REST), *_AGENCIES, ""]
    ),
    "plans/ab.yaml": _PLAN,
    "kieng.yaml": TEXT["kieng.yaml"] + TYPES,
    "agencies/areas.csv": "\n".join(
        ["agency,area,valid_from,valid_to,source", *(f"xa-{n},{_kind(n)},,,KH" for n in range(4, 9)), ""]
    ),
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In the place of the example of the other tests."""
    root = write_workspace(tmp_path_factory.mktemp("running"), CHANGES)
    rows = [
        f"{month}-{agency}-{n},3000{agency},{month}-01,{month}-0{n},{int(n + agency < 9)},0,"
        for month in ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
        for agency in range(4, 9)
        for n in range(1, 8)
    ]
    load_files(root, files_csv(root / "a.csv", rows), "--recorded-at", "2026-05-15T08:00+07:00")
    Workspace(root, now=lambda: datetime(2026, 5, 15, 9, tzinfo=UTC)).measure()
    return root


def runs(period: str) -> bool:
    return CUT_OFF in Period.parse(period.replace("-S", "-H"))


def check(period: str, marked: object, at: str) -> bool:
    """Whether it was one of a running period; AssertionError when the mark is not what it should be."""
    assert marked == runs(period), f"{at}: {period} marked {marked}"
    return runs(period)


def checked(marks: Iterable[tuple[str, object]], at: str) -> list[bool]:
    """Every one checked, before anybody asks whether there was one."""
    return [check(period, mark, at) for period, mark in marks]


# --- files -------------------------------------------------------------------------------------


def file_of(form: str) -> bytes:
    answer = Client().get(f"/du-lieu/tai/{SHARE}.{form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def csv_marks(content: bytes) -> Iterator[tuple[str, bool]]:
    for row in csv_rows(content):
        yield row["period"], {"true": True, "false": False}[row["running"]]
        assert (row["measured_through"] == CUT_OFF.isoformat()) == runs(row["period"])


def parquet_marks(content: bytes) -> Iterator[tuple[str, bool]]:
    for row in pq.read_table(io.BytesIO(content)).to_pylist():
        yield row["period"], row["running"]
        assert (row["measured_through"] == CUT_OFF) == runs(row["period"])


def sdmx_marks(content: bytes) -> Iterator[tuple[str, bool]]:
    for row in csv_rows(content):
        period, running = row["TIME_PERIOD"], row["RUNNING"] == "true"
        yield period, running
        if row["OBS_VALUE"]:
            assert row["OBS_STATUS"] == ("P" if running else "A")


def jsonstat_marks(content: bytes) -> Iterator[tuple[str, bool]]:
    cube = json.loads(content)
    periods = sorted(cube["dimension"]["period"]["category"]["index"].items(), key=lambda one: one[1])
    assert cube["extension"]["measured_through"] == CUT_OFF.isoformat()
    for place, status in cube["status"].items():
        yield periods[int(place) % len(periods)][0], "running" in status.split(", ")


FILES: dict[str, Callable[[bytes], Iterator[tuple[str, bool]]]] = {
    "csv": csv_marks,
    "parquet": parquet_marks,
    "sdmx.csv": sdmx_marks,
    "json": jsonstat_marks,
    "areas.csv": csv_marks,
}


def test_every_file_format_marks_it():
    assert FILES.keys() == FORMS.keys()
    for form, marks in FILES.items():
        assert any(checked(marks(file_of(form)), form)), form


# --- the API and the commands ------------------------------------------------------------------


def figures_in(told: Any) -> Iterator[dict[str, Any]]:
    """Every measurement within an answer: what has a period and a number."""
    if isinstance(told, dict):
        if {"period", "coverage"} <= told.keys():
            yield told
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from figures_in(one)


#: Answers in which there are figures, with a question that gives some of a running period.
ASKS = {
    "/measurements": f"indicator={SHARE}&period=2026-05",
    "/standings": "",
    "/changes": f"indicator={SHARE}&from=2026-05-01&to=2026-05-15",
}


def test_every_answer_of_the_api_marks_it():
    shapes = api.get_openapi_schema(path_prefix="")
    with_figures = {
        path for path, told in shapes["paths"].items() if "Measurement" in str(_answer(shapes, told["get"]))
    }
    assert with_figures == set(ASKS)
    for path, question in ASKS.items():
        answer = Client().get(f"/api/v1{path}?{question}")
        assert answer.status_code == 200
        found = checked(_pairs(figures_in(answer.json())), path)
        assert found
        assert any(found) or path == "/standings"  # judged by periods that are over


def _answer(shapes: Any, told: Any, deep: int = 4) -> Any:
    """The shape of an answer with what it refers to."""
    text = json.dumps(told["responses"][200] if "responses" in told else told)
    for _ in range(deep):
        names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
        text += "".join(json.dumps(shapes["components"]["schemas"][name]) for name in names)
    return re.findall(r'"#/components/schemas/(Measurement)"', text)


def test_every_command_that_shows_figures_marks_it(example: Path, tmp_path: Path):
    asked = ("show", SHARE, "--period", "2026-05")
    listed = json.loads(ok(example, *asked, "--format", "json").stdout)
    assert all(checked(_pairs(listed), "show json"))
    rows = csv_rows(ok(example, *asked, "--format", "csv").stdout.encode())
    assert all(checked(((row["period"], row["running"] == "true") for row in rows), "show csv"))
    assert "15/05/2026" in ok(example, *asked).stdout
    assert "15/05/2026" not in ok(example, "show", SHARE, "--period", "2026-04").stdout
    explained = ok(example, "explain", SHARE, "--agency", "tinh-ab", "--period", "2026-05").stdout
    assert "đo ngày 15/05/2026" in explained
    area = json.loads(ok(example, *asked, "--by", "area", "--format", "json").stdout)
    assert check(area["period"], area["running"], "show by area")
    assert "15/05/2026" in ok(example, *asked, "--by", "area").stdout
    ok(example, "export", tmp_path / "out")
    with (tmp_path / "out" / "measurements.ndjson").open(encoding="utf-8") as lines:
        assert any(checked(_pairs(map(json.loads, lines)), "ndjson"))
    table = pq.read_table(tmp_path / "out" / "measurements.parquet")
    assert any(checked(_pairs(table.to_pylist()), "export"))


def _pairs(told: Iterable[dict[str, Any]]) -> Iterator[tuple[str, object]]:
    return ((one["period"], one["running"]) for one in told)


# --- pages -------------------------------------------------------------------------------------

_FIGURE = re.compile(r"<(data|a)\b([^>]*data-period=\"([^\"]+)\"[^>]*)>(?:(?!</data>).)*</\1>(.{0,40})", re.S)


@pytest.mark.parametrize(("role", "start"), [(None, "/"), ("leader", "/toi/?agency=tinh-ab")])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_marks_it(log_in: LogIn, role: str | None, start: str, language: str):
    client = log_in(role) if role else Client()
    client.cookies["kieng_language"] = language
    seen = 0
    for at, _ in Crawl(str(role), client, language, start, 4).pages():
        for tag, marks, period, after in _FIGURE.findall(client.get(at, follow=True).content.decode()):
            if 'data-as-of="' in marks:
                continue
            running = check(period, f'data-running="{CUT_OFF}"' in marks, at)
            seen += running
            if tag == "data":
                assert ('<span class="running"' in after) == running, f"{at}: {after}"
    assert seen > 10


def test_the_newest_figure_is_of_a_period_that_is_over():
    state = door.state()
    for agency in ("tinh-ab", "xa-4"):
        found = newest(now(state, SHARE), agency)
        assert found is not None
        assert str(found.period) == "2026-04"
    assert "tháng 5" not in Client().get("/").content.decode()


# --- pictures ----------------------------------------------------------------------------------

TWO = (Decimal(80), Decimal(90))


def _say(value: Decimal) -> str:
    return str(value)


def spark_marks() -> bool:
    made = spark([Dot(TWO[0]), Dot(TWO[1]), Dot(Decimal(20), running=True)], None, "t", "f", mark="")
    end = re.findall(r'<circle class="spark-dot"[^>]* r="3"', made)
    return 'class="running"' in made and len(end) == 1


def bullet_marks() -> bool:
    made = bullet(TWO[0], TWO[1], None, "late", "t", "f", True, mark="")
    return 'class="bullet-bar running"' in made and 'fill="none"' in made


def way_marks() -> bool:
    steps = [Step("1", *TWO, None), Step("2", *TWO, None), Step("3", *TWO, None, "", True, True)]
    both = way(steps, "t", "f", _say, mark="").count('class="running"') == 4  # each a line and a dot
    steps[0] = Step("1", *TWO, None, "", was_apart=True)  # of a part of its period, first of its line
    return both and way(steps, "t", "f", _say, mark="").count('class="running"') == 5


def series_marks() -> bool:
    points = (
        Point(date(2026, 3, 31), "2026-03", TWO[0]),
        Point(date(2026, 4, 30), "2026-04", TWO[1]),
        Point(CUT_OFF, "2026-05", Decimal(20), running=True),
    )
    name = Name("x", "x")
    told = Series(name, name, (Line(name, Kind.AS_WAS, points),), (), (), name, NO_MARK)
    lines = [layer for layer in spec(told, "vi")["layer"] if layer["mark"]["type"] == "line"]
    ends = [[row["period"] for row in layer["data"]["values"]] for layer in lines]
    said = " ".join(one.vi for one in legend_words(told))
    return ends == [["2026-03", "2026-04"], ["2026-04", "2026-05"]] and "đo ngày 15/05/2026" in said


def funnel_marks() -> bool:
    state = door.state()
    source, indicator = now(state, SHARE), state.definitions.indicators[SHARE]
    found = family(source, indicator, "commune", Period.parse("2026-05"), AS_WAS)
    assert found is not None
    made = ground(found, _say, lambda name: name.vi, running=True)
    return made.count("<circle") == made.count('class="running"') > 0


def control_leaves_it_out() -> bool:
    """A control chart has no place for what is not over: signals would be made of missing days."""
    state = door.state()
    running = state.lookup(SHARE, "tinh-ab", Period.parse("2026-05"))
    found = chart_of(state, running)
    assert running is not None
    assert found is not None
    return running.running and not any(runs(str(one.period)) for one in found.points)


PICTURES = {
    "spark": spark_marks,
    "bullet": bullet_marks,
    "way": way_marks,
    "series": series_marks,
    "funnel": funnel_marks,
    "control": control_leaves_it_out,
}
_TOOLS = {"frame", "svg"}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_every_picture_marks_it(name: str):
    assert {one.name for one in pkgutil.iter_modules(pictures.__path__)} - _TOOLS == set(PICTURES)
    assert PICTURES[name](), name


def test_the_map_marks_it():
    running = Client().get(f"/ban-do/?indicator={SHARE}&period=2026-05").content.decode()
    over = Client().get(f"/ban-do/?indicator={SHARE}&period=2026-04").content.decode()
    assert 'id="ban-do-hinh" class="running"' in running
    assert "Kỳ chưa đủ số liệu, đo ngày 15/05/2026" in running
    assert 'class="running"' not in over
    assert "đo ngày 15/05/2026" not in over
