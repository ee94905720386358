"""What `kieng admin` asks of the pages' tables: a question as JSON on standard input, an answer on standard
output. The commands run without Django and this process without the commands; each keeps its own house.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import pwd
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kieng.problem_words import in_vietnamese
from kieng.problems import Place, Problem, UserError
from kieng.records.disk import owner_only
from kieng.words import Name

Asked = Mapping[str, Any]
Told = dict[str, Any]
#: The first administrator's link is used at once or not at all.
_FIRST_LASTS = timedelta(days=1)


def main() -> None:
    """Get Django ready as the server does, bring the tables up to date, answer."""
    from kieng.web.__main__ import environment  # one place says what the settings read

    owner_only()
    parser = argparse.ArgumentParser("kieng.web.administer")
    parser.add_argument("--workspace", type=Path, required=True)
    try:
        environment(parser.parse_args().workspace, False, "127.0.0.1")
    except UserError as error:
        json.dump({"problems": [_problem(one) for one in error.problems]}, sys.stdout)
        return
    import django
    from django.core.management import call_command

    django.setup()
    logging.getLogger("kieng").setLevel(logging.WARNING)  # the answer tells the trail's newest hash
    from django.db import DatabaseError

    try:
        call_command("migrate", verbosity=0, interactive=False)
        told = answer(json.load(sys.stdin))
    except DatabaseError as error:  # a full disk, a role without rights, a lock held too long
        told = {"problems": [_problem(_refused_by_database(error))]}
    json.dump(told, sys.stdout)


def answer(asked: Asked) -> Told:
    """Do what is asked by ``do``; ``problems`` or ``refused`` where it cannot be. KeyError for others."""
    from kieng.web.accounts.actions import Refused
    from kieng.web.audit.models import Event

    try:
        told = _DEEDS[asked["do"]](asked)
    except UserError as error:
        return {"problems": [_problem(one) for one in error.problems]}
    except Refused as refused:
        return {"refused": [refused.says.vi, refused.says.en]}
    newest = Event.objects.order_by("-number").first()
    return told | {"head": [newest.number, newest.hash] if newest else None}


def _first(asked: Asked) -> Told:
    """The first administrator: only while there is none who could let people in."""
    from django.db import transaction
    from django.utils import timezone

    from kieng.web.accounts import actions
    from kieng.web.accounts.models import Post, Role, User
    from kieng.web.audit.actions import in_turn
    from kieng.web.people.activation import give_links

    name, today = asked["username"], timezone.localdate()
    with transaction.atomic():
        in_turn()
        held = Post.objects.filter(role=Role.ADMIN, user__is_active=True).exclude(valid_to__lte=today)
        if held.exists():
            raise actions.Refused(_HAS_ONE)
        if User.objects.filter(username__iexact=name).exists():
            raise actions.Refused(Name("Tên này đã có người dùng", "The name is taken"))
        _check_username(name)
        shown = asked["name"] or name
        user = actions.create_person(username=name, shown_as=shown, by=None, why=_why(asked))
        actions.give_post(user=user, role=Role.ADMIN, valid_from=today, by=None, why=_why(asked))
        links = give_links(users=[user], by=None, why=_why(asked), lasts=_FIRST_LASTS)
    return {"links": [_link(one) for one in links], "site": _site()}


def _give_link(asked: Asked) -> Told:
    from kieng.web.people.activation import give_links

    links = give_links(users=[_user(asked["username"])], by=None, why=_why(asked))
    return {"links": [_link(one) for one in links], "site": _site()}


def _people(asked: Asked) -> Told:
    """What a sheet would change; with ``apply`` it is done, and with ``links`` the new people get links."""
    from django.db import transaction
    from django.utils import timezone

    from kieng.web.accounts.models import User
    from kieng.web.people import actions, reads
    from kieng.web.people.activation import give_links
    from kieng.web.people.changes import Kind

    sheet, known, today = (
        actions.read(Path(asked["file"]), asked["shown"]),
        reads.definitions(),
        timezone.localdate(),
    )
    links: list[Told] = []
    if asked["apply"]:
        with transaction.atomic():
            found = actions.load(sheet=sheet, definitions=known, today=today, by=None, why=_why(asked))
            new = {one.wanted.email for one in found.changes if one.kind is Kind.NEW_PERSON}
            if asked["links"] and new:
                users = list(User.objects.filter(email__in=new).order_by("pk"))
                links = [_link(one) for one in give_links(users=users, by=None, why=_why(asked))]
    else:
        found = actions.look(sheet, known, today)
        if found.problems:
            raise UserError(found.problems)
    counts = [[kind.said.vi, kind.said.en, count] for kind, count in found.counts.items()]
    changed = [one for one in found.changes if one.kind is not Kind.UNCHANGED]
    return {
        "counts": counts,
        "rows": [_row(one, known.tree) for one in changed],
        "unused": sheet.unused,
        "links": links,
        "site": _site(),
    }


def _row(one: Any, tree: Any) -> Told:
    wanted = one.wanted
    agency = tree.name(wanted.agency, wanted.first) if wanted.agency else Name("", "")
    return {
        "line": wanted.line,
        "kind": _both(one.kind.said),
        "who": f"{wanted.name} <{wanted.email}>",
        "post": _both(one.role_said),
        "agency": _both(agency),
        "first": wanted.first.isoformat(),
        "until": wanted.until.isoformat() if wanted.until else "",
        "earlier": _both(one.earlier.said) if one.earlier else None,
    }


def _list(asked: Asked) -> Told:
    """Everybody with their posts, and what is to be seen to."""
    from django.utils import timezone

    from kieng.web.accounts.models import User
    from kieng.web.people import reads

    today = timezone.localdate()
    found = reads.overview(reads.definitions(), today)
    people = User.objects.prefetch_related("posts").order_by("-is_active", "username")
    return {
        "people": [_person(one, today) for one in people],
        "ending": [[*_held(one.post), one.days, one.after] for one in found.ending],
        "one_factor": [one.username for one in found.one_factor],
        "not_come": [
            [one.user.username, _moment(one.link) if one.link and one.opens else ""] for one in found.not_come
        ],
        "outlived": [[*_held(one.post), one.closed.isoformat(), one.heir] for one in found.outlived],
        "headless": found.headless,
        "two_heads": [[agency, [one.user.username for one in posts]] for agency, posts in found.two_heads],
    }


def _person(user: Any, today: date) -> Told:
    posts = [one for one in user.posts.all() if one.valid_to is None or one.valid_to > today]
    said = [
        [*_both(one.said), one.agency, one.valid_from.isoformat(), str(one.valid_to or "")] for one in posts
    ]
    return {"username": user.username, "name": user.get_full_name(), "active": user.is_active, "posts": said}


def _held(post: Any) -> list[Any]:
    return [post.user.username, _both(post.said), post.agency]


def _reset_second_factor(asked: Asked) -> Told:
    from kieng.web.accounts import actions

    actions.remove_second_factor(user=_user(asked["username"]), by=None, why=_why(asked))
    return {}


def _give_post(asked: Asked) -> Told:
    from kieng.web.accounts import actions
    from kieng.web.accounts.models import Role

    first = date.fromisoformat(asked["first"])
    actions.give_post(
        user=_user(asked["username"]),
        role=Role(asked["role"]),
        agency=_agency(asked["agency"], first),
        valid_from=first,
        valid_to=date.fromisoformat(asked["until"]) if asked["until"] else None,
        by=None,
        why=_why(asked),
    )
    return {}


def _end_post(asked: Asked) -> Told:
    from kieng.web.accounts import actions

    day = date.fromisoformat(asked["on"])
    actions.end_post(post=_post(asked, day), on=day, by=None, why=_why(asked))
    return {}


def _hand_over(asked: Asked) -> Told:
    """Open matters are counted where figures are measured."""
    from kieng.web.accounts import actions
    from kieng.web.people.reads import open_count

    day = date.fromisoformat(asked["on"])
    post = _post(asked, day)
    told = {"post": post, "to": _user(asked["to"]), "on": day, "open_matters": open_count(post.agency)}
    actions.hand_over(**told, by=None, why=_why(asked))
    return {"open": told["open_matters"]}


def _tables(asked: Asked) -> Told:
    """The pages' tables by what the serving role needs of each."""
    from django.apps import apps
    from django.conf import settings

    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    names.add(str(settings.CACHES["default"]["LOCATION"]))
    read, added = {"django_migrations"}, {"audit_event"}
    return {"read": sorted(read), "added_to": sorted(added), "changed": sorted(names - read - added)}


