"""One target has one standing, wherever somebody asks: pages, commands, files and calls are compared, for
every target of the example and of two plans that nobody has seen."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.helpers.workspace import files_csv, load_files, ok, replace_in, run, write_workspace
from tests.web.conftest import served

from kieng.judgement.standing import Standing
from kieng.web import door
from kieng.web.cockpit import reads as cockpit
from kieng.web.cockpit.detail import Asked as AskedDetail
from kieng.web.cockpit.detail import detail
from kieng.web.public.agencies import agency_page
from kieng.web.public.reads import plan_at_a_glance
from kieng.workspace.folder import Workspace

Key = tuple[str, str]  # target, agency that answers
_WORD = re.compile(r'<span class="standing ?([a-z_]*)">')


def with_a_short_lived_commune(root: Path) -> None:
    """A commune that opened while the plan ran, promised something of its own, and merged with others."""
    write_workspace(root)
    row = "xa-12,2025-07-01,"
    opened = "xa-4,2024-01-01,2025-07-01,Xã Bốn,Commune 4,commune,huyen-a,21556\n"
    replace_in(root / "agencies/agencies.csv", row, opened + row)
    moved = "{from: xa-2, to: xa-12}"
    communes = root / "agencies/reorganisations/2025-07-01-communes.yaml"
    replace_in(communes, moved, f"{moved}, {{from: xa-4, to: xa-12}}")
    target = "        - {level: commune, by: 2025-12-31, at_least: 60}\n"
    own = "        - {agency: xa-4, by: 2025-12-31, at_least: 50}\n"
    replace_in(root / "plans/ke-hoach.yaml", target, target + own)


def two_provinces(root: Path) -> Path:
    """Two provinces that merge on 1/7/2025, and communes with them: half of the year each."""
    with_a_short_lived_commune(root)
    rows = [f"a{n},21550,2025-01-02,2025-03-05,{int(n < 8)},0," for n in range(10)]
    rows += [f"b{n},21553,2025-01-02,2025-04-05,{int(n < 5)},0," for n in range(6)]
    rows += [f"c{n},23560,2025-01-02,2025-05-05,{int(n < 2)},0," for n in range(9)]
    rows += [f"d{n},21550,2025-07-02,2025-09-05,{int(n < 12)},0," for n in range(12)]
    rows += [f"f{n},21556,2025-01-02,2025-05-05,{int(n < 3)},0," for n in range(4)]
    rows += [f"e{n},23560,2025-07-02,2025-10-05,{int(n < 7)},0," for n in range(8)]
    load_files(root, files_csv(root / "files.csv", rows), "--origin", "synthetic")
    ok(root, "measure")
    return root


@pytest.fixture(scope="session")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_provinces(tmp_path_factory.mktemp("provinces"))


@pytest.fixture(params=["example", "provinces", "ministry"])
def root(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A workspace, and the pages over it."""
    root: Path = request.getfixturevalue(request.param)
    with served(root):
        yield root


def told_by_command(root: Path) -> dict[Key, str]:
    return {key_of(one): one["standing"] for one in by_command(root)}


def by_command(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ok(root, "show", "--targets", "--format", "json").stdout)
    return found


def key_of(one: dict[str, Any]) -> Key:
    return one["target"], one["agency"]


def by_api() -> list[dict[str, Any]]:
    page = Client().get("/api/v1/standings", {"limit": 1000}).json()
    items: list[dict[str, Any]] = page["items"]
    while page["next"]:
        page = Client().get(page["next"]).json()
        items += page["items"]
    return items


