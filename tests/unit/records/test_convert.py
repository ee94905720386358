"""One cell: a value, nothing, or a named fault. Never a guess."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.helpers.intake import cells, codes


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,5", "1234.5"), ("0", "0"), ("-12", "-12"), ("1.234.567", "1234567"), ("0,000001", "0.000001")],
)
def test_numbers_are_read_with_the_separators_declared(tmp_path: Path, text: str, value: str) -> None:
    column, problems = cells(tmp_path, "fee", text)
    assert not problems
    assert column.to_pylist() == [Decimal(value)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1234.5", "not-a-number"),
        ("1.23", "not-a-number"),
        ("55 %", "not-a-number"),
        ("1e5", "not-a-number"),
        ("NaN", "not-a-number"),
        ("١٢", "not-a-number"),
        ("0,1234567", "too-many-decimals"),
        ("1" + "0" * 18, "number-too-large"),
        ("9" * 70, "not-a-number"),
        ("#N/A", "excel-error"),
    ],
)
def test_what_is_no_number_is_refused(tmp_path: Path, text: str, code: str) -> None:
    column, problems = cells(tmp_path, "fee", text)
    assert codes(problems) == [code]
    assert len(column) == 0


def test_zeros_after_the_sixth_decimal_are_no_precision(tmp_path: Path) -> None:
    column, problems = cells(tmp_path, "fee", "1,50000000")
    assert not problems
    assert column.to_pylist() == [Decimal("1.5")]


def test_the_largest_numbers_fit(tmp_path: Path) -> None:
    column, problems = cells(tmp_path, "fee", "9" * 18 + ",999999")
    assert not problems
    assert column.to_pylist() == [Decimal("9" * 18 + ".999999")]
    column, problems = cells(tmp_path, "people", str(2**63 - 1), str(2**63))
    assert column.to_pylist() == [2**63 - 1]
    assert codes(problems) == ["number-too-large"]


def test_a_whole_number_has_no_decimals(tmp_path: Path) -> None:
    column, problems = cells(tmp_path, "people", "3,0", "3,5")
    assert column.to_pylist() == [3]
    assert codes(problems) == ["not-a-whole-number"]


@pytest.mark.parametrize("text", ["1.234", "12,345"])
def test_an_undeclared_separator_is_not_guessed(text: str) -> None:
    from kieng.records.mapping import NumberStyle
    from kieng.records.numbers import number_reader

    assert getattr(number_reader(NumberStyle())(text), "code", None) == "ambiguous-number"


def test_dates_by_pattern(tmp_path: Path) -> None:
    column, problems = cells(
        tmp_path, "at", "05/03/2024", "5/3/2024 14:30", "2024-03-05", "2024-03-05T14:30:59"
    )
    assert not problems
    noon = datetime(2024, 3, 5, 14, 30)
    assert column.to_pylist() == [datetime(2024, 3, 5), noon, datetime(2024, 3, 5), noon.replace(second=59)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2024", "no-such-day"),
        ("29/02/2023", "no-such-day"),
        ("05/03/24", "not-a-date"),
        ("2024-W10", "not-a-date"),
        ("hôm qua", "not-a-date"),
        ("05/03/2024 25:00", "no-such-day"),
        ("05/03/0224", "implausible-year"),
        ("45356", "not-a-date"),
    ],
)
def test_what_is_no_date_is_refused(tmp_path: Path, text: str, code: str) -> None:
    _, problems = cells(tmp_path, "at", text)
    assert codes(problems) == [code]
    assert problems[0].value == text
    assert (problems[0].place.line, problems[0].place.column) == (2, 4)


def test_offsets_and_zones_become_wall_time_here(tmp_path: Path) -> None:
    column, _ = cells(tmp_path, "at", "2024-03-05T20:00:00Z", "2024-03-05T20:00:00+09:00", "2024-03-05T20:00")
    assert column.to_pylist() == [datetime(2024, 3, 6, 3), datetime(2024, 3, 5, 18), datetime(2024, 3, 5, 20)]


def test_a_field_may_have_a_zone_of_its_own(tmp_path: Path) -> None:
    more = '  at: {from: Ô, time_zone: UTC, dates: ["%Y%m%d%H%M%S"]}'
    column, _ = cells(tmp_path, "at", "20240305200000", more=more)
    assert column.to_pylist() == [datetime(2024, 3, 6, 3)]


def test_a_date_alone_stays_on_its_day_in_any_zone(tmp_path: Path) -> None:
    more = "  at: {from: Ô, time_zone: America/New_York, dates: [iso]}"
    column, _ = cells(tmp_path, "at", "2024-03-05", more=more)
    assert column.to_pylist() == [datetime(2024, 3, 5)]


def test_the_hours_of_a_clock_change_are_refused(tmp_path: Path) -> None:
    more = "  at: {from: Ô, time_zone: Europe/Paris, dates: [iso]}"
    _, problems = cells(tmp_path, "at", "2024-03-31T02:30", "2024-10-27T02:30", more=more)
    assert codes(problems) == ["no-such-time", "no-such-time"]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("epoch_ms", "1709668800000"), ("epoch_s", "1709668800"), ("excel", "45357.125")],
)
def test_moments_as_numbers(tmp_path: Path, pattern: str, text: str) -> None:
    column, problems = cells(tmp_path, "at", text, more=f"  at: {{from: Ô, dates: [{pattern}]}}")
    assert not problems
    assert column.to_pylist() == [datetime(2024, 3, 6, 3)]


def test_yes_and_no(tmp_path: Path) -> None:
    column, problems = cells(tmp_path, "done", "1", "0", "Có", "KHÔNG", "true", "", "x")
    assert column.to_pylist() == [True, False, True, False, True, None]
    assert codes(problems) == ["not-true-or-false"]


def test_words_of_the_source_are_mapped_however_they_are_written(tmp_path: Path) -> None:
    more = '  kind: {from: Ô, values: {"Trực tuyến": online, "Hoà mạng": online, "": direct, "9": null}}'
    nfd = unicodedata.normalize("NFD", "trực tuyến")
    column, problems = cells(tmp_path, "kind", nfd, "Hòa mạng", "", "9", "online", more=more)
    assert column.to_pylist() == ["online", "online", "direct", None]
    assert codes(problems) == ["unknown-value"]


def test_an_unknown_code_is_never_guessed_but_a_hint_is_given(tmp_path: Path) -> None:
    column, problems = cells(tmp_path, "kind", "onlin")
    assert len(column) == 0
    assert codes(problems) == ["unknown-value"]
    assert "online" in problems[0].remedy


def test_texts_are_composed_and_stripped(tmp_path: Path) -> None:
    column, _ = cells(tmp_path, "note", " " + unicodedata.normalize("NFD", "Đã xử lý") + "\u00a0")
    assert column.to_pylist() == ["Đã xử lý"]


def test_texts_that_are_no_value(tmp_path: Path) -> None:
    column, problems = cells(
        tmp_path, "at", "", "-", "9999-12-31", more='  at: Ô\nabsent: ["-", "9999-12-31"]'
    )
    assert not problems
    assert column.to_pylist() == [None, None, None]


def test_is_there_anything(tmp_path: Path) -> None:
    column, _ = cells(tmp_path, "done", "a.pdf", "", " ", more="  done: {from: Ô, test: present}")
    assert column.to_pylist() == [True, False, False]


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        ("%H:%M:%S %d-%m-%Y", "7:05:09 1-2-2024", datetime(2024, 2, 1, 7, 5, 9)),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2024-02-01T07:05:09.125000+0900", datetime(2024, 2, 1, 5, 5, 9, 125000)),
        ("%Y%m%d %H:%M%z", "20240201 07:05Z", datetime(2024, 2, 1, 14, 5)),
        ("%d.%m.%Y", "01.02.2024", datetime(2024, 2, 1)),
    ],
)
def test_patterns_in_any_order(tmp_path: Path, pattern: str, text: str, value: datetime) -> None:
    column, problems = cells(tmp_path, "at", text, more=f"  at: {{from: Ô, dates: ['{pattern}']}}")
    assert not problems
    assert column.to_pylist() == [value]


def test_a_date_field_keeps_the_day_here(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    from kieng.records.moments import MomentReader

    reader = MomentReader(["iso"], ZoneInfo("UTC"), ZoneInfo("Asia/Ho_Chi_Minh"))
    assert reader.day(datetime(2024, 3, 5, 20)) == date(2024, 3, 6)