_DEEDS: dict[str, Callable[[Asked], Told]] = {
    "first": _first,
    "link": _give_link,
    "people": _people,
    "list": _list,
    "reset-second-factor": _reset_second_factor,
    "give-post": _give_post,
    "end-post": _end_post,
    "hand-over": _hand_over,
    "tables": _tables,
}
_HAS_ONE = Name(
    "Đã có quản trị: dùng trang người dùng, hoặc `kieng admin link TÊN` nếu họ mất mật khẩu",
    "There is an administrator: use the page, or `kieng admin link NAME` if they lost their password",
)


def _user(name: str) -> Any:
    from django.db.models import Q

    from kieng.web.accounts.actions import Refused
    from kieng.web.accounts.models import User

    found = list(User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))[:2])
    if len(found) != 1:
        raise Refused(Name(f"Không có người dùng «{name}»", f"There is no user `{name}`"))
    return found[0]


def _post(asked: Asked, day: date) -> Any:
    """The one post that ``username``, or the head of ``agency``, holds just before ``day``."""
    from kieng.web.accounts.actions import Refused
    from kieng.web.accounts.models import Post, Role

    before = day - timedelta(days=1)
    held = Post.objects.filter(acting=False, valid_from__lte=before).exclude(valid_to__lte=before)
    if asked.get("username"):
        held = held.filter(user=_user(asked["username"]))
    if asked.get("role"):
        held = held.filter(role=Role(asked["role"]))
    if asked.get("agency"):
        held = held.filter(agency=_agency(asked["agency"], before))
    found = list(held.select_related("user")[:2])
    if len(found) != 1:
        many = Name("Có nhiều chức vụ: nêu thêm --role, --agency", "There are several: name --role, --agency")
        raise Refused(many if found else Name("Không có chức vụ như vậy", "There is no such post"))
    return found[0]


