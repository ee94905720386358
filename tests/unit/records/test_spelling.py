"""Vietnamese in encodings that were not made for it."""

from __future__ import annotations

import pytest

from kieng.records.fault_texts import TEXTS
from kieng.records.spelling import spelled
from kieng.words import composed

SAID = [name.vi for pair in TEXTS.values() for name in pair]
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
EVERY = "".join(composed(one + tone) for one in LETTERS + LETTERS.upper() for tone in ("", *"̣̀́̉̃"))


@pytest.mark.parametrize("text", [EVERY, *SAID])
def test_windows_1258_holds_every_letter(text: str) -> None:
    there = spelled(text, "windows-1258").encode("windows-1258").decode("windows-1258")
    assert composed(there) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_encodings_of_all_letters_are_left_alone(encoding: str) -> None:
    assert spelled(EVERY, encoding) == EVERY


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("ascii", "Truong ?Xa Dong?"), ("iso-8859-1", "Truong «Xã Dông»")],
)
def test_without_its_marks_where_there_are_none(encoding: str, told: str) -> None:
    assert spelled("Trường «Xã Đông»", encoding) == told


def test_what_is_no_letter_is_shown_missing() -> None:
    assert spelled("→ 区", "windows-1258") == "? ?"