def some_of(agencies: Iterable[str], count: int = 25) -> list[str]:
    """Agencies from all over the tree: their order is that of the text, level by level."""
    every = list(agencies)
    return every[:: max(1, len(every) // count)]


def test_every_target_stands_alike_wherever_it_is_asked(root: Path) -> None:
    expected = told_by_command(root)
    plans = Workspace(root).definitions.plans.values()
    assert {target for target, _ in expected} == {one.id for plan in plans for one in plan.targets}
    lines = list(csv.DictReader(io.StringIO(ok(root, "show", "--targets", "--format", "csv").stdout)))
    assert {(one["target"], one["agency"]): one["standing"] for one in lines} == expected

    api = by_api()
    hidden = {key_of(one) for one in api if one["hidden"]}
    public = {key: None if key in hidden else standing for key, standing in expected.items()}
    assert {key_of(one): one["standing"] for one in api} == public
    told = Client().get("/du-lieu/tai/muc-dat.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(told)))
    assert {(one["target"], one["agency"]): one["standing"] or None for one in rows} == public


def test_the_pages_of_the_public_say_the_same(root: Path) -> None:
    expected, state = told_by_command(root), door.state()
    hidden = {key_of(one) for one in by_api() if one["hidden"]}
    home = plan_at_a_glance(state)
    targets = [target for pillar in home.pillars for one in pillar.indicators for target in one.targets]
    for target in targets:
        mine = {key: standing for key, standing in expected.items() if key[0] == target.target.id}
        assert mine, f"{target.target.id}: nobody answers for it, and home would call that “unknown”"
        counted = sorted(standing for key, standing in mine.items() if key not in hidden)
        assert sorted(s.value for s, count in target.told.tally for _ in range(count)) == counted
        assert target.told.withheld == len(hidden & mine.keys())
    assert_pages_say(some_of(state.definitions.tree.agencies), expected, hidden)
    for agency in sorted({agency for _, agency in expected})[:5]:
        content = Client().get(f"/co-quan/{agency}/").content.decode()
        page = agency_page(state, agency, None)
        shown = [one.standing or "" for each in page.answered for one in each.targets]
        assert _WORD.findall(content) == shown
        for each in page.answered:
            content = Client().get(f"/chi-so/{each.indicator.id}/", {"agency": agency}).content.decode()
            assert _WORD.findall(content) == [one.standing or "" for one in each.targets]


def assert_pages_say(agencies: Iterable[str], expected: dict[Key, str], hidden: set[Key]) -> None:
    state = door.state()
    for agency in agencies:
        page = agency_page(state, agency, None)
        for one in (one for each in page.answered for one in each.targets):
            key = (one.line.target.id, one.line.agency)
            told = one.standing.value if one.standing else None
            assert told == (None if key in hidden else expected[key]), key


@pytest.mark.heavy
def test_the_page_of_every_agency_says_the_same(root: Path) -> None:
    hidden = {key_of(one) for one in by_api() if one["hidden"]}
    assert_pages_say(door.state().definitions.tree.agencies, told_by_command(root), hidden)


def test_the_cockpit_says_the_same(root: Path) -> None:
    expected, state = told_by_command(root), door.state()
    today = state.definitions.tree.on(state.today)
    met = set()
    for agency in today.level_of:
        for row in cockpit.board_of(state, agency).rows:
            key = (row.target.id, row.line.agency)
            assert expected[key] == row.standing.value
            met.add(key)
            if agency in state.definitions.tree.agencies and len(met) < 40:
                shown = detail(state, AskedDetail(row.indicator.id, agency, target=row.target.id))
                assert shown.row is not None
                assert shown.row.standing is row.standing
                if shown.judged is not None and shown.period == row.line.period:
                    assert shown.judged.value == (row.measurement.value if row.measurement else None)
    assert {key for key in expected if key[1] in today} == met


def test_a_figure_tells_every_target_that_is_judged_by_it(root: Path) -> None:
    """In the JSON of figures, by command and call: those and no others."""
    judged = [one for one in by_command(root) if one["measurement"]]
    for indicator in sorted({one["indicator"] for one in judged})[:3]:
        mine = [one for one in judged if one["indicator"] == indicator]
        for reading in ("as-was", "lineage", "lineage-shared"):
            asked = ("show", indicator, "--map", reading, "--format", "json")
            found = json.loads(ok(root, *asked).stdout)
            told = {(t["id"], t["agency"]): t["standing"] for one in found for t in one["targets"]}
            expected = {
                key_of(one): one["standing"] for one in mine if one["measurement"]["reading"] == reading
            }
            assert told == expected
            first = [one["targets"][0]["standing"] if one["targets"] else None for one in found]
            assert [one["standing"] for one in found] == first


def test_who_is_gone_says_what_its_heir_says(provinces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WORKSPACE", provinces)
    door.forget()
    state = door.state()

    def told(agency: str) -> set[tuple[str, str, Standing | None]]:
        page = agency_page(state, agency, None)
        return {(t.line.target.id, t.line.node, t.standing) for a in page.answered for t in a.targets}

    assert {one for one in told("tinh-ab") if one[1] == "tinh-a"} <= told("tinh-a")
    assert told("tinh-a")
    door.forget()


def test_the_year_is_whole(provinces: Path) -> None:
    """A: 16 of 20 before the merger and 12 of 12 after it, so 28 of 32 and not met; either half alone says
    something else (the commune that lives on counts its whole year where it stands at its end)."""
    found = {key_of(one): one for one in by_command(provinces)}
    one = found["kh-a/work-files-online/province/2025-12-31", "tinh-ab"]
    measurement = one["measurement"]
    assert (measurement["numerator"], measurement["denominator"]) == (28, 32)
    assert (one["lineage"], one["standing"]) == ("tinh-a", "missed")
    assert [(p["agency"], p["numerator"], p["denominator"]) for p in one["parts"]] == [
        ("tinh-a", 16, 20),
        ("tinh-ab", 21, 29),
    ]
    commune = found["kh-a/work-files-online/commune/2025-12-31", "xa-12"]["measurement"]
    assert (commune["numerator"], commune["denominator"]) == (28, 32)


def test_a_lineage_is_explained_and_made_again(provinces: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    asked = ("work-files-online", "--agency", "tinh-a", "--period", "2025", "--map", "lineage")
    told = ok(provinces, "explain", *asked, "--bundle", bundle).output
    assert "28 / 32" in told
    assert "xa-12" in told
    assert run(None, "recompute", bundle).exit_code == 0