def _agency(text: str, day: date) -> str:
    from kieng.records.faults import Fault
    from kieng.web.accounts.actions import Refused
    from kieng.web.people import reads
    from kieng.web.people.agencies import Agencies

    if not text:
        return ""
    found = Agencies(reads.definitions()).find(text, day)
    if isinstance(found, Fault):
        why, remedy = found.why, found.remedy
        raise Refused(Name(f"«{text}»: {why.vi} {remedy.vi}", f"`{text}`: {why.en} {remedy.en}"))
    return found


def _check_username(name: str) -> None:
    from django.contrib.auth.validators import UnicodeUsernameValidator
    from django.core.exceptions import ValidationError

    from kieng.web.accounts.actions import Refused

    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        says = Name(
            "Tên đăng nhập chỉ gồm chữ, số và @ . + - _", "User names have letters, digits and @ . + - _"
        )
        raise Refused(says) from error


def _why(asked: Asked) -> str:
    """The reason, and who ran the command: no account of the pages did it."""
    user = os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
    return f"{asked['why'][:400]} (kieng admin, {user})"


def _link(one: Any) -> Told:
    from django.urls import reverse

    path = reverse("people:activate", args=(one.token,))
    told = {"username": one.user.username, "name": one.user.get_full_name(), "email": one.user.email}
    return told | {"path": path, "until": _moment(one)}


def _moment(one: Any) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(one.ends_at):%d/%m/%Y %H:%M}"


def _site() -> str:
    from django.conf import settings

    if settings.HTTPS:
        hosts = [one for one in settings.ALLOWED_HOSTS if one not in ("127.0.0.1", "localhost")]
        return f"https://{next(iter(hosts), 'localhost')}"
    return "http://127.0.0.1:8000"


def _refused_by_database(error: Exception) -> Problem:
    why = f"The database of the pages refuses, and nothing was done: {str(error).splitlines()[0]}."
    remedy = "Run it as the owner of the tables; see that the disk has room; try again."
    return Problem(Place(""), "pages-database-refuses", why, remedy)


def _both(name: Name) -> list[str]:
    return [name.vi, name.en]


def _problem(one: Problem) -> Told:
    place = [one.place.file, one.place.line, one.place.column]
    vietnamese = in_vietnamese(one)
    return {"place": place, "code": one.code, "why": one.why, "remedy": one.remedy, "value": one.value} | {
        "vietnamese": list(vietnamese) if vietnamese else None
    }


if __name__ == "__main__":
    main()
