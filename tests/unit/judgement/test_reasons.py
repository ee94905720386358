from __future__ import annotations

import pytest

from kieng.judgement.reasons import REASONS, reason_code, reason_text
from kieng.measurement import value
from kieng.plan import recast

MADE = [text for name, text in vars(value).items() if name.isupper() and not name.startswith("_")]
CODES = {text for text in MADE if isinstance(text, str)} - {value.PERCENT}
MAP_CODES = set(recast._WHY)


def test_every_reason_has_words_and_no_words_are_left_over() -> None:
    assert len(CODES) >= 7
    assert REASONS.keys() == CODES | MAP_CODES


def _detail(code: str) -> str:
    if code in MAP_CODES:
        return ": xa-a, 2025-07-01, population"
    return ": 2012-01" if code == value.NO_DELIVERY else ""


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_speaks_both_languages(code: str) -> None:
    words = reason_text(code + _detail(code))
    assert words.vi != words.en
    assert "{" not in words.vi + words.en


def test_a_way_that_ends_on_the_map_names_where() -> None:
    words = reason_text("no-shares: xa-a, 2025-07-01, population")
    assert words.vi == "xa-a bị chia tách ngày 01/07/2025 mà không có phần chia theo population"
    assert words.en == "xa-a was split on 2025-07-01, and no shares by population are given"


def test_the_code_stands_alone_in_what_machines_read() -> None:
    assert reason_code("no-shares: xa-a, 2025-07-01, population") == "no-shares"
    assert reason_code("blocked") == "blocked"
    assert reason_code(None) is None
