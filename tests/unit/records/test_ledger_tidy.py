"""Putting pieces together changes nothing of what is read, at any moment, and is itself verified."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.helpers.ledger import REPORT, SITE, START, Clock, delivery, newest, open_ledger, report, site

from kieng.records.ledger import Ledger
from kieng.records.reading import dataset_of
from kieng.records.rewriting import Policy, Rewriting
from kieng.records.segments import encoded

EVERYTHING = Policy.everything()
pytestmark = pytest.mark.usefixtures("each_database")


def grown(folder: Path, batches: int = 12, seed: int = 1) -> Ledger:
    """Deliveries of a few sites each, many of them again and again; every third lies in files."""
    clock, chance = Clock(), random.Random(seed)
    for number in range(batches):
        ledger = open_ledger(folder, clock, small=0 if number % 3 == 0 else 50_000)
        picked = chance.sample(range(20), 6)
        rows = [site(str(n), date(2024, 1 + n % 3, 1), antennas=chance.randrange(4)) for n in picked]
        rows[0]["_withdrawn"] = chance.random() < 0.3
        ledger.append(delivery(rows, key=f"d{number}"))
    return open_ledger(folder, clock)


def known_at_each_batch(ledger: Ledger) -> list[dict[str, dict[str, object]]]:
    return [newest(ledger.records(SITE, batch.committed_at)) for batch in ledger.batches()]


@pytest.mark.parametrize("policy", [EVERYTHING, Policy(tail_rows=1, files=99, share=1)], ids=["all", "flush"])
@pytest.mark.parametrize("seed", range(4))
def test_what_was_known_at_any_moment_stays_what_was_known(tmp_path, policy, seed):
    ledger = grown(tmp_path, seed=seed)
    before, rows = known_at_each_batch(ledger), newest(ledger.records(SITE))
    assert ledger.tidy([SITE, REPORT], policy) == 3
    assert known_at_each_batch(ledger) == before
    assert newest(ledger.records(SITE)) == rows
    assert ledger.records(SITE).tail.num_rows == 0
    assert ledger.verify() == []


def test_a_compacted_ledger_reads_each_key_once_and_leaves_history_alone(tmp_path):
    ledger = grown(tmp_path)
    ledger.tidy([SITE], EVERYTHING)
    records = ledger.records(SITE)
    assert records.newer == ()
    assert len(records.once) == 3
    first = ledger.records(SITE, ledger.batches()[0].committed_at)
    assert first.once == ()
    assert {row["_batch"] for row in newest(first).values()} == {1}
    assert set(dataset_of(first).to_table(["_batch"])["_batch"].to_pylist()) == {1}


def test_tidying_again_changes_nothing(tmp_path):
    ledger = grown(tmp_path)
    ledger.tidy([SITE], EVERYTHING)
    assert ledger.tidy([SITE], EVERYTHING) == 0


def test_appends_after_tidying_find_their_older_versions_and_can_be_tidied_again(tmp_path):
    ledger, twin = grown(tmp_path / "a"), grown(tmp_path / "b")
    for number in range(6):
        ledger.tidy([SITE], EVERYTHING)
        rows = [site(str(n), antennas=number) for n in range(number, 25)]
        receipts = [one.append(delivery(rows, key=f"later-{number}")) for one in (ledger, twin)]
        assert receipts[0].accepted == receipts[1].accepted
        assert receipts[0].superseded == receipts[1].superseded
    ledger.tidy([SITE], EVERYTHING)
    plain = [newest(one.records(SITE)) for one in (ledger, twin)]
    antennas = [{key: row["antennas"] for key, row in rows.items()} for rows in plain]
    assert antennas[0] == antennas[1]
    assert ledger.verify() == []


def test_a_batch_that_comes_while_pieces_are_put_together_is_kept(tmp_path, monkeypatch):
    ledger = grown(tmp_path)
    draw_up, came = Rewriting.draw_up, []

    def slow(self, *arguments):
        drafts = draw_up(self, *arguments)
        if not came:
            rows = [site(str(n), antennas=77) for n in range(20)]
            came.append(ledger_two.append(delivery(rows, key="meanwhile")))
        return drafts

    ledger_two = open_ledger(tmp_path, lambda: START + timedelta(days=1))
    monkeypatch.setattr(Rewriting, "draw_up", slow)
    ledger.tidy([SITE], EVERYTHING)
    assert {row["antennas"] for row in newest(ledger.records(SITE)).values()} == {77}
    assert ledger.verify() == []


def test_two_who_tidy_at_once_do_it_once(tmp_path, monkeypatch):
    ledger, other = grown(tmp_path), open_ledger(tmp_path)
    draw_up, done = Rewriting.draw_up, []

    def overtaken(self, *arguments):
        drafts = draw_up(self, *arguments)
        if not done:
            done.append(True)
            monkeypatch.setattr(Rewriting, "draw_up", draw_up)
            other.tidy([SITE], EVERYTHING)
        return drafts

    before = newest(ledger.records(SITE))
    monkeypatch.setattr(Rewriting, "draw_up", overtaken)
    assert ledger.tidy([SITE], EVERYTHING) == 0
    assert newest(ledger.records(SITE)) == before
    assert ledger.verify() == []
    assert list((tmp_path / "drafts").iterdir()) == []


def test_replaced_files_stay_for_those_who_still_read_them_then_go(tmp_path):
    ledger = grown(tmp_path)
    old = ledger.records(SITE)
    before = newest(old)
    ledger.tidy([SITE], EVERYTHING)
    assert newest(old) == before
    ledger.sweep()
    assert newest(old) == before
    gone = set(ledger.sweep(grace=timedelta(seconds=-60)))
    assert set(old.segments) <= gone
    assert newest(ledger.records(SITE)) == before
    assert ledger.verify() == []


@pytest.mark.parametrize("suffix", [".parquet", ".keys"])
def test_a_changed_byte_of_a_current_file(tmp_path, suffix):
    ledger = grown(tmp_path)
    ledger.tidy([SITE], EVERYTHING)
    path = ledger.records(SITE).once[0].with_suffix(suffix)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = ledger.verify()
    assert {finding.kind for finding in found} == {"changed-file"}
    assert str(path) in found[0].place
    assert found[0].batch is not None or "batches 1 to" in found[0].place


def test_a_changed_value_in_a_file_of_many_batches_names_the_batch(tmp_path):
    ledger = open_ledger(tmp_path, Clock())
    for number in range(1, 6):
        ledger.append(delivery([site(f"{number}-{n}") for n in range(3)], str(number)))
    ledger.tidy([SITE], EVERYTHING)
    (path,) = ledger.records(SITE).once
    written = pq.read_table(path)
    keys = [key.replace("4-1", "4-9") for key in written["_key"].to_pylist()]
    path.write_bytes(encoded(written.set_column(written.schema.get_field_index("_key"), "_key", [keys])))
    found = [(f.kind, f.batch, f.place) for f in ledger.verify()]
    assert found in ([("changed-file", 4, str(path))], [("wrong-size", 4, str(path))])


def test_states_decide_across_files_and_tail(tmp_path):
    ledger = open_ledger(tmp_path, Clock())
    ledger.append(delivery([report("x", "5", "confirmed")], "1", REPORT))
    ledger.tidy([REPORT], EVERYTHING)
    assert len(ledger.append(delivery([report("x", "6", "estimate")], "2", REPORT)).refused) == 1


def test_what_a_batch_can_change_is_named(tmp_path):
    ledger = open_ledger(tmp_path, Clock())
    ledger.append(delivery([site("a"), site("b", date(2024, 5, 1))]))
    ledger.append(delivery([site("a", agency="an-lao")], "2"))
    touched = [(p.month, p.agencies) for p in ledger.touched(1, 2)]
    assert touched == [("2024-03", '["an-lao", "quy-nhon"]')]
    ledger.append(delivery([site(f"n{n}", agency=f"a{n}") for n in range(60)], "3"))
    assert [(p.month, p.agencies) for p in ledger.touched(2, 3)] == [("2024-03", None)]
