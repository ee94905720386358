"""What people come for, from their first page to what they wanted, as they would go."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Open
from tests.web.test_access import WARD

from kieng.web.accounts.models import Post, User
from kieng.web.cockpit import traces

OTHER = "gl-so-khcn"
PASSWORD = "ba-chan-kieng-vung"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not turn a trace into a promise of one."""
    monkeypatch.setattr(traces, "PATIENCE", 60.0)


def somebody(role: str, agency: str) -> User:
    user = User.objects.create_user("an", password=PASSWORD, shown_as="Chủ tịch phường")
    Post.objects.create(user=user, role=role, agency=agency, valid_from=date(2020, 1, 1))
    return user


def log_in(page: Page) -> None:
    page.get_by_label("Tên đăng nhập").fill("an")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def choose(page: Page, entry: str) -> None:
    """An entry of the menu, which a narrow screen keeps closed."""
    link = page.locator("nav").get_by_role("link", name=entry, exact=True)
    if not link.is_visible():
        page.get_by_text("Mục lục", exact=True).click()
    link.click()


def first_figure(text: str) -> str:
    found = re.search(r"[\d.,]*\d", text)
    assert found, text
    return found.group()


def test_a_head_finds_the_worst_its_cause_and_its_trace_in_three_steps(open_page: Open, width: int) -> None:
    somebody("head", WARD)
    page = open_page("/tai-khoan/login/", width)
    log_in(page)
    expect(page).to_have_url(re.compile("/toi/$"))
    # 1: what is off stands on the first screen, the worst first.
    worst = page.locator(".off-list > li").first
    box = worst.locator("h3").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 800, "not on the first screen"
    name = worst.locator("h3").inner_text()
    value = first_figure(worst.locator(".off-value strong").inner_text())
    # 2: one indicator, and why.
    worst.locator("h3 a").click()
    expect(page.locator("h1")).to_have_text(name)
    assert first_figure(page.locator(".big").first.inner_text()) == value
    why = page.locator("section[aria-labelledby=vi-sao]")
    assert why.locator("table, .finding, a").count()
    # 3: what it rests on.
    page.locator("a[href*='/toi/dau-vet/']").first.click()
    assert first_figure(page.locator(".big").inner_text()) == value
    expect(page.get_by_text("ra đúng số này")).to_be_visible()
    assert page.locator("#ban-ghi ~ .wide tbody tr").count()
    with page.expect_download() as bundle:
        page.get_by_role("link", name="Tải gói để tính lại").click()
    assert bundle.value.suggested_filename.endswith(".zip")


def test_a_leader_goes_down_from_the_province_to_who_makes_the_gap(open_page: Open) -> None:
    somebody("leader", "")
    page = open_page("/tai-khoan/login/?next=/toi/chi-so/work-files-online/gia-lai/", 1280)
    log_in(page)
    why = page.locator("section[aria-labelledby=vi-sao]")
    below = why.locator("tbody th a").first
    name = below.inner_text()
    below.click()
    expect(page.locator("h1")).to_have_text("Tỷ lệ hồ sơ công việc xử lý trên môi trường mạng")
    expect(page.locator("p.agency").first).to_contain_text(name)


def test_a_stranger_reads_the_plan_and_takes_the_data(open_page: Open, width: int) -> None:
    page = open_page("/", width)
    expect(page.locator("h1")).to_contain_text("kế hoạch")
    indicator = page.locator(".plan a[href^='/chi-so/']").first
    name = indicator.inner_text()
    indicator.click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("section[aria-labelledby=dinh-nghia]")).to_contain_text("Cơ quan chủ trì")
    choose(page, "Cơ quan")
    page.locator("main input[name=q]").fill("quy nhon")
    page.locator("main form button").first.click()
    page.locator("main a[href^='/co-quan/']", has_text="Quy Nhơn").first.click()
    expect(page.locator("h1")).to_contain_text("Quy Nhơn")
    choose(page, "Bản đồ")
    page.locator("html[data-ready=map]").wait_for(state="attached")
    assert page.locator("figure.map svg a path").count() > 100
    choose(page, "Dữ liệu mở")
    page.get_by_text("Từng chỉ số", exact=True).click()
    with page.expect_download() as taken:
        page.locator("a[href='/du-lieu/tai/work-files-online.csv']").click()
    assert taken.value.path().read_text("utf-8-sig").count("\n") > 1_000


