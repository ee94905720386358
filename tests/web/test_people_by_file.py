"""People by file: whatever an office writes is understood or named, all at once, and done whole or not."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from tests.helpers.people import HEADINGS, Cell, csv_of, person, xlsx_of
from tests.helpers.workspace import write_workspace

from kieng.plan.definitions import Definitions
from kieng.problem_words import in_vietnamese
from kieng.problems import Problem, UserError
from kieng.web.accounts import actions as accounts
from kieng.web.accounts import reads
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit import reads as trail
from kieng.web.audit.models import Event
from kieng.web.people import actions
from kieng.web.people.changes import Changes, Kind
from kieng.workspace.folder import Workspace

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Definitions:
    """Two provinces that merged on 1/7/2025: xa-1 and xa-2 became xa-12; xa-3 lives on."""
    return Workspace(write_workspace(tmp_path_factory.mktemp("people"))).definitions


@pytest.fixture
def send(definitions: Definitions, tmp_path: Path) -> Callable[..., Changes]:
    """Load rows, or a whole file; UserError with all that is wrong."""

    def load(rows: Sequence[Sequence[Cell]] | bytes | Path, headings: Sequence[str] = HEADINGS) -> Changes:
        path = rows if isinstance(rows, Path) else tmp_path / "ds.csv"
        if not isinstance(rows, Path):
            path.write_bytes(rows if isinstance(rows, bytes) else csv_of(rows, headings))
        sheet = actions.read(path, path.name)
        return actions.load(sheet=sheet, definitions=definitions, today=TODAY, by=None, why="QĐ 12/QĐ-UBND")

    return load


def faults(send: Callable[..., Changes], *rows: Sequence[Cell] | bytes) -> list[tuple[str, int]]:
    """The codes and lines that sending these is refused for; nothing is written then."""
    before = (User.objects.count(), Post.objects.count(), Event.objects.count())
    with pytest.raises(UserError) as refused:
        send(rows[0] if isinstance(rows[0], bytes) else list(rows))
    assert (User.objects.count(), Post.objects.count(), Event.objects.count()) == before
    assert_worded(refused.value.problems)
    return [(one.code, one.place.line) for one in refused.value.problems]


def assert_worded(problems: Sequence[Problem]) -> None:
    for one in problems:
        said = in_vietnamese(one)
        assert said is not None, one
        assert all(text.endswith(".") for text in (one.why, one.remedy, *said)), one
        assert said != (one.why, one.remedy)


def kinds(changes: Changes) -> list[Kind]:
    return [one.kind for one in changes.changes]


def test_five_hundred_people_come_in_by_file_and_seven_faults_are_named(send, tmp_path):
    agencies = ("xa-12", "Xã Ba", "xa ba", "SỞ KH&CN", "Tỉnh AB", "21550")
    rows = [person(n, agencies[n % 6]) for n in range(2, 502)]
    good = csv_of(rows)
    rows[10][3] = "Xã Không Có"  # 1 unknown agency
    rows[20][3] = "Xã Một"  # 2 an agency that had ended
    rows[30][4] = rows[29][4]  # 3 a doubled e-mail
    rows[40][5] = rows[46][5] = "Người đứng đầu"  # 4 two heads at once
    rows[50][7] = "01/01/2025"  # 5 ends before it begins
    rows[60][5] = "Trưởng thôn"  # 6 unknown role
    rows[70][4] = "nguoi.thu72(a)example.vn"  # 7 no e-mail address
    began = time.monotonic()
    found = faults(send, csv_of(rows))
    assert found == [
        ("unknown-agency", 12),
        ("agency-not-on-day", 22),
        ("doubled-email", 32),
        ("two-heads-at-once", 48),
        ("post-ends-before-it-begins", 52),
        ("unknown-role", 62),
        ("malformed-email", 72),
    ]
    assert kinds(send(good)) == [Kind.NEW_PERSON] * 500
    took = time.monotonic() - began
    print(f"500 people refused, then taken: {took:.1f} s")  # noqa: T201
    assert took < 20
    assert (User.objects.count(), Post.objects.count()) == (500, 500)
    assert not any(one.has_usable_password() for one in User.objects.all())
    assert Event.objects.filter(kind="post_given", why="QĐ 12/QĐ-UBND").count() == 500
    assert trail.verify().faults == ()
    events = Event.objects.count()
    assert set(kinds(send(good))) == {Kind.UNCHANGED}, "the same file twice changes nothing"
    assert Event.objects.count() == events


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "written",
    [
        "Xã Mười Hai",
        "XÃ  MƯỜI HAI ",
        "xa muoi hai",
        "UBND xã Mười Hai",
        "Ủy ban nhân dân xã Mười Hai",
        "xa-12",
        "21550",
        "Commune 12",
    ],
)
def test_an_agency_is_found_however_an_office_writes_it(send, written, form):
    send([[unicodedata.normalize(form, str(cell)) for cell in person(1, written)]])
    assert Post.objects.get().agency == "xa-12"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_sheet_is_read_in_any_of_excels_ways(send, delimiter, encoding):
    send(csv_of([person(1, "xa-12")], delimiter=delimiter).decode().encode(encoding))
    assert User.objects.get().shown_as == "Người Thử 1"


def test_a_workbook_with_titles_column_numbers_and_days_is_read(send, tmp_path):
    numbers = [f"({n})" for n in range(1, 9)]
    one = person(1, "Xã Ba", "Người đứng đầu", date(2025, 7, 1), date(2026, 6, 30))
    titles = ("UBND TỈNH AB", "DANH SÁCH NHÂN SỰ (THỬ)")
    send(xlsx_of(tmp_path / "ds.xlsx", [numbers, one, ["", *[None] * 7]], titles))
    post = Post.objects.get()
    assert (post.valid_from, post.valid_to) == (date(2025, 7, 1), date(2026, 7, 1)), "the last day is in it"
    assert (post.said.vi, post.role) == ("Công chức (thử)", Role.HEAD)


def test_english_headings_and_until_are_understood(send):
    headings = ("Name", "E-mail", "Agency", "Role", "From", "Until (not including)", "Phone")
    rows = [["Nguoi Thu", "a@example.vn", "xa-3", "Head", "2025-07-01", "2026-07-01", "0900"]]
    send(rows, headings)
    assert Post.objects.get().valid_to == date(2026, 7, 1)


def test_who_is_promoted_moved_or_leaves_is_told_apart(send):
    send([person(1, "xa-3"), person(2, "xa-3", "Người đứng đầu"), person(3, "xa-12")])
    told = send(
        [
            person(2, "xa-3", "Người đứng đầu", "01/07/2025", "28/02/2026"),  # leaves
            person(1, "xa-3", "Người đứng đầu", "01/03/2026"),  # is promoted
            person(3, "xa-3", first="01/03/2026"),  # works in a second agency too
            person(4, "xa-12", first="01/03/2026"),
        ]
    )
    assert kinds(told) == [Kind.ENDED, Kind.CHANGED, Kind.NEW_POST, Kind.NEW_PERSON]
    assert [one.user.shown_as for one in reads.holders("xa-3", date(2026, 2, 28))] == ["Người Thử 2"]
    assert [one.user.shown_as for one in reads.holders("xa-3", date(2026, 3, 1))] == ["Người Thử 1"]
    assert reads.person(User.objects.get(username="nguoi.thu1@example.vn"), TODAY).roles == {Role.HEAD}
    assert {
        one.agency for one in reads.person(User.objects.get(username="nguoi.thu3@example.vn"), TODAY).posts
    } == {"xa-3", "xa-12"}
    told = send([person(4, "xa-12", first="01/03/2026", last="31/12/2026")])
    assert kinds(told) == [Kind.ENDED]
    assert kinds(send([person(4, "xa-12", first="01/03/2026", last="31/12/2027")])) == [Kind.CHANGED]
    assert Event.objects.filter(kind="post_changed").count() == 1


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([person(1, "xa-3", first="")], "empty-cell"),
        ([["1", "", "", "xa-3", "a@example.vn", "Cán bộ", "01/07/2025", ""]], "empty-cell"),
        ([person(1, "")], "empty-cell"),
        ([person(1, "xa-3", first="31/02/2026")], "unreadable-day"),
        ([person(1, "xa-3", first="46082")], "unreadable-day"),
        ([person(1, "xa-3", first="1/3/26")], "unreadable-day"),
        ([person(1, "xa-3", first="3/13/2026")], "day-turned-round"),
        ([person(1, "xa-3"), person(1, "xa-3")], "overlapping-posts"),
        ([person(1, "xa-3"), person(1, "xa-3", "Người đứng đầu", "01/01/2026")], "overlapping-posts"),
        ([person(1, "xa-1", first="01/01/2024")], "post-outlives-agency"),
        ([person(1, "xa-3", "Quyền người đứng đầu")], "acting-without-end"),
        ([person(1, "", "Quản trị")], "role-not-by-file"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_nothing_is_written(send, rows, found):
    assert [code for code, _ in faults(send, *rows)] == [found]


def test_days_that_excel_turned_round_are_named_not_guessed(send, tmp_path):
    rows = [person(1, "xa-3", first="13/03/2026"), person(2, "xa-3", first=date(2026, 5, 3))]
    path = xlsx_of(tmp_path / "ds.xlsx", rows)
    with pytest.raises(UserError) as refused:
        send(path)
    assert [(one.code, one.place.line, one.value) for one in refused.value.problems] == [
        ("day-turned-round", 3, "03/05/2026")
    ]


def test_what_stands_already_is_weighed_too(send):
    send([person(1, "xa-3", "Người đứng đầu"), person(2, "xa-12")])
    assert faults(send, person(5, "xa-3", "Người đứng đầu", "01/01/2026")) == [("two-heads-at-once", 2)]
    assert faults(send, person(2, "xa-12", first="01/08/2025")) == [("overlapping-posts", 2)]
    other = person(6, "xa-3")
    other[4] = "Nguoi.Thu1@example.vn"
    assert faults(send, other) == [("email-of-another", 2)]
    accounts.disable(user=User.objects.get(username="nguoi.thu2@example.vn"), by=None, why="thử")
    assert faults(send, person(2, "xa-3", first="01/03/2026")) == [("account-disabled", 2)]


def test_who_has_an_account_without_an_address_is_known_by_the_user_name(send):
    user = accounts.create_person(username="thu.cu", shown_as="NGƯỜI THỬ 1", by=None, why="thử")
    send([[*person(1, "xa-3"), "thu.cu"]], (*HEADINGS, "Tên đăng nhập"))
    user.refresh_from_db()
    assert (user.email, user.posts.get().agency) == ("nguoi.thu1@example.vn", "xa-3")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"a,b\n1,2\n", "people-no-headings"),
        ("Họ và tên,Thư điện tử,Cơ quan,Vai trò,Từ ngày\n".encode(), "empty-file"),
        ("Họ và tên,Thư điện tử,Cơ quan\na,a@b.vn,xa-3\n".encode(), "missing-column"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old-workbook"),
        (b"PK\x03\x04" + b"x" * 600, "broken-xlsx"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" * 200, "wrong-encoding"),
        ("Họ và tên,Thư điện tử,Vai trò,Từ ngày\n".encode() + b"x,y,z,t\n" * 200_000, "people-too-large"),
        (csv_of([person(n, "xa-3") for n in range(2_001)]), "people-too-large"),
        ("Họ và tên".encode("windows-1258", "replace") + b",Email,Vai tr\xf2,T\xeb\n" * 9, "wrong-encoding"),
    ],
)
def test_what_is_no_sheet_of_people_is_refused_in_words(send, content, code):
    with pytest.raises(UserError) as refused:
        send(content)
    assert {one.code for one in refused.value.problems} == {code}
    assert_worded(refused.value.problems)


def test_what_was_looked_at_is_what_is_done(definitions, send, tmp_path):
    path = tmp_path / "ds.csv"
    path.write_bytes(csv_of([person(1, "xa-3")]))
    sheet = actions.read(path, "ds.csv")
    seen = actions.look(sheet, definitions, TODAY).fingerprint
    asked = {"sheet": sheet, "definitions": definitions, "today": TODAY, "by": None, "why": "thử"}
    accounts.create_person(username="nguoi.thu1@example.vn", shown_as="Người Thử 1", by=None, why="khác")
    with pytest.raises(actions.Moved) as moved:
        actions.load(**asked, looked_at=seen)
    assert Post.objects.count() == 0
    actions.load(**asked, looked_at=moved.value.changes.fingerprint)
    assert Post.objects.count() == 1


def test_a_fault_in_the_middle_leaves_nothing(send, monkeypatch):
    given = accounts.give_post

    def breaks(**asked: object) -> Post:
        if Post.objects.count() == 3:
            raise OSError("the disk is full")
        return given(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(accounts, "give_post", breaks)
    with pytest.raises(OSError, match="full"):
        send([person(n, "xa-3") for n in range(1, 9)])
    assert (User.objects.count(), Post.objects.count(), Event.objects.count()) == (0, 0, 0)
