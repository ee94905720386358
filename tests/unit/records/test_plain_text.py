"""Characters that cannot be kept: in what people type, in cells, and in keys at the ledger's door."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.helpers.intake import codes, mapping, take

from kieng.problems import UserError
from kieng.records.admission import check_rows
from kieng.records.batch import Delivery, Origin
from kieng.records.plain_text import odd_character, refuse_odd, visible
from kieng.records.refused import write_refused


def objects(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "in.ndjson"
    whole = ({"Mã": "1", "Xã": "00212", "Ngày": "05/03/2024"} | row for row in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in whole), "utf-8")
    return path


def delivery(folder: Path, **changed: str) -> Delivery:
    taken = take(objects(folder, {}), mapping(folder, form="ndjson"))
    return replace(taken.delivery(origin=Origin.REPORTED, by="test"), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("letter", ["\0", "\x01", "\x1f", "\x7f", "\udcff", "\n", "\t"])
def test_odd_characters_are_found_and_shown(letter: str) -> None:
    text = f"Nguyễn{letter}An"
    assert odd_character(text) == f"U+{ord(letter):04X}"
    assert visible(text) == f"Nguyễn\\u{ord(letter):04x}An"
    with pytest.raises(UserError) as refusal:
        refuse_odd("--by", text)
    assert codes(refusal.value.problems) == ["control-character"]
    str(refusal.value).encode()  # it can be printed


def test_letters_of_every_script_may_stand_and_lines_where_they_are_allowed() -> None:
    assert odd_character("Nguyễn\u00a0Văn\u200bA 区 🙂") is None
    assert odd_character("một\r\nhai\tba", lines=True) is None
    assert odd_character("một\x0bhai", lines=True) == "U+000B"


@pytest.mark.parametrize("letter", ["\0", "\x01", "\n", "\t"])
def test_a_row_with_one_in_its_key_is_refused_alone(tmp_path: Path, letter: str) -> None:
    taken = take(objects(tmp_path, {"Mã": f"1{letter}2"}, {}), mapping(tmp_path, form="ndjson"))
    assert taken.rows["id"].to_pylist() == ["1"]
    assert codes(taken.problems) == ["control-character"]
    assert taken.problems[0].vietnamese is not None


def test_free_text_may_have_lines_but_no_nul(tmp_path: Path) -> None:
    by = mapping(tmp_path, "  note: Ghi", form="ndjson")
    taken = take(objects(tmp_path, {"Ghi": "a\nb"}, {"Mã": "2", "Ghi": "a\0b"}), by)
    assert taken.rows["note"].to_pylist() == ["a\nb"]
    assert codes(taken.problems) == ["control-character"]
    (written,) = write_refused(taken.refused, tmp_path / "refused")
    written.write_text(written.read_text("utf-8").replace("\\u0000", " "), "utf-8")
    assert take(written, by).rows["note"].to_pylist() == ["a b"]


@pytest.mark.parametrize("name", ["by", "source", "key", "mapping", "file", "citation"])
def test_the_ledger_takes_no_such_text(tmp_path: Path, name: str) -> None:
    check_rows(delivery(tmp_path, **{name: "một hai"}))
    with pytest.raises(UserError) as refusal:
        check_rows(delivery(tmp_path, **{name: "một\0hai"}))
    assert codes(refusal.value.problems) == ["control-character"]


def test_the_ledger_names_each_row_with_such_a_key(tmp_path: Path) -> None:
    good = delivery(tmp_path)
    position = good.rows.schema.get_field_index("_key")
    rows = good.rows.set_column(position, good.rows.schema.field(position), [["test:1\0"]])
    with pytest.raises(UserError) as refusal:
        check_rows(replace(good, rows=rows))
    assert [(p.code, p.place.line) for p in refusal.value.problems] == [("control-character", 1)]
