"""No personal data passes the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.intake import SECRET, cells, codes, csv_of, mapping, take

from kieng.records.personal import pseudonym
from kieng.records.refused import write_refused


def test_people_become_keyed_hashes(tmp_path: Path) -> None:
    column, _ = cells(tmp_path, "who", "Người A", "Người A ", "Người B", "")
    first, again, other, nobody = column.to_pylist()
    assert first == again == pseudonym("Người A", SECRET)
    assert len(first) == 32
    assert other not in (first, None)
    assert nobody is None
    assert pseudonym("Người A", b"another secret") != first


def test_what_is_to_be_dropped_never_arrives(tmp_path: Path) -> None:
    column, _ = cells(tmp_path, "address", "1 đường Không Tên")
    assert column.to_pylist() == [None]


@pytest.mark.parametrize(
    "text", ["CCCD 052099000001", "gọi 0912 345 678", "+84912345678", "ai.do@example.vn", "(052099000001)"]
)
def test_undeclared_personal_data_refuses_the_row_and_is_not_shown(tmp_path: Path, text: str) -> None:
    column, problems = cells(tmp_path, "note", text)
    assert len(column) == 0
    assert codes(problems) == ["personal-data"]
    assert text not in str(problems[0])


@pytest.mark.parametrize(
    "text",
    [
        "000.00.15.H08-220105-0012",
        "000000000123",
        "Số 12/2024/QĐ-UBND",
        "0520990000011",
        "1.234.567.890",
        "@",
    ],
)
def test_numbers_of_files_are_no_personal_data(tmp_path: Path, text: str) -> None:
    column, problems = cells(tmp_path, "note", text)
    assert not problems
    assert column.to_pylist() == [text]


def test_a_citizens_number_may_not_be_the_key_but_a_tax_code_may(tmp_path: Path) -> None:
    taken = take(
        csv_of(tmp_path, "052099000001,00212,05/03/2024", "0301442379,00212,05/03/2024"), mapping(tmp_path)
    )
    assert codes(taken.problems) == ["personal-data"]
    assert taken.rows["id"].to_pylist() == ["0301442379"]


def test_a_mapping_can_vouch_for_a_column(tmp_path: Path) -> None:
    column, problems = cells(tmp_path, "note", "052099000001", more="  note: {from: Ô, not_personal: true}")
    assert not problems
    assert column.to_pylist() == ["052099000001"]


def test_problems_of_a_personal_column_do_not_show_it(tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson"
    path.write_text('{"Mã": "1", "Xã": "00212", "Ngày": "05/03/2024", "Ai": {"ten": "Người A"}}', "utf-8")
    taken = take(path, mapping(tmp_path, "  who: Ai", form="ndjson"))
    assert codes(taken.problems) == ["not-one-value"]
    assert "Người A" not in str(taken.problems[0])
    assert write_refused(taken.refused, tmp_path / "out")