def test_an_officer_is_refused_what_is_not_theirs(open_page: Open, width: int) -> None:
    somebody("officer", WARD)
    page = open_page("/tai-khoan/login/", width, refused=True)
    log_in(page)
    site = page.url.removesuffix("/toi/")
    for path in (f"/toi/chi-so/work-files-online/{OTHER}/", f"/toi/co-quan/{OTHER}/", "/nhat-ky/"):
        answer = page.goto(site + path)
        assert answer
        assert answer.status == 403, path
        expect(page.locator("h1")).to_have_text("Trang này không dành cho bạn")
        assert OTHER not in page.locator("main").inner_text()
    page.get_by_role("link", name="Về trang kế hoạch").click()
    expect(page.locator("h1")).to_contain_text("kế hoạch")


# --- with the keyboard alone -----------------------------------------------------------------


def focused(page: Page) -> dict[str, str]:
    """What has the focus: its text and address, and whether one sees that it has."""
    found: dict[str, str] = page.evaluate(
        """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
        return { tag: e.tagName, text: e.innerText || e.name || "", href: e.getAttribute("href") || "",
        seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none",
        inside: b.bottom > 0 && b.top < innerHeight && b.width > 0 } }"""
    )
    return found


def tab_to(page: Page, wanted: str, most: int = 60) -> None:
    """Press Tab until something with the text or address has the focus; each stop must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = focused(page)
        if at["tag"] != "BODY":
            assert at["seen"], f"no visible focus: {at}"
            assert at["inside"], f"the focus is out of sight: {at}"
        if wanted in (at["text"].strip(), at["href"]):
            return
    raise AssertionError(f"Tab never came to {wanted}")


def open_menu(page: Page) -> None:
    """By keyboard, where a narrow screen folds it."""
    if page.get_by_text("Mục lục", exact=True).is_visible():
        tab_to(page, "Mục lục")
        page.keyboard.press("Enter")


def test_with_the_keyboard_alone(open_page: Open, width: int) -> None:
    somebody("head", WARD)
    page = open_page("/", width)
    page.keyboard.press("Tab")
    assert focused(page)["href"] == "#noi-dung"  # the skip link comes first
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    first = page.locator("main a").first.get_attribute("href")
    assert first
    tab_to(page, first)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(first.split("?")[0])))
    open_menu(page)
    tab_to(page, "Đăng nhập")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/login/"))
    tab_to(page, "login")
    page.keyboard.type("an")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/toi/$"))
    worst = page.locator(".off-list h3 a").first.get_attribute("href")
    assert worst
    tab_to(page, worst)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/toi/chi-so/"))
    open_menu(page)
    tab_to(page, "Đăng xuất")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/logout/"))
    tab_to(page, "Đăng xuất")  # of the menu, or the button
    while focused(page)["tag"] != "BUTTON":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^/]*//[^/]*/$"))
    expect(page.get_by_text("Đăng nhập").first).to_be_attached()


def test_a_menu_link_of_the_map_leads_past_its_hundred_links(open_page: Open) -> None:
    page = open_page("/ban-do/", 375)
    page.locator("html[data-ready=map]").wait_for(state="attached")
    tab_to(page, "#bang")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page)["tag"] == "SUMMARY"
    page.keyboard.press("Enter")
    tab_to(page, page.locator("table.stack tbody a").first.get_attribute("href") or "-", most=1)


def test_paper_has_what_a_screen_folds_away_and_nothing_to_press(open_page: Open) -> None:
    page = open_page("/chi-so/cases-received/?agency=gia-lai&period=2025", 1280)
    folded = page.locator("main details:not([open])").last
    inside = folded.locator("table")
    expect(inside).not_to_be_visible()
    page.emulate_media(media="print")
    assert inside.bounding_box()["height"] > 1000  # 135 communes
    expect(page.locator("main form").first).to_be_hidden()
