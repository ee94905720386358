"""What a sheet of people would change: each row beside what is known, and whether all of it can stand.

The sheet states posts; whoever it does not name stays as they are. Nothing here writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kieng.judgement.phrases import both
from kieng.judgement.phrases import day as day_said
from kieng.problems import Problem
from kieng.web.accounts.models import ROLE_NAMES, Post, Role, User
from kieng.web.people.columns import Column, plain
from kieng.web.people.said import Wanted, overlapping, stated_twice
from kieng.web.people.sheet import Sheet
from kieng.web.people.worded import worded
from kieng.words import Name


class Kind(StrEnum):
    """What a row does."""

    NEW_PERSON = "new-person"
    NEW_POST = "new-post"
    CHANGED = "changed"  # another end or title; or an earlier post in the agency ends with the new one
    ENDED = "ended"
    UNCHANGED = "unchanged"

    @property
    def said(self) -> Name:
        return _KINDS[self]


_KINDS = {
    Kind.NEW_PERSON: Name("người mới", "new person"),
    Kind.NEW_POST: Name("chức vụ mới", "new post"),
    Kind.CHANGED: Name("đổi chức vụ", "changed post"),
    Kind.ENDED: Name("kết thúc", "ended"),
    Kind.UNCHANGED: Name("không đổi", "unchanged"),
}


@dataclass(frozen=True)
class Change:
    """A row and what it does. ``user``: who it is about, where they have an account; ``post``: the post it
    is, where it is held already; ``earlier``: the post in the agency that ends when this one begins."""

    kind: Kind
    wanted: Wanted
    user: User | None
    post: Post | None = None
    earlier: Post | None = None

    @property
    def role_said(self) -> Name:
        name = ROLE_NAMES[self.wanted.role]
        return both("Quyền {role}", "Acting {role}", role=name) if self.wanted.acting else name

    @property
    def mark(self) -> str:
        keys = [one.pk if one else None for one in (self.user, self.post, self.earlier)]
        return f"{self.wanted} {self.kind} {keys} {self.post.valid_to if self.post else ''}"


@dataclass(frozen=True)
class Changes:
    """Everything a sheet would change, in the order of its rows, and everything that is wrong."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]

    @property
    def fingerprint(self) -> str:
        """Another whenever anything of it is another: what somebody looked at is what is done."""
        return hashlib.sha256("\n".join(one.mark for one in self.changes).encode()).hexdigest()[:32]

    @property
    def counts(self) -> dict[Kind, int]:
        return {kind: sum(one.kind is kind for one in self.changes) for kind in Kind}

    @property
    def does_something(self) -> bool:
        return any(one.kind is not Kind.UNCHANGED for one in self.changes)


def changes_of(sheet: Sheet, wanted: Sequence[Wanted]) -> Changes:
    """Compare what ``sheet`` wants with what the accounts hold now."""
    known = _Known()
    problems = list(stated_twice(sheet, wanted))
    stated = {one.key for one in wanted}
    changes: list[Change] = []
    for one in wanted:
        user, wrong = known.user_of(sheet, one)
        problems += wrong
        if wrong:
            continue
        found = _change(sheet, one, user, known.posts.get(user.pk, []) if user else [], stated)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            changes.append(found)
    problems += _usernames_twice(sheet, wanted)
    problems += _two_heads(sheet, changes, known)
    return Changes(tuple(changes), tuple(problems))


class _Known:
    """People by e-mail and user name, and their posts."""

    def __init__(self) -> None:
        users = list(User.objects.all())
        self._by_email = {one.email.lower(): one for one in users if one.email}
        self._by_name = {one.username.lower(): one for one in users}
        self.posts: dict[int, list[Post]] = {}
        self.heads: dict[str, list[Post]] = {}
        for post in Post.objects.select_related("user"):
            self.posts.setdefault(post.user_id, []).append(post)
            if post.role == Role.HEAD and not post.acting:
                self.heads.setdefault(post.agency, []).append(post)

    def user_of(self, sheet: Sheet, one: Wanted) -> tuple[User | None, list[Problem]]:
        """Whose account a row is about: by e-mail; by user name where the account has no e-mail yet."""
        user = self._by_email.get(one.email)
        named = self._by_name.get(one.username.lower())
        if user is None and named is not None and named.email:
            return None, [_name_taken(sheet, one)]
        user = user or named
        if user is not None and plain(user.get_full_name()) != plain(one.name):
            return None, [_of_another(sheet, one, user)]
        if user is not None and not user.is_active:
            return None, [_disabled(sheet, one)]
        return user, []


def _change(
    sheet: Sheet, one: Wanted, user: User | None, posts: Sequence[Post], stated: Set[object]
) -> Change | Problem:
    if user is None:
        return Change(Kind.NEW_PERSON, one, None)
    alike = [p for p in posts if (p.role, p.agency, p.acting) == (one.role, one.agency, one.acting)]
    for post in alike:
        if post.valid_from == one.first:
            return Change(_kind_of(one, post), one, user, post)
    for post in alike:
        if one.meets(post.valid_from, post.valid_to):
            return overlapping(sheet, one, _days(post))
    earlier = None
    for post in posts:
        beside = post.agency == one.agency != "" and not post.acting and not one.acting
        if not beside or post in alike or not one.meets(post.valid_from, post.valid_to):
            continue
        key = (one.email, Role(post.role), post.agency, post.acting, post.valid_from)
        if key in stated:
            continue  # a row of its own says when it ends; that the two do not meet is seen among the rows
        if post.valid_from >= one.first or earlier is not None:
            return overlapping(sheet, one, _days(post))
        earlier = post
    return Change(Kind.CHANGED if earlier else Kind.NEW_POST, one, user, None, earlier)


