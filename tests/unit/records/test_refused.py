"""Files of refused rows: in every encoding, beside files that are there, and when there is no place."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.helpers.intake import COMMON, codes, load, mapping, take

from kieng.problems import UserError
from kieng.records.columns import REMEDY_VI, WHY_EN, WHY_VI
from kieng.records.mapping import Mapping
from kieng.records.readers.text_lines import ENCODINGS
from kieng.records.refused import discard, write_refused
from kieng.words import composed

BAD_DAY, GOOD_DAY = "31/02/2024", "29/02/2024"
ASCII_FIELDS = "  id: Ma\n  agency: {from: Xa, by: code, on: on_day}\n  on_day: Ngay\n  note: Ghi"


def plain_mapping(folder: Path, form: str) -> Mapping:
    """A mapping whose columns any encoding can write."""
    by, problems = load(folder, f"{COMMON}format: {form}\nfields:\n{ASCII_FIELDS}\n")
    assert by is not None, list(map(str, problems))
    return by


def refused_csv(folder: Path, name: str = "in.csv", cells: str = f"1,00212,{BAD_DAY}") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"Mã,Xã,Ngày\n{cells}\n", "utf-8")
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_csv_is_mended_and_sent_again_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    by = plain_mapping(tmp_path, f"{{type: csv, encoding: {encoding}}}")
    note = {"ascii": "x", "iso-8859-1": "Thé", "windows-1252": "Thé"}.get(encoding, "thô\u0323n")
    path = tmp_path / "in.csv"
    path.write_bytes(f"Ma,Xa,Ngay,Ghi\n1,00212,{BAD_DAY},{note}\n".encode(encoding))
    (written,) = write_refused(take(path, by).refused, tmp_path / "refused")
    (again,) = write_refused(take(written, by).refused, tmp_path / "refused")
    assert again != written
    content = again.read_bytes()
    assert content == written.read_bytes()
    again.write_bytes(content.replace(BAD_DAY.encode(_bare(encoding)), GOOD_DAY.encode(_bare(encoding))))
    taken = take(again, by)
    assert taken.problems == ()
    assert taken.rows["note"].to_pylist() == [composed(note)]


def _bare(encoding: str) -> str:
    """The encoding without its mark at the beginning."""
    return {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)


def test_the_words_stand_whole_in_windows_1258(tmp_path: Path) -> None:
    by = plain_mapping(tmp_path, "{type: csv, encoding: windows-1258}")
    path = tmp_path / "in.csv"
    path.write_bytes(b"Ma,Xa,Ngay,Ghi\n,00212,05/03/2024,\n")
    (written,) = write_refused(take(path, by).refused, tmp_path / "refused")
    header, row = csv.reader(composed(written.read_text("windows-1258")).splitlines())
    assert row[header.index(WHY_VI)] == "Cột «Ma»: Bắt buộc phải có giá trị."
    assert row[header.index(REMEDY_VI)] == "Điền giá trị rồi gửi lại dòng này."


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_lines_of_json_are_mended_and_sent_again_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    by = plain_mapping(tmp_path, f"{{type: ndjson, encoding: {encoding}}}")
    path = tmp_path / "in.ndjson"
    found = {"Ma": "1", "Xa": "00212", "Ngay": BAD_DAY, "Ghi": "thôn Đệ Nhị"}
    path.write_bytes((json.dumps(found) + "\n").encode(encoding))
    (written,) = write_refused(take(path, by).refused, tmp_path / "refused")
    text = written.read_text(encoding)
    assert json.loads(text)[WHY_EN].startswith("Column `Ngay`")
    written.write_text(text.replace(BAD_DAY, GOOD_DAY), encoding)
    taken = take(written, by)
    assert taken.problems == ()
    assert taken.rows["note"].to_pylist() == ["thôn Đệ Nhị"]


def test_a_source_may_have_a_column_named_much_like_ours(tmp_path: Path) -> None:
    by = mapping(tmp_path, "  note: _dong")
    path = tmp_path / "in.csv"
    path.write_text(f"Mã,Xã,Ngày,_dong\n1,00212,{BAD_DAY},giữ\n", "utf-8")
    (written,) = write_refused(take(path, by).refused, tmp_path / "refused")
    assert "giữ" in written.read_text("utf-8")


def test_no_file_is_ever_written_over(tmp_path: Path) -> None:
    by = mapping(tmp_path)
    paths = [refused_csv(tmp_path, f"{where}/xa.csv", f"{where},00212,?") for where in ("a", "b")]
    taken = take(paths, by)
    written = write_refused(taken.refused, tmp_path / "refused")
    assert [path.name for path in written] == ["xa.refused.csv", "xa.refused-2.csv"]
    kept = [path.read_bytes() for path in written]
    (third,) = write_refused(take(written[0], by).refused, tmp_path / "refused")
    assert third.name == "xa.refused-3.csv"
    assert [path.read_bytes() for path in written] == kept
    discard([third])
    assert sorted((tmp_path / "refused").iterdir()) == sorted(written)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    taken = take(refused_csv(tmp_path), mapping(tmp_path))
    (tmp_path / "refused").touch()
    with pytest.raises(UserError) as refusal:
        write_refused(taken.refused, tmp_path / "refused")
    assert codes(refusal.value.problems) == ["cannot-write"]


def test_what_cannot_be_written_whole_is_not_left_half(tmp_path: Path) -> None:
    first, second = refused_csv(tmp_path, "a.csv"), refused_csv(tmp_path, "b.csv")
    taken = take([first, second], mapping(tmp_path))
    second.unlink()
    with pytest.raises(UserError) as refusal:
        write_refused(taken.refused, tmp_path / "refused")
    assert codes(refusal.value.problems) == ["no-such-file"]
    assert list((tmp_path / "refused").iterdir()) == []
