"""The board on a terminal: one line a target where there is room, stacked cells where there is not."""

from __future__ import annotations

import pytest
from rich.console import Console
from tests.unit.judgement.cast import measured
from tests.unit.judgement.test_board import DISTRICTS, LATER, definitions

from kieng.cli import tables
from kieng.cli.tables import board_table, fraction_text, origin_text, plain_number, value_text
from kieng.judgement.board import board
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import Reading
from kieng.plan.period import Period
from kieng.records.batch import Origin


def printed(width: int, monkeypatch: pytest.MonkeyPatch, today=DISTRICTS) -> list[str]:
    def lookup(_: str, agency: str, period: Period, reading: Reading) -> Measurement | None:
        told = {"tinh-a": 95, "xa-1": 70, "xa-2": 10}
        return measured(told[agency], "2024") if str(period) == "2024" and agency in told else None

    console = Console(width=width, markup=False)
    monkeypatch.setattr(tables, "out", console)
    with console.capture() as captured:
        console.print(board_table(board(definitions(), lookup, today), definitions()))
    return captured.get().splitlines()


def test_a_target_is_one_line_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = [line for line in printed(200, monkeypatch) if "90 %" in line]
    for told in ("Hồ sơ công việc trên mạng", "kh-a", "31/12/2025", "Tỉnh A", "95 %", "2024", "1/1", "Đạt"):
        assert told in line


def test_no_word_is_broken_on_eighty_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(80, monkeypatch)
    assert max(map(len, lines)) <= 80
    words = set(" ".join(lines).split())
    assert {"trên", "mạng", "31/12/2025", "kh-a", "kh-b", "95", "90", "2024"} <= words


def test_many_agencies_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = [line for line in printed(200, monkeypatch) if "60 %" in line]
    assert "Xã (2)" in line
    assert "1 Đạt, 1 Chưa đến hạn" in line


def test_a_closed_target_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = [line for line in printed(250, monkeypatch, LATER) if "80 %" in line]
    assert "Khép lại từ 01/07/2025: cấp huyện kết thúc" in line


def test_cells() -> None:
    (indicator,) = [one for name, one in definitions().indicators.items() if name == "work-files-online"]
    assert value_text(None, indicator) == "Chưa có số liệu"
    assert (
        value_text(measured("12.5", weighted="population", state="estimate"), indicator) == "12,5 % ≈ (ước)"
    )
    kinds = {value_text(measured(None, status=one), indicator) for one in Status if one is not Status.VALUE}
    assert len(kinds) == 4
    assert fraction_text(measured(1)) == ""
    one = measured(1)
    assert origin_text(one).plain == ""


@pytest.mark.parametrize(("value", "told"), [("1234567.50", "1.234.567,5"), ("0", "0"), ("100", "100")])
def test_numbers_are_written_as_here(value: str, told: str) -> None:
    number = measured(value).value
    assert plain_number(number) == told


def test_synthetic_is_said_aloud() -> None:
    assert tables.ORIGIN_WORDS[Origin.SYNTHETIC].vi == "TỔNG HỢP THỬ"
    assert set(tables.ORIGIN_WORDS) == set(Origin)
