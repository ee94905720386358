"""The administrator's pages about many people: look, accept, links, handover, successors."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.helpers.people import Cell, csv_of, person

from kieng.web.accounts import actions as accounts
from kieng.web.accounts import reads as people
from kieng.web.accounts.models import Post, Role, User
from kieng.web.audit.models import Event
from kieng.web.people import kept_sheet

pytestmark = pytest.mark.django_db
WARD = "quy-nhon-21583-2025"
PAGE = "/tai-khoan/nhan-su/"


def sent(rows: list[list[Cell]] | bytes, name: str = "ds.csv", why: str = "QĐ 3") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, rows if isinstance(rows, bytes) else csv_of(rows)), "why": why}


def seal_in(page: bytes) -> str:
    found = re.search(r'name="sheet" value="([^"]+)"', page.decode())
    assert found is not None
    return found[1]


def test_a_file_is_looked_at_then_accepted_and_once_more_does_nothing(log_in):
    admin = log_in("admin")
    rows = [person(1, "UBND phường Quy Nhơn", "Người đứng đầu"), person(2, WARD)]
    seen = admin.post(f"{PAGE}tep/", sent(rows))
    assert seen.status_code == 200
    assert "Người Thử 1" in seen.content.decode()
    assert "no-store" in seen["Cache-Control"]
    assert User.objects.filter(username__contains="thu").count() == 0, "nothing is written by looking"
    seal = seal_in(seen.content)
    assert admin.post(f"{PAGE}tep/nap/", {"sheet": seal})["Location"] == PAGE
    assert [one.user.shown_as for one in people.holders(WARD, timezone.localdate())] == ["Người Thử 1"]
    who = User.objects.get(username="admin")
    assert {one.by_id for one in Event.objects.filter(kind__in=("post_given", "people_loaded"))} == {who.pk}
    events = Event.objects.count()
    again = admin.post(f"{PAGE}tep/nap/", {"sheet": seal})  # the other tab, or the button twice
    assert again.status_code == 409
    assert "Tệp này không thay đổi gì" in again.content.decode()
    assert Event.objects.count() == events


def test_faults_are_shown_by_row_in_both_languages_and_nothing_is_written(log_in):
    admin = log_in("admin")
    rows = [person(1, "Xã <b>Không</b> Có"), person(2, WARD, "Trưởng thôn")]
    told = admin.post(f"{PAGE}tep/", sent(rows, "<b>.csv"))
    assert told.status_code == 400
    page = told.content.decode()
    assert "<b>" not in page
    assert "Dòng 2" in page
    assert "Không có vai trò này." in page
    admin.cookies["kieng_language"] = "en"
    assert "There is no such role." in admin.post(f"{PAGE}tep/", sent(rows)).content.decode()
    assert User.objects.count() == 1


def test_what_is_accepted_is_what_this_administrator_looked_at_lately(log_in, monkeypatch):
    admin, other = log_in("admin"), Client()
    user = User.objects.create_user("khac")
    Post.objects.create(user=user, role="admin", valid_from=date(2020, 1, 1))
    other.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    seal = seal_in(admin.post(f"{PAGE}tep/", sent([person(1, WARD)])).content)
    for client, text in ((other, seal), (admin, seal[:-1]), (admin, ""), (admin, "x" * 1_000)):
        assert client.post(f"{PAGE}tep/nap/", {"sheet": text})["Location"] == f"{PAGE}tep/"
    monkeypatch.setattr(kept_sheet, "LASTS", -1)
    assert admin.post(f"{PAGE}tep/nap/", {"sheet": seal})["Location"] == f"{PAGE}tep/"
    monkeypatch.undo()
    accounts.create_person(username="nguoi.thu1@example.vn", shown_as="Người Thử 1", by=None, why="khác")
    moved = admin.post(f"{PAGE}tep/nap/", {"sheet": seal})
    assert moved.status_code == 409, "the accounts have changed since"
    assert not Post.objects.filter(agency=WARD).exists()
    assert admin.post(f"{PAGE}tep/nap/", {"sheet": seal_in(moved.content)})["Location"] == PAGE


@pytest.mark.parametrize("role", [None, "officer", "head", "office", "leader"])
def test_nobody_but_an_administrator_sends_or_accepts_a_file(log_in, role):
    seal = seal_in(log_in("admin").post(f"{PAGE}tep/", sent([person(1, WARD)])).content)
    client = log_in(role, WARD if role in ("officer", "head") else "")
    assert client.post(f"{PAGE}tep/", sent([person(1, WARD)])).status_code == 403
    assert client.post(f"{PAGE}tep/nap/", {"sheet": seal}).status_code == 403
    assert client.post(f"{PAGE}lien-ket/", {"who": "all", "why": "x"}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="admin"), backend=settings.AUTHENTICATION_BACKENDS[0])
    for page in ("tep/", "tep/nap/", "lien-ket/"):
        assert strict.post(f"{PAGE}{page}", {"sheet": seal}).status_code == 403


def test_links_are_given_to_all_who_have_none_as_a_page_or_a_file(log_in):
    admin = log_in("admin")
    User.objects.update(last_login=timezone.now())
    for name in ("=1+1", "b"):
        user = accounts.create_person(username=f"u{name[-1]}", shown_as=name, by=None, why="x")
        accounts.give_post(
            user=user, role=Role.OFFICER, agency=WARD, valid_from=date(2025, 7, 1), by=None, why="x"
        )
    asked = {"who": "all", "why": "phát đợt 1", "csv": "on"}
    told = admin.post(f"{PAGE}lien-ket/", asked)
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Họ và tên", "'=1+1", "b"], "Excel works out no name"
    assert all(Client().get(row[3]).status_code == 200 for row in rows[1:])
    assert (
        "Mọi người đều đã có" in admin.post(f"{PAGE}lien-ket/", {"who": "all", "why": "x"}).content.decode()
    )
    anew = admin.post(f"{PAGE}lien-ket/", {"who": str(user.pk), "why": "mất thư"})
    assert "/tai-khoan/kich-hoat/" in anew.content.decode()
    assert Client().get(rows[2][3]).status_code == 404, "the one before opens no more"
    assert admin.post(f"{PAGE}lien-ket/", {"who": "all", "why": " "}).status_code == 302
    assert admin.post(f"{PAGE}lien-ket/", {"who": "x" * 30, "why": "x"}).status_code == 400
    assert Event.objects.filter(kind="activation_given").count() == 3


def test_a_head_hands_over_on_a_day_with_the_open_matters_counted(log_in):
    admin = log_in("admin")
    old = accounts.create_person(username="cu", shown_as="Người cũ", by=None, why="x")
    accounts.create_person(username="moi", shown_as="Người mới", by=None, why="x")
    post = accounts.give_post(
        user=old, role=Role.HEAD, agency=WARD, valid_from=date(2025, 7, 1), by=None, why="x"
    )
    page, day = f"{PAGE}ban-giao/{post.pk}/", timezone.localdate() + timedelta(days=3)
    shown = admin.get(page).content.decode()
    assert "Việc còn mở sẽ chuyển" in shown
    assert admin.post(page, {"to": "khong-co", "on": f"{day:%d/%m/%Y}", "why": "x"}).status_code == 400
    assert admin.post(page, {"to": "cu", "on": f"{day:%d/%m/%Y}", "why": "x"}).status_code == 400
    assert admin.post(page, {"to": "moi", "on": f"{day:%d/%m/%Y}", "why": "QĐ 9"})["Location"] == PAGE
    assert [one.user.username for one in people.holders(WARD, day - timedelta(days=1))] == ["cu"]
    assert [one.user.username for one in people.holders(WARD, day)] == ["moi"]
    assert Event.objects.latest("number").parts["open"] > 0
    assert admin.post(page, {"to": "moi", "on": f"{day:%d/%m/%Y}", "why": "x"}).status_code == 400, "twice"


def test_a_post_in_an_agency_that_has_merged_goes_on_in_its_successor(log_in):
    admin, user = log_in("admin"), User.objects.create_user("a", shown_as="Người Thử")
    gone = "thi-nai-21583-2024"
    post = Post.objects.create(user=user, role="head", agency=gone, valid_from=date(2024, 12, 5))
    assert "Đề xuất kế thừa" in admin.get(PAGE).content.decode()
    page = f"{PAGE}ke-thua/{post.pk}/"
    assert WARD in admin.get(page).content.decode()
    assert admin.post(page, {"agency": WARD, "why": "sắp xếp"})["Location"] == PAGE
    assert [(one.agency, one.valid_from) for one in people.posts_of(user)] == [
        (WARD, date(2025, 7, 1)),
        (gone, date(2024, 12, 5)),
    ]
    assert admin.get(page)["Location"] == PAGE


def test_the_blank_sheet_can_be_filled_in_and_sent(log_in, tmp_path):
    path = tmp_path / "mau.xlsx"
    path.write_bytes(log_in("admin").get(f"{PAGE}mau.xlsx").content)
    told = log_in("admin", "lan-hai").post(f"{PAGE}tep/", sent(path.read_bytes(), "mau.xlsx"))
    assert "Tệp không có nội dung" in told.content.decode()


def test_a_name_and_an_address_are_corrected_and_nobody_gets_anothers(log_in):
    admin = log_in("admin")
    one = accounts.create_person(username="a", shown_as="Người Thử", email="a@example.vn", by=None, why="x")
    accounts.create_person(username="b", shown_as="Khác", email="b@example.vn", by=None, why="x")
    page = f"{PAGE}ten/{one.pk}/"
    assert (
        admin.post(page, {"shown_as": "Người Thử Mới", "email": "B@example.vn", "why": "x"}).status_code
        == 400
    )
    assert (
        admin.post(page, {"shown_as": "Người Thử Mới", "email": "c@example.vn", "why": "QĐ 4"}).status_code
        == 302
    )
    one.refresh_from_db()
    assert (one.shown_as, one.email) == ("Người Thử Mới", "c@example.vn")
    assert set(Event.objects.filter(why="QĐ 4").values_list("kind", flat=True)) == {
        "person_renamed",
        "email_set",
    }
