"""`kieng admin`, its commands with the pages' tables in the same process: what is done, said and refused."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from tests.helpers.people import csv_of, person
from tests.helpers.workspace import ok, run, write_workspace
from tests.web.conftest import served

from kieng.cli import admin_commands
from kieng.web import administer
from kieng.web.accounts import reads as people
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit.models import Event

pytestmark = pytest.mark.django_db
_LINK = re.compile(r"http://127.0.0.1:8000/tai-khoan/kich-hoat/[\w-]{43}/")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace that nothing was measured in yet; the command's questions are answered here."""

    def answer(_: Path, question: str) -> str:
        return json.dumps(administer.answer(json.loads(question)))

    monkeypatch.setattr(admin_commands, "answer_to", answer)
    found = write_workspace(tmp_path / "w")
    with served(found):
        yield found


def test_there_is_one_first_administrator_and_links_for_who_lost_a_password(root):
    assert len(_LINK.findall(ok(root, "admin", "first", "quan-tri", "--name", "Quản trị thử").stdout)) == 1
    assert people.person(User.objects.get()).administers
    second = run(root, "admin", "first", "khac")
    assert second.exit_code == 2
    assert "There is an administrator" in second.stderr
    again = ok(
        root, "admin", "link", "quan-tri", "--why", "mất điện thoại", "--site", "https://kieng.example.vn/"
    )
    assert "https://kieng.example.vn/tai-khoan/kich-hoat/" in again.stdout
    for wrong in (("link", "khong-co", "--why", "x"), ("first", "a b")):
        assert run(root, "admin", *wrong).exit_code == 2
    assert run(root.parent, "admin", "list").exit_code == 2, "no workspace"


def test_an_administrator_whose_post_has_ended_does_not_stand_in_the_way(root):
    user = User.objects.create_user("cu")
    Post.objects.create(user=user, role=Role.ADMIN, valid_from="2020-01-01", valid_to="2021-01-01")
    ok(root, "admin", "first", "moi")


def test_people_come_in_by_file_with_links_and_are_handed_over(root, tmp_path):
    file, links = tmp_path / "ds.csv", tmp_path / "links.csv"
    file.write_bytes(csv_of([person(1, "xa ba", "Người đứng đầu"), person(2, "xa-12"), person(3, "xa-3")]))
    looked = ok(root, "admin", "people", file)
    assert "Người Thử 1" in looked.stdout
    assert not User.objects.exists()
    assert run(root, "admin", "people", file, "--apply").exit_code == 2, "a change needs its reason"
    ok(root, "admin", "people", file, "--apply", "--why", "QĐ 1", "--links", links)
    with links.open(encoding="utf-8-sig") as content:
        rows = list(csv.DictReader(content))
    assert len(rows) == 3
    assert all(_LINK.fullmatch(row["Liên kết"]) for row in rows)
    assert links.stat().st_mode & 0o777 == 0o600
    taken = run(root, "admin", "people", file, "--apply", "--why", "QĐ 1", "--links", links)
    assert taken.exit_code == 2, "nothing is overwritten"
    ok(root, "admin", "people", file, "--apply", "--why", "QĐ 1")
    assert User.objects.count() == 3
    ok(
        root,
        "admin",
        "hand-over",
        "Xã Ba",
        "--to",
        "nguoi.thu3@example.vn",
        "--on",
        "01/12/2026",
        "--why",
        "QĐ 2",
    )
    ok(root, "admin", "end-post", "nguoi.thu2@example.vn", "--on", "2026-12-02", "--why", "QĐ 3")
    ok(
        root,
        "admin",
        "give-post",
        "nguoi.thu1@example.vn",
        "--role",
        "office",
        "--from",
        "1/12/2026",
        "--why",
        "x",
    )
    ok(root, "admin", "reset-second-factor", "nguoi.thu1@example.vn", "--why", "mất máy")
    listed = ok(root, "admin", "list").stdout
    assert "nguoi.thu3@example.vn" in listed
    why = Event.objects.get(kind="second_factor_removed").why
    assert re.fullmatch(r"mất máy \(kieng admin, \S+\)", why)


def test_every_fault_is_named_and_nothing_written(root, tmp_path):
    file = tmp_path / "ds.csv"
    file.write_bytes(csv_of([person(1, "xa bon"), person(2, "xa-1"), person(3, "xa-12", "Quản trị")]))
    told = run(root, "admin", "people", file, "--apply", "--why", "x")
    assert told.exit_code == 2
    for code in ("2:4: unknown-agency", "3:4: agency-not-on-day", "4:6: role-not-by-file"):
        assert f"ds.csv:{code}" in told.stderr
    assert "Traceback" not in told.stderr
    assert run(root, "admin", "people", tmp_path / "khong-co.csv").exit_code == 2
    assert not User.objects.exists()


def test_a_disk_that_is_full_says_that_people_are_in_without_links(root, tmp_path, monkeypatch):
    file = tmp_path / "ds.csv"
    file.write_bytes(csv_of([person(n, "xa-3") for n in range(200)]))
    monkeypatch.setattr(admin_commands, "_opened", _full)
    told = run(root, "admin", "people", file, "--apply", "--why", "x", "--links", tmp_path / "links")
    assert (told.exit_code, User.objects.count()) == (2, 200)
    assert "links-not-written" in told.stderr


def _full(_: Path) -> TextIO:
    return Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 the command closes it
