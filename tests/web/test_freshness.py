"""New figures are seen at once, no page mixes two states, and what is kept for one is not another's."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from tests.helpers.copies import copied
from tests.web.conftest import LogIn

from kieng.plan.period import Period
from kieng.records.batch import Origin
from kieng.web import door
from kieng.workspace.folder import Workspace

pytestmark = pytest.mark.django_db

INDICATOR = "work-files-online"
WARD = "quy-nhon-21583-2025"
#: What every page says of the state it was made from.
_VERSION = re.compile(r'<abbr title="[^"]+">([0-9a-f]{12})</abbr>')


@pytest.fixture(scope="module")
def copy(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The example once more, for these tests to load into."""
    root = tmp_path_factory.mktemp("copy") / "binh-dinh"
    copied(example, root)
    return Workspace(root)


@pytest.fixture
def own_copy(copy: Workspace, example: Path) -> Iterator[Workspace]:
    """The pages are served over it for as long as a test lasts."""
    settings.WORKSPACE = copy.root
    door.forget()
    yield copy
    settings.WORKSPACE = example
    door.forget()


def version_of(page: bytes) -> str:
    found = _VERSION.search(page.decode())
    assert found, page[:400]
    return found.group(1)


#: Two pages that show the same figure: what is loaded here changes both.
PLAN, ONE = "/", f"/chi-so/{INDICATOR}/?agency={WARD}"
_HEADER = "MaHoSo,CoQuan,HanXuLy,DienTuMoiKhau,Mat,KySo,SoVanBan,NgayMo,NgayDong\n"


def load(workspace: Workspace, name: str) -> None:
    """Work files of the ward, closed in the newest month that is measured, none of them online."""
    rows = [f"{name}-{n},21583,2026-09-20,0,0,1,4,2026-09-01,2026-09-1{n % 10}\n" for n in range(40)]
    file = workspace.root / f"{name}.csv"
    file.write_text(_HEADER + "".join(rows))
    loaded = workspace.take("work_file", [file], "work-file", origin=Origin.SYNTHETIC, by="test")
    assert loaded.receipt is not None
    assert loaded.receipt.accepted == len(rows)


def page_of(path: str, language: str = "vi") -> HttpResponse:
    client = Client()
    client.cookies["kieng_language"] = language
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer


def settled() -> dict[tuple[str, str], bytes]:
    """Both pages of the state there is now, by the state's version and the path."""
    time.sleep(2 * door.FRESH)
    pages = {path: page_of(path).content for path in (PLAN, ONE)}
    (version,) = {version_of(content) for content in pages.values()}
    return {(version, path): content for path, content in pages.items()}


class Reader(threading.Thread):
    """Reads the pages over and over; keeps every answer with the moment it came."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[float, str, bytes]] = []
        self.fault: BaseException | None = None
        self.done = threading.Event()

    def run(self) -> None:
        try:
            while not self.done.is_set():
                for path in (PLAN, ONE):
                    asked = time.monotonic()
                    self.read.append((asked, path, page_of(path).content))
        except BaseException as fault:  # noqa: BLE001 told by the test
            self.fault = fault


@pytest.mark.parametrize("news", [("first",), pytest.param(("second", "third"), marks=pytest.mark.heavy)])
def test_no_page_mixes_two_states_and_a_new_one_shows_within_a_second(
    own_copy: Workspace, news: tuple[str, ...]
) -> None:
    known, ended, reader = settled(), list[float](), Reader()
    reader.start()
    for name in news:
        load(own_copy, name)
        own_copy.measure()
        ended.append(time.monotonic())
        known |= settled()
        time.sleep(1)
    reader.done.set()
    reader.join()
    assert reader.fault is None
    states = list(dict.fromkeys(version for version, _ in known))
    assert len(states) == len({content for (_, path), content in known.items() if path == ONE})
    assert len(states) == len(news) + 1
    # Byte for byte the page of one state: whatever it says, it says of that state alone.
    mixed = [path for _, path, content in reader.read if known.get((version_of(content), path)) != content]
    assert mixed == []
    for moment, path, content in reader.read:
        seen = sum(moment > end + 1 for end in ended)
        assert states.index(version_of(content)) >= seen, (path, moment - ended[seen - 1])
    assert {version_of(content) for _, _, content in reader.read} == set(states)


def test_what_is_read_while_the_state_moves_is_made_again(own_copy: Workspace) -> None:
    settled()
    old, period = door.state(), Period.parse("2026-09")
    load(own_copy, "moving")
    own_copy.measure()
    with pytest.raises(door.StateMoved):
        old.of_period(INDICATOR, period)
    answer = page_of(f"/chi-so/{INDICATOR}/?agency=gia-lai")  # within FRESH the old state is still known
    assert version_of(answer.content) != old.version


def test_an_etag_holds_until_the_figures_change(own_copy: Workspace) -> None:
    settled()
    first = page_of(ONE)
    again = Client().get(ONE, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    load(own_copy, "fourth")
    own_copy.measure()
    time.sleep(2 * door.FRESH)
    after = Client().get(ONE, headers={"If-None-Match": first["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != first["ETag"]
    assert after.content != first.content


# --- one visitor's language or session is never served to another -----------------------------

EVERYBODYS = [
    "/",
    ONE,
    "/co-quan/",
    f"/co-quan/{WARD}/",
    "/phien-ban/",
    "/tro-giup/",
    "/ban-do/",
    "/du-lieu/",
]


@pytest.mark.parametrize("path", EVERYBODYS)
def test_each_reader_gets_their_language_and_no_token(path: str) -> None:
    for language in ("en", "vi", "en", "vi"):
        answer = page_of(path, language)
        assert f'<html lang="{language}">'.encode() in answer.content
        assert answer["Content-Language"] == language
        assert not answer.cookies
        assert b"csrfmiddlewaretoken" not in answer.content
        assert "Cookie" in answer["Vary"]
    assert page_of(path, "en")["ETag"] != page_of(path, "vi")["ETag"]


@pytest.mark.parametrize("path", EVERYBODYS)
def test_a_page_of_somebody_is_not_kept_for_strangers(path: str, log_in: LogIn) -> None:
    address = f"{path}{'&' if '?' in path else '?'}q=never-asked-before"
    head = log_in("head", WARD).get(address)
    assert b"/tai-khoan/logout/" in head.content
    assert "ETag" not in head or head.get("Cache-Control", "").startswith("private")
    stranger = page_of(address)
    assert b"/tai-khoan/logout/" not in stranger.content
    other = log_in().get(address)
    assert b"/toi/" not in other.content
    assert b"/tai-khoan/logout/" in other.content


def test_a_page_of_somebody_may_be_kept_by_nobody_else(log_in: LogIn) -> None:
    client = log_in("head", WARD)
    for path in ("/", "/toi/", f"/toi/chi-so/{INDICATOR}/{WARD}/"):
        answer = client.get(path)
        assert "public" not in answer.get("Cache-Control", "")
        assert "Cookie" in answer["Vary"]
