"""An administrator lets people in by a file on a narrow screen, one of them comes in: no barrier."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect
from tests.helpers.people import csv_of, person
from tests.journeys.conftest import Open
from tests.journeys.test_every_page import client_of, faults_of
from tests.web.test_access import WARD

from kieng.web.accounts.models import Post, User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
_PASSWORD = "mot-mat-khau-du-dai"


def csv_file(*agencies: str) -> FilePayload:
    rows = [person(n, agency, "Người đứng đầu" if n == 0 else "Cán bộ") for n, agency in enumerate(agencies)]
    return {"name": "ds.csv", "mimeType": "text/csv", "buffer": csv_of(rows)}


def test_people_are_let_in_by_a_file_and_come_in(open_page: Open) -> None:
    admin = client_of("admin")
    User.objects.update(last_login="2026-01-01T00:00:00Z")
    page = open_page("/tai-khoan/nhan-su/", 375, admin, refused=True)
    site = page.url.removesuffix("/tai-khoan/nhan-su/")
    faults = {"overview": faults_of(page, 375)}
    page.get_by_role("link", name="Nạp danh sách từ tệp").press("Enter")
    for name, file in (("wrong", csv_file("Xã Không Có", WARD)), ("preview", csv_file(WARD, WARD))):
        page.get_by_label("Tệp Excel hoặc CSV").set_input_files(file)
        page.get_by_label("Lý do").fill("QĐ 1/QĐ-UBND")
        page.get_by_role("button", name="Xem trước").press("Enter")
        expect(page.locator("h1")).to_contain_text(
            "Tệp có lỗi: 1" if name == "wrong" else "Xem trước thay đổi"
        )
        faults[name] = faults_of(page, 375)
    page.get_by_role("button", name="Ghi tất cả thay đổi").press("Enter")
    expect(page.locator("main")).to_contain_text("Đã nạp 2 thay đổi.")
    faults["filled"] = faults_of(page, 375)
    page.get_by_label("Lý do").fill("phát đợt 1")
    page.get_by_role("button", name="Cấp liên kết cho mọi người chưa có").press("Enter")
    faults["links"] = faults_of(page, 375)
    link = page.locator("code.link").first.inner_text()
    post = Post.objects.get(role="head")
    for name in (f"ban-giao/{post.pk}", f"ten/{post.user_id}"):
        page.goto(f"{site}/tai-khoan/nhan-su/{name}/")
        faults[name] = faults_of(page, 375)
    gone = Post.objects.create(
        user=post.user, role="head", agency="thi-nai-21583-2024", valid_from="2024-12-05"
    )
    page.goto(f"{site}/tai-khoan/nhan-su/ke-thua/{gone.pk}/")
    faults["succeed"] = faults_of(page, 375)
    gone.delete()
    own = open_page(link.removeprefix(site), 375, refused=True)
    faults["activate"] = faults_of(own, 375)
    for label in ("Mật khẩu", "Nhập lại mật khẩu"):
        own.get_by_label(label, exact=True).fill(_PASSWORD)
    own.get_by_role("button", name="Đặt mật khẩu").press("Enter")
    own.get_by_label("Tên đăng nhập").fill(post.user.username)
    own.get_by_label("Mật khẩu", exact=True).fill(_PASSWORD)
    own.get_by_role("button", name="Đăng nhập").press("Enter")
    expect(own.locator("h1")).to_contain_text("Quy Nhơn")
    own.goto(link)
    faults["used"] = faults_of(own, 375)
    assert {name: found for name, found in faults.items() if found} == {}
