"""Found by the input trials: files of refused rows that cannot be sent again as they are promised to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.intake import COMMON, load, mapping, take

from kieng.records.refused import write_refused


@pytest.mark.xfail(strict=True, reason="refused NDJSON is written in UTF-8 whatever the mapping says")
def test_refused_ndjson_has_the_encoding_of_the_mapping(tmp_path: Path) -> None:
    by = mapping(tmp_path, form="{type: ndjson, encoding: utf-16}")
    path = tmp_path / "in.ndjson"
    path.write_text('{"Mã": "1", "Xã": "00212", "Ngày": "31/02/2024"}\n', encoding="utf-16")
    taken = take(path, by)
    assert taken.counts.refused == 1
    (written,) = write_refused(taken.refused, tmp_path / "refused")
    assert take(written, by).sound


@pytest.mark.xfail(strict=True, reason="the names of the explaining columns have no letters in ISO 8859-1")
@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "ascii"])
def test_refused_csv_can_be_sent_again_in_an_encoding_without_vietnamese(
    tmp_path: Path, encoding: str
) -> None:
    fields = "  id: Ma\n  agency: {from: Xa, by: code, on: on_day}\n  on_day: Ngay"
    by, _ = load(tmp_path, f"{COMMON}format: {{type: csv, encoding: {encoding}}}\nfields:\n{fields}\n")
    assert by is not None
    path = tmp_path / "in.csv"
    path.write_text("Ma,Xa,Ngay\n1,00212,31/02/2024\n", encoding=encoding)
    taken = take(path, by)
    assert taken.counts.refused == 1
    (written,) = write_refused(taken.refused, tmp_path / "refused")
    assert take(written, by).sound
