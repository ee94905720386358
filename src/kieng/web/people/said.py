"""What each row of a sheet says, checked by itself and against the agencies: who, which post, from when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kieng.judgement.phrases import both
from kieng.judgement.phrases import day as day_said
from kieng.problems import Place, Problem, near_name
from kieng.records.faults import Fault, RowFault
from kieng.web.accounts.models import ROLE_NAMES, Role
from kieng.web.people.agencies import UNKNOWN, Agencies
from kieng.web.people.columns import Column, plain
from kieng.web.people.days import days_of
from kieng.web.people.sheet import Row, Sheet
from kieng.web.people.worded import worded
from kieng.words import Name

_DAY = timedelta(days=1)
_USERNAME = UnicodeUsernameValidator()
_ROLE_WORDS = {
    plain(word): role for role, name in ROLE_NAMES.items() for word in (name.vi, name.en, role)
} | {
    "thu truong": Role.HEAD,
    "chuyen vien": Role.OFFICER,
    "cong chuc": Role.OFFICER,
    "co quan thuong truc chuyen doi so": Role.OFFICE,
}
_YES = frozenset(("x", "co", "yes", "true", "1", "quyen"))
_NO = frozenset(("", "khong", "no", "false", "0"))
#: Whoever may let people in is let in one by one: in a long sheet nobody sees the one row too many.
_NOT_BY_FILE = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class Wanted:
    """A post that a row states, from ``first`` until (not including) ``until``. ``agency`` is an id."""

    line: int
    name: str
    email: str
    username: str
    role: Role
    agency: str
    acting: bool
    title: str
    first: date
    until: date | None
    why: str

    @property
    def key(self) -> tuple[str, Role, str, bool, date]:
        return self.email, self.role, self.agency, self.acting, self.first

    def meets(self, first: date, until: date | None) -> bool:
        """Whether some day belongs to both this post and the days from ``first`` until ``until``."""
        return (until is None or self.first < until) and (self.until is None or first < self.until)


def said_by(sheet: Sheet, agencies: Agencies, today: date) -> tuple[list[Wanted], list[Problem]]:
    """Every row that says something sound, and what is wrong with the others and among them."""
    firsts, wrong_firsts = days_of(sheet, Column.FIRST)
    lasts, wrong_lasts = days_of(sheet, Column.LAST)
    untils, wrong_untils = days_of(sheet, Column.UNTIL)
    reader = _Reader(sheet, agencies, today)
    reader.problems += [*wrong_firsts, *wrong_lasts, *wrong_untils]
    reader.doubtful = {one.place for one in reader.problems}
    found = []
    for row, first, last, until in zip(sheet.rows, firsts, lasts, untils, strict=True):
        wanted = reader.read(row, first, until or (last + _DAY if last else None))
        if wanted is not None:
            found.append(wanted)
    reader.problems += _shared_addresses(sheet)
    return found, reader.problems


class _Reader:
    def __init__(self, sheet: Sheet, agencies: Agencies, today: date) -> None:
        self._sheet, self._agencies, self._today = sheet, agencies, today
        self.problems: list[Problem] = []
        self.doubtful: set[Place] = set()

    def read(self, row: Row, first: date | None, until: date | None) -> Wanted | None:
        before = len(self.problems)
        name, email, username = self._person(row)
        role, acting = self._role(row)
        agency = self._agency(row, role, first)
        if first is None and not row.cells.get(Column.FIRST):
            self._empty(row, Column.FIRST)
        if first is not None and until is not None and until <= first:
            self._backwards(row, first, until)
        elif first is not None and agency:
            self._outlives(row, agency, until)
        if acting and until is None and self._sheet.place(row.line, Column.LAST) not in self.doubtful:
            self._acts_for_ever(row)
        if len(self.problems) > before or role is None or first is None or self._in_doubt(row):
            return None
        told = (row.text(Column.TITLE)[:200], first, until, row.text(Column.WHY))
        return Wanted(row.line, name, email, username, role, agency, acting, *told)

    def _in_doubt(self, row: Row) -> bool:
        days = (Column.FIRST, Column.LAST, Column.UNTIL)
        return any(self._sheet.place(row.line, one) in self.doubtful for one in days)

    def _person(self, row: Row) -> tuple[str, str, str]:
        name, email = row.text(Column.NAME), row.text(Column.EMAIL).replace(" ", "").lower()
        if not name:
            self._empty(row, Column.NAME)
        if len(name) > 200:
            self._wrong_cell(row, Column.NAME, "people-cell-too-long", _LONG_NAME, name)
        if not email:
            self._empty(row, Column.EMAIL)
        elif not (email.isascii() and _passes(validate_email, email) and _passes(_USERNAME, email)):
            self._wrong_cell(row, Column.EMAIL, "malformed-email", _NO_EMAIL, row.text(Column.EMAIL))
        given = row.text(Column.USERNAME)
        username = given or email
        if given and (len(username) > 150 or not _passes(_USERNAME, username)):
            self._wrong_cell(row, Column.USERNAME, "malformed-username", _NO_USERNAME, username)
        return name, email, username

    def _role(self, row: Row) -> tuple[Role | None, bool]:
        text = row.text(Column.ROLE)
        words, ticked = plain(text), plain(row.text(Column.ACTING))
        acting = ticked in _YES
        if ticked not in _YES | _NO:
            self._wrong_cell(row, Column.ACTING, "unknown-tick", _NO_TICK, row.text(Column.ACTING))
        if words not in _ROLE_WORDS and words.startswith(("quyen ", "acting ")):
            words, acting = words.partition(" ")[2], True
        role = _ROLE_WORDS.get(words)
        if Column.ROLE not in self._sheet.position:
            return None, acting
        if not text:
            self._empty(row, Column.ROLE)
        elif role is None:
            self._unknown_role(row, text)
        elif role in _NOT_BY_FILE:
            self._wrong_cell(row, Column.ROLE, "role-not-by-file", _NOT_HERE, text)
        return role, acting

    def _agency(self, row: Row, role: Role | None, first: date | None) -> str:
        text = row.text(Column.AGENCY)
        if role is not None and role not in (Role.OFFICER, Role.HEAD):
            return ""
        if not text:
            if role is not None:
                self._empty(row, Column.AGENCY)
            return ""
        found = self._agencies.find(text, first)
        if isinstance(found, Fault):
            if first is None and found.code == "agency-needs-day":
                return ""  # the day is named already
            if found.code == UNKNOWN:
                self._unknown_agency(row, text)
                return ""
            at, named = self._sheet.position.get(Column.AGENCY, 0), Column.AGENCY.heading.vi
            self.problems.append(RowFault(row.line, found, at, named, text).problem(self._sheet.file))
            return ""
        return found

    def _unknown_agency(self, row: Row, text: str) -> None:
        near = self._agencies.near(text)
        why = Name("Không có cơ quan nào mang tên, mã hoặc id này.", "No agency has this name, code or id.")
        remedy = Name("Sửa ô theo tên cơ quan trong tệp mẫu.", "Correct it to a name that the form lists.")
        if near:
            remedy = Name(f"Có phải «{near}»? {remedy.vi}", f"Did you mean `{near}`? {remedy.en}")
        place = self._sheet.place(row.line, Column.AGENCY)
        self.problems.append(worded(place, "unknown-agency", why, remedy, text))

    def _outlives(self, row: Row, agency: str, until: date | None) -> None:
        """A post that would go on after its agency has ended."""
        closed = self._agencies[agency].closed
        if closed is None or (until is not None and until <= closed):
            return
        heirs = ", ".join(self._agencies.heirs(agency, max(closed, self._today))) or "–"
        why = both(
            "Cơ quan này kết thúc ngày {day}, chức vụ còn kéo dài sau đó.",
            "This agency ends on {day}; the post goes on after it.",
            day=day_said(closed),
        )
        remedy = both(
            "Ghi «Đến ngày» {last}, hoặc giao chức vụ ở cơ quan kế thừa: {heirs}.",
            "Give {last} as the last day, or a post in its successor: {heirs}.",
            last=day_said(closed - _DAY),
            heirs=heirs,
        )
        place = self._sheet.place(row.line, Column.AGENCY)
        self.problems.append(worded(place, "post-outlives-agency", why, remedy, row.text(Column.AGENCY)))

    def _backwards(self, row: Row, first: date, until: date) -> None:
        turned = [_turned(one) for one in (first, until - _DAY)]
        hint = Name("", "")
        if (turned[0] and turned[0] < until) or (turned[1] and turned[1] >= first):
            hint = Name(" Có thể Excel đã đảo ngày và tháng.", " Excel may have turned round day and month.")
        why = both(
            "Chức vụ kết thúc ({last}) trước khi bắt đầu ({first}).{hint}",
            "The post ends ({last}) before it begins ({first}).{hint}",
            last=day_said(until - _DAY),
            first=day_said(first),
            hint=hint,
        )
        remedy = Name("Sửa một trong hai ngày.", "Correct one of the two days.")
        column = Column.LAST if row.cells.get(Column.LAST) else Column.UNTIL
        place = self._sheet.place(row.line, column)
        self.problems.append(worded(place, "post-ends-before-it-begins", why, remedy))

    def _acts_for_ever(self, row: Row) -> None:
        why = Name("Quyền (tạm giữ) phải có ngày kết thúc.", "An acting post needs an end.")
        remedy = Name("Điền «Đến ngày».", "Fill in the last day.")
        place = self._sheet.place(row.line, Column.ACTING)
        self.problems.append(worded(place, "acting-without-end", why, remedy))

    def _unknown_role(self, row: Row, text: str) -> None:
        names = [name for role, name in ROLE_NAMES.items() if role not in _NOT_BY_FILE]
        hint = Name(
            near_name(text, [one.vi for one in names]).vi, near_name(text, [one.en for one in names]).en
        )
        why = Name("Không có vai trò này.", "There is no such role.")
        place = self._sheet.place(row.line, Column.ROLE)
        self.problems.append(worded(place, "unknown-role", why, hint, text))

    def _empty(self, row: Row, column: Column) -> None:
        if column not in self._sheet.position and column is not Column.AGENCY:
            return  # said once of the whole file
        why = both("Ô «{name}» để trống.", "The cell `{name}` is empty.", name=column.heading)
        remedy = Name("Điền vào ô.", "Fill it in.")
        self.problems.append(worded(self._sheet.place(row.line, column), "empty-cell", why, remedy))

    def _wrong_cell(self, row: Row, column: Column, code: str, why: tuple[Name, Name], text: str) -> None:
        """``why`` comes with the remedy."""
        self.problems.append(worded(self._sheet.place(row.line, column), code, why[0], why[1], text))


_LONG_NAME = (
    Name("Họ và tên dài hơn 200 ký tự.", "The name is longer than 200 characters."),
    Name("Viết ngắn lại.", "Shorten it."),
)
_NO_EMAIL = (
    Name("Đây không phải một địa chỉ thư điện tử.", "This is no e-mail address."),
    Name("Viết như ten@tinh.gov.vn, không dấu.", "Write it like name@province.gov.vn."),
)
_NO_USERNAME = (
    Name(
        "Tên đăng nhập chỉ gồm chữ, số và @ . + - _.", "A user name has letters, digits and @ . + - _ only."
    ),
    Name("Sửa tên, hoặc để trống để dùng thư điện tử.", "Correct it, or leave it empty to use the e-mail."),
)
_NO_TICK = (
    Name("Ô quyền (tạm giữ) chỉ ghi «x» hoặc để trống.", "The acting cell holds an x or nothing."),
    Name("Ghi «x», hoặc xóa ô.", "Write x, or empty it."),
)
_NOT_HERE = (
    Name("Vai trò quản trị không giao bằng tệp.", "An administrator is not made by a file."),
    Name("Giao trên trang của người đó, sau khi nạp tệp.", "Give it on the person's page, after the file."),
)


def _passes(check: Callable[[str], None], text: str) -> bool:
    try:
        check(text)
    except ValidationError:
        return False
    return True


def _turned(day: date) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 else None


def _shared_addresses(sheet: Sheet) -> Iterator[Problem]:
    """One e-mail is one person's: under another name it would open that person's account."""
    first: dict[str, Row] = {}
    for row in sheet.rows:
        email = row.text(Column.EMAIL).replace(" ", "").lower()
        if not email:
            continue
        before = first.setdefault(email, row)
        if plain(before.text(Column.NAME)) != plain(row.text(Column.NAME)):
            why = both(
                "Thư điện tử này đã ghi cho «{who}» ở dòng {line}.",
                "This e-mail stands for `{who}` in row {line}.",
                who=before.text(Column.NAME),
                line=before.line,
            )
            remedy = Name("Mỗi người một thư điện tử riêng.", "Each person has an e-mail of their own.")
            yield worded(sheet.place(row.line, Column.EMAIL), "doubled-email", why, remedy, email)


def stated_twice(sheet: Sheet, wanted: Sequence[Wanted]) -> Iterator[Problem]:
    """Posts of one person that meet in one agency: the same one twice, or two at once."""
    by_person: dict[tuple[str, str, bool], list[Wanted]] = {}
    for one in wanted:
        group = by_person.setdefault((one.email, one.agency or one.role, one.acting), [])
        for other in group:
            if other.meets(one.first, one.until) and plain(other.name) == plain(one.name):
                yield overlapping(sheet, one, both("dòng {line}", "row {line}", line=other.line))
                break
        group.append(one)


def overlapping(sheet: Sheet, one: Wanted, other: Name) -> Problem:
    why = both(
        "{who} đã giữ một chức vụ ở cơ quan này trong cùng thời gian ({other}).",
        "{who} holds a post in this agency in the same days ({other}).",
        who=one.name,
        other=other,
    )
    remedy = Name(
        "Cho chức vụ trước kết thúc, hoặc sửa «Từ ngày» cho đúng chức vụ đang giữ.",
        "Let the earlier post end, or correct the first day to that of the post that is held.",
    )
    return worded(sheet.place(one.line, Column.FIRST), "overlapping-posts", why, remedy)
