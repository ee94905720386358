"""The trace of a figure: what it rests on, for those who may know, and a bundle that makes it again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kieng.trace.bundle import recompute
from kieng.web import door
from kieng.web.cockpit import traces, views
from kieng.workspace.folder import definitions_of

WARD, PROVINCE = "quy-nhon-21583-2025", "gia-lai"
TRACE = f"/toi/dau-vet/cases-online/{WARD}/2025/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not turn a trace into a promise of one."""
    monkeypatch.setattr(traces, "PATIENCE", 60.0)


def test_the_records_make_the_stored_figure_again(log_in):
    page = log_in("head", WARD).get(TRACE)
    assert page.context["same"]
    assert page.context["trail"].trace.measurement.value == page.context["shown"].measurement.value
    words = page.content.decode()
    assert "count(where channel = &#x27;online&#x27;) / count(*)" in words
    assert "ra đúng số này" in words


def test_records_that_count_for_less_come_first_and_no_personal_field_is_shown(log_in):
    page = log_in("head", WARD).get(TRACE + "?only=used")
    trail = page.context["trail"]
    counted = [sum(one.traced.counted) for one in page.context["records"]]
    assert counted == sorted(counted)
    assert min(counted) > 0
    personal = {name for name, field in trail.record_type.fields.items() if field.personal}
    assert "applicant" in personal
    assert personal.isdisjoint(field.name for field in trail.shown)


def test_records_are_shown_in_pages(log_in, monkeypatch):
    monkeypatch.setattr(views, "RECORDS", 2)
    client = log_in("head", WARD)
    first, last = client.get(TRACE), client.get(TRACE + "?page=99999")
    count = len(first.context["trail"].records)
    assert count > 2
    assert len(first.context["records"]) == 2
    assert last.context["page"] == last.context["last_page"] == -(-count // 2)
    assert client.get(TRACE + "?page=-1").context["page"] == 1


def test_batches_that_are_named_hold_every_record_that_is_used(log_in):
    trace = log_in("head", WARD).get(TRACE).context["trail"].trace
    assert sum(used for _, used in trace.batches) == trace.measurement.used


def test_the_bundle_makes_the_same_figure_elsewhere(log_in, tmp_path: Path):
    answer = log_in("head", WARD).get(TRACE + "goi.zip")
    assert answer["Content-Type"] == "application/zip"
    path = tmp_path / "bundle.zip"
    path.write_bytes(io.BytesIO(answer.content).getvalue())
    found = recompute(path, definitions_of)
    assert found.same
    assert found.question.agency == WARD


def test_a_trace_on_todays_map_names_the_reorganisation(log_in):
    page = log_in("head", WARD).get(f"/toi/dau-vet/cases-online/{WARD}/2024/?map=today")
    assert "communes-2025" in [event.id for event in page.context["trail"].trace.events]
    assert page.context["same"]


@pytest.mark.parametrize("page", ["", "goi.zip"])
def test_the_trace_of_another_ward_is_refused(log_in, page):
    assert log_in("head", "an-khe-23614-2025").get(TRACE + page).status_code in (403,)
    assert log_in("head", PROVINCE).get(TRACE + page).status_code == 200


def test_a_figure_without_records_says_so(log_in):
    page = log_in("head", WARD).get(f"/toi/dau-vet/cases-online/{WARD}/2019/")
    assert page.status_code == 200
    assert "Không dựng lại được" in page.content.decode()


def test_a_trace_that_takes_long_is_promised_and_then_there(log_in, monkeypatch):
    monkeypatch.setattr(traces, "PATIENCE", 0.0)
    monkeypatch.setattr(traces, "_made", type(traces._made)())
    client = log_in("head", WARD)
    assert "Đang lần lại từng bản ghi" in client.get(TRACE).content.decode()
    monkeypatch.setattr(traces, "PATIENCE", 60.0)
    assert client.get(TRACE).context["trail"] is not None


def test_too_many_traces_at_once_are_refused(log_in, monkeypatch):
    monkeypatch.setattr(traces, "_WAITING", 0)
    monkeypatch.setattr(traces, "_made", type(traces._made)())
    page = log_in("head", WARD).get(TRACE)
    assert page.status_code == 503
    assert "nhiều yêu cầu truy nguồn gốc số liệu khác" in page.content.decode()


def test_one_trail_is_made_once_for_a_state():
    state = door.state()
    period = views._period("2025")
    first = traces.trail(state, "cases-online", WARD, period, "as-was")
    assert traces.trail(state, "cases-online", WARD, period, "as-was") is first


def test_a_figure_that_no_record_falls_into_has_a_trace_without_records(log_in):
    page = log_in("head", WARD).get(f"/toi/dau-vet/cases-online/{WARD}/2026-11/")
    assert page.status_code == 200
    assert page.context["records"] == []
