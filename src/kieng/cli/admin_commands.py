"""``admin``: people, posts and rights, from the command line of who keeps the installation."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from rich.table import Column, Table

from kieng.cli.screen import language, out, say
from kieng.problems import Place, Problem, UserError, refuse
from kieng.stores.sql.choose import SETTING
from kieng.workspace.folder import FOLDER, Workspace
from kieng.workspace.place import refuse_no_workspace

_ROLES = ("officer", "head", "office", "leader", "admin")
#: So many rows of what would change are printed.
_SHOWN = 200
_why = click.option(
    "--why", required=True, help="Lý do, số quyết định; nhật ký giữ lại / why; the trail keeps it."
)
_site = click.option("--site", default="", help="Địa chỉ trang, https://… / the site's address, for links.")
Told = dict[str, Any]


@click.group()
def admin() -> None:
    """Quản trị: tài khoản, chức vụ, quyền trên PostgreSQL. / People, posts, and rights on PostgreSQL.

    Mọi việc ghi vào nhật ký kèm lý do. / Whatever is done stands in the trail with its reason.
    """


@admin.command()
@click.argument("username")
@click.option("--name", default="", help="Tên mà các trang hiển thị / what pages call them.")
@_site
@click.pass_obj
def first(root: Path, username: str, name: str, site: str) -> None:
    """Mở tài khoản quản trị đầu tiên. / Open the first administrator's account.

    In một liên kết dùng một lần để tự chọn mật khẩu. / Prints a link, good once, to choose a password by.
    """
    told = _ask(root, do="first", username=username, name=name, why="kieng admin first")
    _print_links(told, site)


@admin.command()
@click.argument("username")
@_why
@_site
@click.pass_obj
def link(root: Path, username: str, why: str, site: str) -> None:
    """Cấp liên kết đặt mật khẩu, dùng một lần. / Give a link, good once, to choose a password by."""
    _print_links(_ask(root, do="link", username=username, why=why), site)


@admin.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--apply", "applied", is_flag=True, help="Ghi thay đổi; không có thì chỉ xem / write; else only look."
)
@click.option("--dry-run", is_flag=True, help="Chỉ xem, như khi không có --apply / only look, the default.")
@click.option("--why", default="", help="Lý do, số quyết định (cần khi --apply) / why; needed with --apply.")
@click.option(
    "--links", type=click.Path(path_type=Path), help="Ghi liên kết của người mới / new people's links."
)
@_site
@click.pass_obj
def people(
    root: Path, file: Path, applied: bool, dry_run: bool, why: str, links: Path | None, site: str
) -> None:
    """Nạp danh sách nhân sự từ tệp CSV hoặc XLSX. / Take people and their posts in from a CSV or XLSX file.

    Không có --apply thì chỉ hiện thay đổi. Có lỗi thì không ghi gì. / Without --apply only shows what would
    change. Nothing is written when anything is wrong.
    """
    if applied and dry_run:
        raise refuse("", "apply-or-look", "Either --apply or --dry-run can be meant.", "Leave one out.")
    if applied and not why.strip():
        raise refuse("", "no-reason", "A change needs its reason.", "Add --why with the decision's number.")
    target = _opened(links) if links and applied else None
    asked = {"file": str(file.resolve()), "shown": file.name, "apply": applied, "links": target is not None}
    told = _ask(root, do="people", why=why, **asked)
    _print_changes(told)
    if target is not None:
        try:
            with target:
                _write_links(target, told, site)
        except OSError as error:
            why = f"The people are in, but their links cannot be written: {error.strerror}."
            raise refuse(str(links), "links-not-written", why, "Give them links on the page.") from error
        say(
            f"Liên kết của {len(told['links'])} người: {links}",
            f"Links of {len(told['links'])} people: {links}",
        )
    if not applied:
        say("Chưa ghi gì. Thêm --apply --why để ghi.", "Nothing is written. Add --apply --why to write it.")


@admin.command("list")
@click.option("--attention", is_flag=True, help="Chỉ những việc cần xem / only what is to be seen to.")
@click.pass_obj
def list_people(root: Path, attention: bool) -> None:
    """Liệt kê người dùng, chức vụ và việc cần xem. / List people, posts, and what is to be seen to."""
    told = _ask(root, do="list", why="")
    if not attention:
        table = _table("Tên đăng nhập|User name", "Tên|Name", "Chức vụ|Posts")
        for one in told["people"]:
            posts = "\n".join(f"{_of(p)} {p[2]} {p[3]} – {p[4]}" for p in one["posts"])
            table.add_row(one["username"], one["name"] + ("" if one["active"] else " ✗"), posts)
        out.print(table)
    _print_attention(told)


@admin.command("reset-second-factor")
@click.argument("username")
@_why
@click.pass_obj
def reset_second_factor(root: Path, username: str, why: str) -> None:
    """Bỏ lớp bảo vệ thứ hai của người mất điện thoại. / Remove the second factor of who lost their phone."""
    _done(_ask(root, do="reset-second-factor", username=username, why=why))


@admin.command("give-post")
@click.argument("username")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="Vai trò / the role.")
@click.option("--agency", default="", help="Tên, mã hoặc id cơ quan / the agency's name, code or id.")
@click.option("--from", "start", required=True, help="Từ ngày, 05/03/2026 / the first day.")
@click.option("--until", default="", help="Đến trước ngày / until, not including.")
@_why
@click.pass_obj
def give_post(root: Path, username: str, role: str, agency: str, start: str, until: str, why: str) -> None:
    """Giao chức vụ. / Give somebody a post."""
    days = {"first": _day(start), "until": _day(until) if until else ""}
    _done(_ask(root, do="give-post", username=username, role=role, agency=agency, why=why, **days))


@admin.command("end-post")
@click.argument("username")
@click.option(
    "--role", type=click.Choice(_ROLES), help="Vai trò, nếu có nhiều / the role, where there are several."
)
@click.option("--agency", default="", help="Cơ quan, nếu có nhiều / the agency, where there are several.")
@click.option("--on", "day", required=True, help="Không còn giữ từ ngày / the day from which it is not held.")
@_why
@click.pass_obj
def end_post(root: Path, username: str, role: str | None, agency: str, day: str, why: str) -> None:
    """Kết thúc một chức vụ. / End a post."""
    _done(_ask(root, do="end-post", username=username, role=role, agency=agency, on=_day(day), why=why))


@admin.command("hand-over")
@click.argument("agency")
@click.option("--to", required=True, help="Người nhận / who holds it next.")
@click.option("--on", "day", required=True, help="Từ ngày / from which day.")
@_why
@click.pass_obj
def hand_over(root: Path, agency: str, to: str, day: str, why: str) -> None:
    """Bàn giao chức vụ người đứng đầu AGENCY. / Hand the post of the head of AGENCY over.

    Việc còn mở của cơ quan chuyển sang người nhận từ ngày ấy. / What is open passes to them on that day.
    """
    told = _ask(root, do="hand-over", agency=agency, role="head", to=to, on=_day(day), why=why)
    say(f"{told['open']} việc còn mở chuyển theo.", f"{told['open']} open matters pass with it.")
    _done(told)


@admin.command()
@click.option("--serving", default="", help="Vai trò chạy trang web / the role that serves the pages.")
@click.option("--loading", default="", help="Vai trò nạp và đo số liệu / the role that loads and measures.")
@click.option(
    "--apply", "applied", is_flag=True, help="Thực hiện; không có thì chỉ in / do it; else only print."
)
@click.pass_obj
def rights(root: Path, serving: str, loading: str, applied: bool) -> None:
    """In hoặc cấp quyền tối thiểu trên PostgreSQL. / Print or grant the least rights on PostgreSQL.

    Chạy bằng vai trò sở hữu các bảng, lại sau mỗi lần nâng cấp. / Run it as the owner of the tables, and
    again after each upgrade.
    """
    url = os.environ.get(SETTING)
    if not url:
        raise refuse(
            SETTING, "no-server", "No PostgreSQL server is named.", f"Set {SETTING} to the owner's URL."
        )
    if not (serving or loading):
        raise refuse("", "no-role", "No role is named.", "Add --serving ROLE, --loading ROLE, or both.")
    _ = Workspace(root, last_good=True).database  # the ledger's tables are there
    told = _ask(root, do="tables", why="")
    # Only here: the driver takes a while to load.
    from kieng.stores.sql.rights import WebTables
    from kieng.stores.sql.rights import rights as rights_of

    tables = WebTables(told["read"], told["added_to"], told["changed"])
    for statement in rights_of(url, tables, serving, loading, apply=applied):
        out.print(f"{statement};")
    if applied:
        say("Đã cấp các quyền này.", "These rights are granted.")


def _ask(root: Path, **asked: Any) -> Told:
    """Ask the process that knows the pages' tables. UserError for what it refuses."""
    refuse_no_workspace(root)
    if find_spec("django") is None:
        why = "The packages of the pages are not installed."
        raise refuse("", "no-web", why, "Install what requirements-web.txt pins; `make demo` does.")
    (root / FOLDER).mkdir(exist_ok=True)
    told: Told = json.loads(answer_to(root, json.dumps(asked)))
    if "problems" in told:
        raise UserError([_problem(one["code"], one) for one in told["problems"]])
    if "refused" in told:
        raise UserError(_refused(*told["refused"]))
    return told


