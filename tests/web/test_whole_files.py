"""A file is of one state from its first byte to its last, and kept within bounds."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.helpers.copies import copied

from kieng.records.batch import Origin
from kieng.web import door, limits
from kieng.web.opendata import views, whole
from kieng.web.opendata.published import _lists as lists
from kieng.workspace.folder import Workspace

pytestmark = pytest.mark.django_db
_SOME = ["stations-published", "work-files-online", "fibre-households"]
_HEADER = "MaHoSo,CoQuan,HanXuLy,DienTuMoiKhau,Mat,KySo,SoVanBan,NgayMo,NgayDong\n"


@pytest.fixture
def own_copy(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The example once more, to measure anew; the file of all indicators has three of them."""
    root = tmp_path / "binh-dinh"
    copied(example, root)
    shutil.rmtree(root / ".kieng" / "files", ignore_errors=True)
    settings.WORKSPACE = root
    door.forget()
    lists.clear()  # of the example, whose state has the same version: nothing would be read
    named = views._named
    monkeypatch.setattr(views, "_named", lambda state, n: _SOME if n == views.ALL else named(state, n))
    yield Workspace(root)
    settings.WORKSPACE = example
    door.forget()


def measure_anew(workspace: Workspace) -> None:
    file = workspace.root / "more.csv"
    file.write_text(
        _HEADER + "".join(f"m-{n},21583,2026-09-20,0,0,1,4,2026-09-01,2026-09-11\n" for n in range(9))
    )
    workspace.take("work_file", [file], "work-file", origin=Origin.SYNTHETIC, by="test")
    workspace.measure()


def ask(form: str, **headers: str) -> object:
    limits.buckets().forget()
    return Client().get(f"/du-lieu/tai/tat-ca.{form}", headers=headers)


def versions(content: bytes) -> set[str]:
    return {row["version"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))}


def test_measuring_while_a_file_is_made_and_while_it_goes_out(own_copy, monkeypatch):
    before = door.state().version
    made, published = [], views.published

    def interrupted(state, question):
        made.append(state.version)
        if len(made) == 2:
            measure_anew(own_copy)
        return published(state, question)

    monkeypatch.setattr(views, "published", interrupted)
    answer = ask("csv")
    after = door.state().version
    assert made[:2] == [before] * 2
    assert before != after
    assert made[-3:] == [after] * 3  # from its first indicator on, whatever had been made before
    pieces = iter(answer.streaming_content)
    content = next(pieces)
    measure_anew(own_copy)
    content += b"".join(pieces)
    assert len(content) == int(answer["Content-Length"])
    assert versions(content) == {after}
    assert {row["indicator"] for row in csv.DictReader(io.StringIO(content.decode()))} == set(_SOME)
    folder = own_copy.root / ".kieng" / "files"
    assert not list(folder.glob("unfinished-*"))


def test_all_indicators_are_in_one_file(own_copy, example):
    content = b"".join(ask("csv").streaming_content).decode()
    alone = [Client().get(f"/du-lieu/tai/{one}.csv").streaming_content for one in _SOME]
    lines = [b"".join(each).decode().splitlines() for each in alone]
    assert content.splitlines() == [lines[0][0], *(line for each in lines for line in each[1:])]


def test_all_are_those_of_the_text(example):
    state = door.state()
    assert views._named(state, views.ALL) == sorted(state.definitions.indicators)


def test_a_file_is_made_once_for_a_state(own_copy, monkeypatch):
    first = b"".join(ask("csv").streaming_content)

    def never(*told):
        raise AssertionError("made twice")

    monkeypatch.setattr(views, "published", never)
    assert b"".join(ask("csv").streaming_content) == first


def test_what_fails_while_it_is_made_leaves_nothing(own_copy):
    def fails():
        yield b"begun"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        whole.whole("a", fails)
    assert whole.kept("a") is None
    assert [one.name for one in (own_copy.root / ".kieng" / "files").iterdir()] == ["lock"]


def test_the_folder_keeps_within_its_bound(own_copy, monkeypatch):
    monkeypatch.setattr(whole, "MOST_BYTES", 250)
    files = [whole.whole(str(n), lambda: [b"x" * 100]) for n in range(5)]
    for file in files:
        with file:
            assert file.read() == b"x" * 100  # dropped or not, who has it reads it whole
    assert [whole.kept(str(n)) is not None for n in range(3)] == [False] * 3
    assert sum(one.stat().st_size for one in (own_copy.root / ".kieng" / "files").iterdir()) <= 250


def test_who_waits_too_long_for_the_turn_is_told(own_copy, monkeypatch):
    monkeypatch.setattr(whole, "_PATIENCE", 0.1)
    with whole._turn():
        answer = ask("csv")
    assert (answer.status_code, answer.json()["type"]) == (503, "/du-lieu/#loi-busy")
    assert int(answer["Retry-After"]) > 0


def test_the_head_alone_makes_nothing(own_copy, monkeypatch):
    limits.buckets().forget()
    monkeypatch.setattr(views, "whole", None)
    told = Client().head("/du-lieu/tai/tat-ca.csv", headers={"Accept-Encoding": "gzip"})
    assert (told.status_code, told["Content-Encoding"]) == (200, "gzip")
    assert "Content-Length" not in told.headers


def test_a_file_that_nobody_took_yet_is_packed_at_once(own_copy, monkeypatch):
    limits.buckets().forget()
    monkeypatch.setattr(whole, "_PATIENCE", 0.5)  # whoever waits for himself is told so soon
    answer = Client().get("/du-lieu/tai/outages.csv?map=today&for=bom", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    packed = gzip.decompress(b"".join(answer.streaming_content))
    plain = Client().get("/du-lieu/tai/outages.csv?map=today&for=bom")
    assert packed == b"".join(plain.streaming_content)
