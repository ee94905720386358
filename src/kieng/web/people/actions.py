"""What a sheet of people does: all of it or nothing, each change with its event in the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction

from kieng.plan.definitions import Definitions
from kieng.problems import Place, UserError
from kieng.web.accounts import actions as accounts
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit.actions import in_turn, record
from kieng.web.people.agencies import Agencies
from kieng.web.people.changes import Change, Changes, Kind, changes_of
from kieng.web.people.said import said_by
from kieng.web.people.sheet import Sheet, read_sheet
from kieng.web.people.worded import worded
from kieng.words import Name


class Moved(Exception):
    """What a sheet would do is no longer what somebody looked at: ``changes`` is what it would do now."""

    def __init__(self, changes: Changes) -> None:
        super().__init__("the accounts have changed")
        self.changes = changes


def read(path: Path, name: str) -> Sheet:
    """See :func:`kieng.web.people.sheet.read_sheet`."""
    return read_sheet(path, name)


def look(sheet: Sheet, definitions: Definitions, today: date) -> Changes:
    """What a sheet would change, and all that is wrong with it. Writes nothing."""
    wanted, wrong = said_by(sheet, Agencies(definitions), today)
    found = changes_of(sheet, wanted)
    problems = sorted({*sheet.problems, *wrong, *found.problems}, key=lambda one: (one.place, one.code))
    return Changes(found.changes, tuple(problems))


@transaction.atomic
def load(
    *,
    sheet: Sheet,
    definitions: Definitions,
    today: date,
    by: User | None,
    why: str,
    looked_at: str | None = None,
) -> Changes:
    """Do what a sheet says. UserError when anything is wrong with it, and nothing is written; Moved when it
    is not what somebody ``looked_at`` (a fingerprint). The same sheet again changes nothing."""
    in_turn()  # whoever loads at the same time comes after, and finds what was done
    found = look(sheet, definitions, today)
    if found.problems:
        raise UserError(found.problems)
    if looked_at is not None and looked_at != found.fingerprint:
        raise Moved(found)
    if not found.does_something:
        return found
    try:
        _do(found.changes, by, why)
    except accounts.Refused as refused:  # what only the accounts know, such as the last administrator
        remedy = Name("Sửa tệp rồi gửi lại.", "Correct the file and send it again.")
        raise UserError(worded(Place(sheet.file), "people-refused", refused.says, remedy)) from refused
    counts = {kind.name.lower(): count for kind, count in found.counts.items()}
    record(
        "people_loaded",
        by=by,
        why=why,
        file=sheet.file[:100],
        people=len({one.wanted.email for one in found.changes if one.kind is Kind.NEW_PERSON}),
        posts=counts["new_post"] + counts["new_person"],
        changed=counts["changed"],
        ended=counts["ended"],
    )
    return found


def _do(changes: Iterable[Change], by: User | None, why: str) -> None:
    """Ends come first: a post is free for the next before it is given."""
    rest = [one for one in changes if one.kind is not Kind.UNCHANGED]
    for one in rest:
        if one.kind is Kind.ENDED and one.post and one.wanted.until:
            accounts.end_post(post=one.post, on=one.wanted.until, by=by, why=_why(one, why))
        if one.earlier:
            accounts.end_post(post=one.earlier, on=one.wanted.first, by=by, why=_why(one, why))
    made: dict[str, User] = {}
    for one in rest:
        _do_one(one, made, by, _why(one, why))


def _do_one(one: Change, made: dict[str, User], by: User | None, why: str) -> None:
    wanted = one.wanted
    if one.post is not None:
        title = wanted.title or one.post.title
        if (one.post.valid_to, one.post.title) != (wanted.until, title):
            accounts.change_post(post=one.post, valid_to=wanted.until, title=title, by=by, why=why)
        return
    user = one.user or made.get(wanted.email)
    if user is None:
        told = {"username": wanted.username, "shown_as": wanted.name, "email": wanted.email}
        user = made[wanted.email] = accounts.create_person(**told, by=by, why=why)
    elif not user.email:
        accounts.set_email(user=user, email=wanted.email, by=by, why=why)
    accounts.give_post(
        user=user,
        role=wanted.role,
        agency=wanted.agency,
        acting=wanted.acting,
        valid_from=wanted.first,
        valid_to=wanted.until,
        title=wanted.title,
        by=by,
        why=why,
    )


def _why(one: Change, why: str) -> str:
    """The row's own reason, then the file's."""
    return f"{one.wanted.why}; {why}" if one.wanted.why else why


@transaction.atomic
def succeed(*, post: Post, on: date, agency: str, by: User | None, why: str) -> None:
    """End a post on the day its agency ended, and let its holder hold the same in ``agency`` from that day;
    "": nowhere. Refused when there is a head there already."""
    in_turn()
    accounts.end_post(post=post, on=on, by=by, why=why)
    if agency:
        accounts.give_post(
            user=post.user,
            role=Role(post.role),
            agency=agency,
            valid_from=on,
            title=post.title,
            by=by,
            why=why,
        )
