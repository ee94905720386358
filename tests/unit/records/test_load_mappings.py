"""Mappings: everything wrong is said at once, with its place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.helpers.intake import COMMON, FIELDS, codes, load, mapping


def test_a_sound_mapping_carries_the_hash_of_its_text(tmp_path: Path) -> None:
    made = mapping(tmp_path, "  note: {from: Ghi chú}\nwithdrawn: {from: Hủy, values: [x]}\nignore: [Cột]")
    text = (tmp_path / "mappings" / "m.yaml").read_bytes()
    assert made.hash == hashlib.sha256(text).hexdigest()
    assert made.columns_read() == {"Mã", "Xã", "Ngày", "Ghi chú", "Hủy"}


def test_all_problems_at_once(tmp_path: Path) -> None:
    made, problems = load(
        tmp_path,
        """
record: visit
source: test
format: {type: csv, encoding: klingon, delimiter: "--"}
time_zone: Asia/Atlantis
dates: ["%d/%m/%y", "%Q"]
absent: {"-": nothing}
fields:
  id: Mã
  agency: {from: Xã, by: code, on: people}
  kind: {from: Kênh, values: {"1": onlin}}
  fee: {from: Phí, dates: [iso]}
  notes: Ghi chú
""",
    )
    assert made is None
    assert set(codes(problems)) >= {
        "unknown-encoding",
        "bad-delimiter",
        "unknown-time-zone",
        "bad-date-pattern",
        "unknown-absence",
        "bad-agency-day",
        "bad-target-value",
        "wrong-option",
        "unknown-field",
        "required-field-not-mapped",
    }
    assert all(problem.place.file == "mappings/m.yaml" and problem.place.line for problem in problems)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  people: {from: N, value: 3}", "no-source"),
        ("  people: {value: ba}", "bad-target-value"),
        ("  people: {from: N, many: sum, test: present}", "wrong-option"),
        ("  note: {from: N, many: sum}", "wrong-option"),
        ("  kind: {from: K, values: {'Hòa': online, 'Hoà': direct}}", "ambiguous-values"),
        ("  kind:", "empty-mapping"),
        ("  kind: {from: K, by: colour}", "unknown-choice"),
        ("  done: {from: K, test: maybe}", "unknown-choice"),
    ],
)
def test_a_bad_field(tmp_path: Path, text: str, code: str) -> None:
    _, problems = load(tmp_path, f"{COMMON}format: csv\n{FIELDS}{text}\n")
    assert code in codes(problems)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dates: ['%d/%m/%Y', '%m/%d/%Y']", "ambiguous-dates"),
        ("dates: ['%d/%m']", "bad-date-pattern"),
        ("dates: ['%d/%m/%Y %M']", "bad-date-pattern"),
        ("numbers: {decimal: ',', group: ','}", "same-separators"),
        ("withdrawn: {from: X}", "no-values"),
        ("other_columns: eat", "unknown-choice"),
        ("absence_from: [note]", "no-absence-field"),
        ("colour: red", "unknown-key"),
    ],
)
def test_bad_words_beside_the_fields(tmp_path: Path, text: str, code: str) -> None:
    _, problems = load(tmp_path, f"record: visit\nsource: s\nformat: csv\n{text}\n{FIELDS}")
    assert code in codes(problems)


@pytest.mark.parametrize(
    ("absent", "field", "found"),
    [
        ("absent: {Online: no_data}", "  kind: K", ("mappings/m.yaml:8:10", "Online")),
        ("absent: [x, ONLINE]", "  kind: K", ("mappings/m.yaml:8:13", "ONLINE")),
        ("absent: {không: no_data}", "  done: D", ("mappings/m.yaml:8:10", "không")),
        ("absent: {online: no_data}", "  kind: {from: K, values: {online: online}}", None),
        ("absent: {online: no_data}", "  kind: {value: online}", None),
        ("absent: {online: no_data}", "  note: K", None),
        ("absent: {không: no_data}", "  done: {from: D, test: present}", None),
    ],
)
def test_a_text_that_empties_cells_is_no_value_of_a_field(
    tmp_path: Path, absent: str, field: str, found: tuple[str, str] | None
) -> None:
    made, problems = load(tmp_path, f"{COMMON}format: csv\n{absent}\n{FIELDS}{field}\n")
    said = [(str(problem.place), problem.value) for problem in problems]
    assert said == ([] if found is None else [found])
    assert (made is None) == (found is not None)


def test_two_files_with_one_id(tmp_path: Path) -> None:
    mapping(tmp_path)
    first = tmp_path / "mappings" / "m.yaml"
    (tmp_path / "mappings" / "a.yaml").write_bytes(first.read_bytes())
    _, problems = load(tmp_path, first.read_text("utf-8").removeprefix("id: m\n"))
    assert codes(problems) == ["duplicate-id"]


def test_an_unknown_record_type(tmp_path: Path) -> None:
    _, problems = load(tmp_path, "record: visits\nsource: s\nformat: csv\nfields: {id: a}\n")
    assert codes(problems) == ["unknown-record-type"]
    assert "visit" in problems.found[0].remedy
