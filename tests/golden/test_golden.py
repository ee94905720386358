"""Sentences about a head, as a Vietnamese official writes them: ``sentences.yaml`` holds each in both
languages with the figure that proves it (``proof``), and a case in which it would be false (``unless``). Both
are tried here; docs/reference/sentences.md is printed from the same file."""

from __future__ import annotations

from datetime import date

import pytest
from tests.golden import comparison, correction, signal, standing, to_do
from tests.helpers.workspace import write_workspace
from tools.golden_page import PAGE, book, page

from kieng.judgement.duty_words import who_owes
from kieng.plan.load import read
from kieng.plan.period import Period

BOOK = book()
KINDS = {
    "standing": standing.CASES,
    "comparison": comparison.CASES,
    "signal": signal.CASES,
    "correction": correction.CASES,
    "to-do": to_do.CASES,
}
EACH = [(kind, id) for kind, cases in KINDS.items() for id in cases]


def test_every_kind_has_ten_sentences_and_each_is_tried():
    assert {kind: set(told) for kind, told in BOOK.items()} == {k: set(cases) for k, cases in KINDS.items()}
    assert all(len(told) >= 10 for told in BOOK.values())


@pytest.mark.parametrize(("kind", "id"), EACH)
def test_a_sentence_is_said_where_its_figure_proves_it_and_not_where_it_would_be_false(kind: str, id: str):
    true, false = KINDS[kind][id]
    written = BOOK[kind][id]
    assert (true().vi, true().en) == (written["vi"], written["en"])
    assert false().vi != written["vi"]
    assert false().en != written["en"]


@pytest.mark.parametrize(("kind", "id"), EACH)
def test_a_sentence_stands_with_its_proof_and_what_would_make_it_false(kind: str, id: str):
    written = BOOK[kind][id]
    assert set(written) == {"vi", "en", "proof", "unless"}
    assert all(
        set(written[key]) == {"vi", "en"} and all(written[key].values()) for key in ("proof", "unless")
    )


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


def test_what_is_counted_from_records_is_owed_by_nobody(tmp_path):
    definitions, _ = read(write_workspace(tmp_path / "w"))
    told = who_owes(definitions, "work-files-online", "tinh-a", Period.parse("2024"), date(2025, 2, 1))
    assert told.vi.startswith("số này đếm từ bản ghi “")
    assert told.vi.split("”")[1].startswith(", không có báo cáo riêng")
    assert "no report of its own is owed" in told.en
