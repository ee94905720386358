"""What append decides, alike for the tail and for segments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.helpers.ledger import (
    REPORT,
    SITE,
    START,
    Clock,
    all_rows,
    delivery,
    newest,
    open_ledger,
    report,
    site,
)

from kieng.problems import UserError
from kieng.records.batch import Origin, ledger_schema
from kieng.records.ledger import Ledger

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(params=[50_000, 0], ids=["tail", "segments"])
def ledger(request: pytest.FixtureRequest, each_database: str, tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path / "ledger", Clock(), small=request.param)


def counts(receipt) -> tuple[int, int, int, int]:
    return receipt.accepted, receipt.superseded, receipt.unchanged, len(receipt.refused)


def test_what_is_read_is_what_was_delivered(ledger):
    values = {
        "height": Decimal("42.125000"),
        "operator": "viettel",
        "shared": True,
        "checked_at": datetime(2024, 3, 1, 7, 30),
        "antennas": 3,
    }
    ledger.append(delivery([site("a", **values), site("b", None)], origin=Origin.MEASURED))
    first, second = sorted(all_rows(ledger.records(SITE)), key=lambda row: row["id"])
    assert {name: first[name] for name in values} == values
    assert (first["_key"], first["_row"], first["_batch"]) == ("so-tttt:a", 2, 1)
    assert (first["_origin"], first["_recorded_at"]) == (Origin.MEASURED.bit, START + timedelta(seconds=1))
    assert second["in_service_on"] is None


def test_segments_and_tail_have_the_ledgers_columns(tmp_path):
    clock = Clock()
    open_ledger(tmp_path, clock, small=0).append(delivery([site("a")]))
    ledger = open_ledger(tmp_path, clock)
    ledger.append(delivery([site("b")], key="second"))
    records = ledger.records(SITE)
    assert records.tail.schema.equals(ledger_schema(SITE))
    assert [pq.read_schema(path).names for path in records.segments] == [ledger_schema(SITE).names]


def test_the_same_delivery_twice_changes_nothing(ledger):
    first = ledger.append(delivery([site("a"), site("b")]))
    again = ledger.append(delivery([site("a"), site("b")]))
    assert (again.batch, again.already) == (None, first.batch)
    assert counts(again) == (0, 0, 2, 0)
    assert ledger.batches() == [first.batch]
    assert len(all_rows(ledger.records(SITE))) == 2


def test_equal_content_under_another_key_is_known(ledger):
    first = ledger.append(delivery([site("a")]))
    again = ledger.append(delivery([site("a")], key="sent-again"))
    assert again.already == first.batch
    assert len(ledger.batches()) == 1


def test_old_content_sent_after_a_change_brings_it_back(ledger):
    ledger.append(delivery([site("a", operator="viettel")]))
    ledger.append(delivery([site("a", operator="vnpt")], key="second"))
    back = ledger.append(delivery([site("a", operator="viettel")], key="third"))
    assert counts(back) == (1, 1, 0, 0)
    assert newest(ledger.records(SITE))["so-tttt:a"]["operator"] == "viettel"


def test_other_content_under_a_used_key_is_refused(ledger):
    ledger.append(delivery([site("a")]))
    with pytest.raises(UserError) as caught:
        ledger.append(delivery([site("b")]))
    assert [(p.code, p.value) for p in caught.value.problems] == [("delivery-key-taken", "first")]
    assert len(ledger.batches()) == 1


def test_a_key_is_the_sources_own(ledger):
    ledger.append(delivery([site("a")]))
    other = ledger.append(delivery([site("a")], source="vnpt"))
    assert counts(other) == (1, 0, 0, 0)
    assert set(newest(ledger.records(SITE))) == {"so-tttt:a", "vnpt:a"}


def test_a_record_in_two_batches_counts_once(ledger):
    ledger.append(delivery([site("a"), site("b")]))
    second = ledger.append(delivery([site("b"), site("c")], key="second"))
    assert counts(second) == (1, 0, 1, 0)
    assert (second.batch.accepted, second.batch.unchanged) == (1, 1)
    assert sorted(row["id"] for row in all_rows(ledger.records(SITE))) == ["a", "b", "c"]


def test_a_newer_version_supersedes_and_the_old_one_stays(ledger):
    ledger.append(delivery([site("a", antennas=3)]))
    second = ledger.append(delivery([site("a", antennas=6)], key="second"))
    assert counts(second) == (1, 1, 0, 0)
    assert [row["antennas"] for row in all_rows(ledger.records(SITE))] == [3, 6]
    assert newest(ledger.records(SITE))["so-tttt:a"]["antennas"] == 6


def test_the_newest_of_many_versions_decides(ledger):
    for number in (1, 2, 3):
        ledger.append(delivery([site("a", antennas=number)], key=str(number)))
    assert counts(ledger.append(delivery([site("a", antennas=3), site("z")], key="4"))) == (1, 0, 1, 0)
    assert counts(ledger.append(delivery([site("a", antennas=2), site("z")], key="5"))) == (1, 1, 1, 0)


def test_a_field_emptied_is_a_change_and_texts_cannot_imitate_each_other(ledger):
    ledger.append(delivery([site("a", operator="x\x1fshared=true"), site("b", operator="x", antennas=1)]))
    changed = [site("a", operator="x", shared=True), site("b", operator="x")]
    assert counts(ledger.append(delivery(changed, key="second"))) == (2, 2, 0, 0)


def test_as_of_tells_what_was_known_then(ledger):
    first = ledger.append(delivery([site("a", antennas=3)])).batch
    second = ledger.append(delivery([site("a", antennas=6)], key="second")).batch
    then = ledger.records(SITE, as_of=first.committed_at)
    assert newest(then)["so-tttt:a"]["antennas"] == 3
    assert then.as_of == first.committed_at
    assert all_rows(ledger.records(SITE, as_of=START)) == []
    assert ledger.batches(as_of=first.committed_at) == [first]
    assert newest(ledger.records(SITE, second.committed_at))["so-tttt:a"]["antennas"] == 6


def test_a_batch_counts_from_its_commit_not_from_its_stamp(ledger):
    """Else a reader who stood between the two would later find other figures for the same moment."""
    batch = ledger.append(delivery([site("a")])).batch
    assert batch.recorded_at < batch.committed_at
    assert all_rows(ledger.records(SITE, as_of=batch.recorded_at)) == []


def test_a_withdrawn_record_is_gone_and_can_come_back(ledger):
    ledger.append(delivery([site("a")]))
    withdrawn = ledger.append(delivery([site("a", _withdrawn=True)], key="second"))
    assert counts(withdrawn) == (1, 1, 0, 0)
    assert newest(ledger.records(SITE)) == {}
    assert counts(ledger.append(delivery([site("a")], key="third"))) == (1, 1, 0, 0)
    assert set(newest(ledger.records(SITE))) == {"so-tttt:a"}


def test_a_measured_record_replaces_an_equal_synthetic_one(ledger):
    ledger.append(delivery([site("a")], origin=Origin.SYNTHETIC))
    assert counts(ledger.append(delivery([site("a")], "second", origin=Origin.MEASURED))) == (1, 1, 0, 0)


def test_a_corrected_anchor_date_stays_in_the_first_month(tmp_path):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    ledger.append(delivery([site("a", date(2024, 3, 5)), site("b", date(2024, 4, 1))]))
    ledger.append(delivery([site("a", date(2023, 12, 1)), site("c", date(2023, 12, 1))], key="second"))
    months = {(path.parent.name, row) for path in ledger.records(SITE).segments for row in _ids(path)}
    assert months == {("2024-03", "a"), ("2024-04", "b"), ("2023-12", "c")}


def test_records_are_sorted_into_months_whatever_their_order(tmp_path):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    days = [date(2024, 5, 1), date(2024, 1, 31), None, date(2024, 5, 31), date(2024, 1, 1)]
    ledger.append(delivery([site(str(number), day) for number, day in enumerate(days)]))
    found = {path.parent.name: _ids(path) for path in ledger.records(SITE).segments}
    assert found == {"2024-01": ["1", "4"], "2024-05": ["0", "3"], "undated": ["2"]}


def test_a_file_lies_in_the_order_of_agencies_and_then_of_the_delivery(tmp_path):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    of_agency = {"a": "quy-nhon", "b": None, "c": "an-nhon", "d": "quy-nhon", "e": "an-nhon"}
    ledger.append(delivery([site(id_, agency=agency) for id_, agency in of_agency.items()]))
    ledger.append(delivery([site("c", antennas=1), site("f", agency="an-nhon")], key="second"))
    found = [_ids(path) for path in ledger.records(SITE).segments]
    assert sorted(found) == [["c"], ["c", "e", "a", "d", "b"], ["f"]]


def test_only_columns_whose_values_repeat_have_a_dictionary(tmp_path):
    ledger = open_ledger(tmp_path, Clock(), small=0)
    ledger.append(delivery([site(str(number), operator="viettel") for number in range(50)]))
    (path,) = ledger.records(SITE).segments
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    coded = {column.path_in_schema for column in columns if column.has_dictionary_page}
    assert coded >= {"agency", "operator", "_batch"}
    assert not coded & {"_key", "_row", "id"}


def _ids(path: Path) -> list[str]:
    return pq.ParquetFile(path).read(["id"])["id"].to_pylist()


def test_a_version_in_a_segment_is_found_from_the_tail_and_the_other_way(tmp_path):
    clock = Clock()
    into_segments, into_tail = open_ledger(tmp_path, clock, small=0), open_ledger(tmp_path, clock)
    into_segments.append(delivery([site("a", antennas=1)]))
    assert counts(into_tail.append(delivery([site("a", antennas=2)], "2"))) == (1, 1, 0, 0)
    assert counts(into_segments.append(delivery([site("a", antennas=2), site("b")], "3"))) == (1, 0, 1, 0)
    assert counts(into_tail.append(delivery([site("a", antennas=1), site("b")], "4"))) == (1, 1, 1, 0)


# --- states ---


def test_an_estimate_after_a_confirmed_figure_is_refused_and_named(ledger):
    ledger.append(delivery([report("x", "5", "confirmed"), report("y", "5", "estimate")], "1", REPORT))
    rows = [report("x", "6", "estimate"), report("y", "6", "provisional"), report("z", "6", None)]
    receipt = ledger.append(delivery(rows, "2", REPORT, refused=1))
    assert counts(receipt) == (2, 1, 0, 1)
    assert receipt.batch.refused == 2
    problem = receipt.refused[0]
    assert (str(problem.place), problem.code, problem.value) == ("2.csv:2", "weaker-state", "estimate")
    assert "confirmed" in problem.why
    assert "so-tttt:x" in problem.why
    amounts = {key: row["amount"] for key, row in newest(ledger.records(REPORT)).items()}
    assert amounts == {"so-tttt:x": 5, "so-tttt:y": 6, "so-tttt:z": 6}


def test_a_confirmed_figure_may_be_corrected_or_taken_back(ledger):
    ledger.append(delivery([report("x", "5", "confirmed"), report("y", "5", "confirmed")], "1", REPORT))
    rows = [report("x", "6", "confirmed"), report("y", "5", "estimate", _withdrawn=True)]
    assert counts(ledger.append(delivery(rows, "2", REPORT))) == (2, 2, 0, 0)
    # Withdrawn, so nothing stands above an estimate any more.
    assert counts(ledger.append(delivery([report("y", "4", "estimate")], "3", REPORT))) == (1, 1, 0, 0)


# --- deliveries that cannot be taken ---


def test_keys_that_are_missing_or_stand_twice_are_all_named(ledger):
    rows = [site("a"), site("b", _key=None), site("a"), site("a")]
    with pytest.raises(UserError) as caught:
        ledger.append(delivery(rows))
    found = [(p.place.line, p.code) for p in caught.value.problems]
    assert found == [(3, "missing-key"), (4, "duplicate-key"), (5, "duplicate-key")]
    assert ledger.batches() == []


def test_rows_of_another_shape_are_a_fault_of_the_caller(ledger):
    wrong = delivery([site("a")])
    with pytest.raises(ValueError, match="columns"):
        ledger.append(replace(wrong, rows=wrong.rows.drop_columns(["height"])))


def test_a_delivery_without_sound_rows_is_kept_as_a_batch(ledger):
    receipt = ledger.append(delivery([], refused=3))
    assert (receipt.batch.accepted, receipt.batch.refused) == (0, 3)
    # Nothing in common but being empty: the second one's refusals must not be lost.
    assert ledger.append(delivery([], key="second", refused=5)).batch.refused == 5
    assert ledger.verify() == []


def test_old_deliveries_are_replayed_in_order(ledger):
    old = START - timedelta(days=90)
    first = ledger.append(delivery([site("a")], recorded_at=old)).batch
    assert first.recorded_at == old
    assert set(newest(ledger.records(SITE, as_of=old))) == {"so-tttt:a"}
    ledger.append(delivery([site("b")], "2", recorded_at=old))  # the same moment is in order
    for number, (moment, code) in enumerate(
        [
            (old - timedelta(days=1), "recorded-before-last-batch"),
            (START + timedelta(days=1), "recorded-in-future"),
        ]
    ):
        with pytest.raises(UserError) as caught:
            ledger.append(delivery([site("c")], f"late-{number}", recorded_at=moment))
        assert [p.code for p in caught.value.problems] == [code]
    assert len(ledger.batches()) == 2


def test_a_clock_set_back_does_not_break_the_order(tmp_path):
    clock = Clock()
    ledger = open_ledger(tmp_path, clock)
    first = ledger.append(delivery([site("a")])).batch
    clock.moment = START - timedelta(days=1)
    second = ledger.append(delivery([site("b")], key="second")).batch
    assert second.recorded_at >= first.committed_at
    assert set(newest(ledger.records(SITE))) == {"so-tttt:a", "so-tttt:b"}


def test_batches_come_back_as_they_were_received(ledger):
    more = {"citation": "Báo Bình Định, 30/6/2022", "file": None, "refused": 2, "origin": Origin.PUBLISHED}
    batch = ledger.append(delivery([site("a")], **more)).batch
    assert ledger.batches() == [batch]
    assert ledger.batch(1) == batch
    assert ledger.batch(2) is None
    assert (batch.citation, batch.file, batch.refused) == (more["citation"], None, 2)


# --- the plan's text ---


def test_the_plans_text_is_kept_through_time(tmp_path):
    ledger = open_ledger(tmp_path, Clock())
    days = [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    assert ledger.plan_as_of(days[0]) is None
    for day, text in zip(days, (b"one", b"two", b"one"), strict=True):
        ledger.remember_plan({"plans/nq05.yaml": text, "kieng.yaml": b"x"}, text.decode(), day)
        ledger.remember_plan({"plans/nq05.yaml": text}, text.decode(), day)  # the same: not kept again
    found = [ledger.plan_as_of(day + timedelta(hours=1)) for day in days]
    assert [plan.files["plans/nq05.yaml"] for plan in found] == [b"one", b"two", b"one"]
    assert [plan.recorded_at for plan in found] == days
    assert set(found[0].files) == {"plans/nq05.yaml", "kieng.yaml"}
    assert not found[0].later
    before = ledger.plan_as_of(days[0] - timedelta(days=1))
    assert (before.files["plans/nq05.yaml"], before.later) == (b"one", True)
    assert ledger.verify() == []