def _kind_of(one: Wanted, post: Post) -> Kind:
    if post.valid_to != one.until:
        shorter = one.until is not None and (post.valid_to is None or one.until < post.valid_to)
        return Kind.ENDED if shorter else Kind.CHANGED
    return Kind.CHANGED if one.title and one.title != post.title else Kind.UNCHANGED


def _days(post: Post) -> Name:
    until = (
        both(" đến trước ngày {day}", " until {day}", day=day_said(post.valid_to)) if post.valid_to else ""
    )
    return both(
        "{role} từ {first}{until}",
        "{role} from {first}{until}",
        role=post.said,
        first=day_said(post.valid_from),
        until=until,
    )


@dataclass(frozen=True)
class _Term:
    """Days in which somebody heads an agency; ``row`` where the sheet says so."""

    who: str
    first: date
    until: date | None
    row: Wanted | None

    def meets(self, other: _Term) -> bool:
        return (other.until is None or self.first < other.until) and (
            self.until is None or other.first < self.until
        )


def _two_heads(sheet: Sheet, changes: Sequence[Change], known: _Known) -> Iterator[Problem]:
    """Of each agency that the sheet gives a head: two at once, as it would then stand."""
    ends = {one.earlier.pk: one.wanted.first for one in changes if one.earlier}
    told = {one.post.pk for one in changes if one.post}
    terms: dict[str, list[_Term]] = {}
    for one in changes:
        if one.wanted.role is Role.HEAD and not one.wanted.acting:
            term = _Term(one.wanted.name, one.wanted.first, one.wanted.until, one.wanted)
            terms.setdefault(one.wanted.agency, []).append(term)
    for agency, those in terms.items():
        for post in known.heads.get(agency, ()):
            if post.pk not in told:
                end = ends.get(post.pk, post.valid_to)
                those.append(_Term(post.user.get_full_name(), post.valid_from, end, None))
        yield from _meeting(sheet, those)


def _meeting(sheet: Sheet, terms: Sequence[_Term]) -> Iterator[Problem]:
    ordered = sorted(terms, key=lambda one: (one.row is not None, one.row.line if one.row else 0))
    for at, one in enumerate(ordered):
        other = next((before for before in ordered[:at] if before.meets(one)), None)
        if one.row is None or other is None or (other.row and other.row.email == one.row.email):
            continue
        why = both(
            "Cơ quan có hai người đứng đầu cùng lúc: {one} và {other} (từ {first}{until}).",
            "The agency has two heads at once: {one} and {other} (from {first}{until}).",
            one=one.who,
            other=other.who,
            first=day_said(other.first),
            until=both(" đến trước {day}", " until {day}", day=day_said(other.until)) if other.until else "",
        )
        remedy = both(
            "Ghi «Đến ngày» cho {other}, bàn giao chức vụ trước, hoặc ghi «Quyền (tạm giữ)».",
            "Give {other} a last day, hand the post over first, or mark this one as acting.",
            other=other.who,
        )
        yield worded(sheet.place(one.row.line, Column.AGENCY), "two-heads-at-once", why, remedy)


def _usernames_twice(sheet: Sheet, wanted: Iterable[Wanted]) -> Iterator[Problem]:
    owner: dict[str, Wanted] = {}
    for one in wanted:
        before = owner.setdefault(one.username.lower(), one)
        if before.email != one.email:
            yield _name_taken(sheet, one)


def _name_taken(sheet: Sheet, one: Wanted) -> Problem:
    why = Name("Tên đăng nhập này đã có người dùng.", "Somebody else has this user name.")
    remedy = Name("Chọn tên khác, hoặc để trống.", "Choose another, or leave it empty.")
    place = sheet.place(one.line, Column.USERNAME if Column.USERNAME in sheet.position else Column.EMAIL)
    return worded(place, "username-taken", why, remedy, one.username)


def _of_another(sheet: Sheet, one: Wanted, user: User) -> Problem:
    why = both(
        "Thư điện tử (hoặc tên đăng nhập) này là của «{who}», không phải «{name}».",
        "This e-mail (or user name) is that of `{who}`, not of `{name}`.",
        who=user.get_full_name(),
        name=one.name,
    )
    remedy = Name(
        "Sửa thư điện tử; nếu người đó đã đổi tên, đổi tên ở trang của họ trước.",
        "Correct the e-mail; if they changed their name, change it on their page first.",
    )
    return worded(sheet.place(one.line, Column.EMAIL), "email-of-another", why, remedy, one.email)


def _disabled(sheet: Sheet, one: Wanted) -> Problem:
    why = Name("Tài khoản của người này đã khoá.", "This person's account is disabled.")
    remedy = Name("Mở khoá ở trang của họ, hoặc xóa dòng.", "Enable it on their page, or delete the row.")
    return worded(sheet.place(one.line, Column.EMAIL), "account-disabled", why, remedy, one.email)