def answer_to(root: Path, question: str) -> str:
    """What the process answers. Where it cannot, it has said why, and this one ends as it did."""
    command = [sys.executable, "-m", "kieng.web.administer", "--workspace", str(root)]
    done = subprocess.run(command, input=question, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode if done.returncode > 0 else 128 - done.returncode)
    return done.stdout


def _problem(code: str, one: Mapping[str, Any]) -> Problem:
    vietnamese = tuple(one["vietnamese"]) if one["vietnamese"] else None
    place = Place(*one["place"])
    return Problem(place, code, one["why"], one["remedy"], one["value"], vietnamese)


def _refused(vi: str, en: str) -> Problem:
    remedy = ("Xem `kieng admin list`, rồi thử lại.", "See `kieng admin list`, then try again.")
    return Problem(Place(""), "people-refused", f"{en}.", remedy[1], None, (f"{vi}.", remedy[0]))


def _day(text: str) -> str:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    raise refuse("", "not-a-day", "This is no day.", "Write it as 05/03/2026 or 2026-03-05.", text)


def _opened(path: Path) -> Any:
    """Before anything is done: links that cannot be written would be lost. Its owner's alone."""
    try:
        return os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8-sig"
        )
    except OSError as error:
        why = f"The file cannot be made: {error.strerror}."
        raise refuse(str(path), "cannot-make-file", why, "Name one that is not there yet.") from error


def _address(site: str, told: Told, one: Told) -> str:
    return f"{(site or told['site']).rstrip('/')}{one['path']}"


def _write_links(target: Any, told: Told, site: str) -> None:
    writer = csv.writer(target)
    writer.writerow(_headings("Họ và tên|Full name", "Thư điện tử|E-mail", "Liên kết|Link", "Đến|Until"))
    for one in told["links"]:
        cells = (one["name"], one["email"], _address(site, told, one), one["until"])
        # What Excel would work out as a formula stays a name.
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells])


def _print_links(told: Told, site: str) -> None:
    for one in told["links"]:
        say(
            f"{one['name']}: mở liên kết này để tự chọn mật khẩu, một lần, trước {one['until']}.",
            f"{one['name']}: open this link to choose a password, once, before {one['until']}.",
        )
        out.print(_address(site, told, one))
    _done(told)


def _print_changes(told: Told) -> None:
    table = _table(
        "Dòng|Row", "Thay đổi|Change", "Người|Person", "Chức vụ|Post", "Từ|From", "Đến trước|Until"
    )
    for row in told["rows"][:_SHOWN]:
        post = ", ".join(one for one in (_of(row["post"]), _of(row["agency"])) if one)
        earlier = f" (← {_of(row['earlier'])})" if row["earlier"] else ""
        table.add_row(
            str(row["line"]),
            _of(row["kind"]),
            row["who"],
            post + earlier,
            *(_shown(row[n]) for n in ("first", "until")),
        )
    if told["rows"]:
        out.print(table)
    if (rest := len(told["rows"]) - _SHOWN) > 0:
        say(f"… và {rest} dòng nữa.", f"… and {rest} more rows.")
    for vi, en, count in (one for one in told["counts"] if one[2]):
        say(f"{vi}: {count}", f"{en}: {count}", out)
    if told["unused"]:
        names = ", ".join(told["unused"])
        say(f"Cột không dùng: {names}", f"Columns that are not used: {names}")


def _print_attention(told: Told) -> None:
    _lines(
        "Chức vụ sắp kết thúc|Posts that end soon",
        (f"{_where(one)} · {one[3]} · {one[4] or '–'}" for one in told["ending"]),
    )
    _lines(
        "Chức vụ ở cơ quan đã kết thúc|Posts in agencies that have ended",
        (f"{_where(one)} → {one[4] or '–'}" for one in told["outlived"]),
    )
    _lines(
        "Hai người đứng đầu|Two heads at once",
        (f"{agency}: {', '.join(those)}" for agency, those in told["two_heads"]),
    )
    _lines("Chưa có lớp bảo vệ thứ hai|Without a second factor", told["one_factor"])
    _lines(
        "Chưa từng đăng nhập (liên kết đến)|Never logged in (link until)",
        (f"{name} {until or '–'}" for name, until in told["not_come"]),
    )
    _lines("Cơ quan chưa có tài khoản người đứng đầu|Agencies whose head has no account", told["headless"])


def _where(one: Sequence[Any]) -> str:
    return f"{one[0]}: {_of(one[1])} {one[2]}"


def _lines(title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    vi, en = title.split("|")
    say(f"{vi}: {len(found)}", f"{en}: {len(found)}", out)
    for line in found[:_SHOWN]:
        out.print(f"  {line}")


def _of(names: Sequence[str]) -> str:
    return names[1] if language() == "en" else names[0]


def _headings(*both: str) -> list[str]:
    return [_of(one.split("|")) for one in both]


def _table(*both: str) -> Table:
    """Nothing in it is cut short."""
    return Table(*(Column(one, overflow="fold") for one in _headings(*both)))


def _shown(day: str) -> str:
    return f"{date.fromisoformat(day):%d/%m/%Y}" if day and language() != "en" else day


def _done(told: Told) -> None:
    head = told.get("head")
    if head:
        say(f"Nhật ký: việc số {head[0]}, mã {head[1]}.", f"The trail: event {head[0]}, hash {head[1]}.")
