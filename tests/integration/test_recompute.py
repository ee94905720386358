"""A bundle makes its figure again without the workspace, and tells when it was changed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace

ROWS = (
    "1,21550,2024-03-01,2024-03-05,1,0,",
    "2,21553,2024-03-01,2024-03-06,0,0,",
    "3,23560,2024-03-01,2024-03-06,1,0,",
    "4,23560,2024-03-01,2025-03-06,1,0,",
)
QUESTION = ("work-files-online", "--agency", "tinh-ab", "--period", "2024", "--map", "2026-01-01")
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    root = write_workspace(folder / "w")
    load_files(root, files_csv(folder / "a.csv", ROWS))
    ok(root, "measure")
    ok(root, "explain", *QUESTION, "--bundle", folder / "b.zip")
    return folder / "b.zip"


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: Members, sums: bool = False) -> Path:
    """The members as a bundle; with ``sums``, as somebody would who knows how bundles are sealed."""
    if sums:
        made = {n: hashlib.sha256(c).hexdigest() for n, c in members.items() if n != "sha256.json"}
        members = members | {"sha256.json": json.dumps(made).encode()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.slow  # a process of its own has to import the engine
def test_a_process_with_nothing_but_the_bundle_makes_the_same_figure(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "empty").mkdir()
    alone = tmp_path / "empty" / "b.zip"
    alone.write_bytes(bundle.read_bytes())
    result = subprocess.run(
        [sys.executable, "-m", "kieng.cli.main", "recompute", "b.zip"],
        cwd=alone.parent,
        env={"HOME": str(tmp_path / "home"), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    assert "value: 66.666666667 = 66.666666667" in result.stdout
    assert "numerator: 2 = 2" in result.stdout
    assert [path.name for path in alone.parent.iterdir()] == ["b.zip"]


def test_only_what_can_have_a_say_goes_into_the_bundle(bundle: Path) -> None:
    members = members_of(bundle)
    assert "text/indicators/work-files-online.yaml" in members
    assert not any("mappings" in name or name == "secret" for name in members)
    told = json.loads(members["figure.json"])
    assert (told["answer"]["used"], told["question"]["reading"]) == (3, "2026-01-01")


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "name", ["figure.json", "records.parquet", "batches.json", "text/indicators/work-files-online.yaml"]
)
def test_a_changed_byte_is_named(bundle: Path, tmp_path: Path, name: str) -> None:
    members = members_of(bundle)
    changed = packed(tmp_path / "b.zip", members | {name: flipped(members[name])})
    result = run(None, "recompute", changed)
    assert result.exit_code == 2
    assert "bundle-changed" in result.stderr
    assert name in result.stderr


def test_a_part_added_or_taken_away_is_named(bundle: Path, tmp_path: Path) -> None:
    members, extra = members_of(bundle), "text/agencies/codes.csv"
    more = run(None, "recompute", packed(tmp_path / "m.zip", members | {extra: b"agency,code\n"}))
    assert (more.exit_code, extra in more.stderr) == (2, True)
    del members["text/kieng.yaml"]
    fewer = run(None, "recompute", packed(tmp_path / "f.zip", members))
    assert (fewer.exit_code, "text/kieng.yaml" in fewer.stderr) == (2, True)


def test_a_figure_that_was_forged_with_its_sums_comes_out_otherwise(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle)
    told = json.loads(members["figure.json"])
    told["answer"]["value"] = "99"
    forged = packed(tmp_path / "b.zip", members | {"figure.json": json.dumps(told).encode()}, sums=True)
    result = run(None, "recompute", forged)
    assert result.exit_code == 1
    assert "value: 99 ≠ 66.666666667" in result.stdout


def lacking(members: Members) -> Members:
    return {name: content for name, content in members.items() if name != "records.parquet"}


def of_another_format(members: Members) -> Members:
    return members | {"figure.json": b'{"format": 99}'}


def not_json(members: Members) -> Members:
    return members | {"figure.json": b"{"}


def a_list(members: Members) -> Members:
    return members | {"figure.json": b"[1]"}


@pytest.mark.parametrize("change", [lacking, of_another_format, not_json, a_list])
def test_what_is_no_bundle_is_refused(
    bundle: Path, tmp_path: Path, change: Callable[[Members], Members]
) -> None:
    result = run(None, "recompute", packed(tmp_path / "b.zip", change(members_of(bundle)), sums=True))
    assert result.exit_code == 2
    assert "not-a-bundle" in result.stderr


def test_a_bundle_whose_text_leads_out_of_its_folder_is_refused(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle) | {"text/../../outside.yaml": b"x"}
    result = run(None, "recompute", packed(tmp_path / "b.zip", members, sums=True))
    assert result.exit_code == 2
    assert "outside.yaml" in result.stderr
    assert not (tmp_path.parent / "outside.yaml").exists()


@pytest.mark.parametrize("size", [0, 100, 2000])
def test_a_truncated_bundle_is_refused(bundle: Path, tmp_path: Path, size: int) -> None:
    (tmp_path / "b.zip").write_bytes(bundle.read_bytes()[:size])
    result = run(None, "recompute", tmp_path / "b.zip")
    assert result.exit_code == 2
    assert "not-a-bundle" in result.stderr


def test_bytes_damaged_in_the_archive_are_no_traceback(bundle: Path, tmp_path: Path) -> None:
    content = bundle.read_bytes()
    for place in range(40, len(content), len(content) // 60):
        damaged = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        (tmp_path / "b.zip").write_bytes(damaged)
        assert run(None, "recompute", tmp_path / "b.zip").exit_code in (0, 2)


def test_a_missing_bundle_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.zip", tmp_path):
        assert run(None, "recompute", path).exit_code == 2


def test_records_made_to_fill_the_memory_are_refused(bundle: Path, tmp_path: Path) -> None:
    members = members_of(bundle)
    names = pq.read_schema(io.BytesIO(members["records.parquet"])).names
    column = pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), 131_072), pa.array(["a" * 9_000])
    )
    content = io.BytesIO()
    table = pa.table(dict.fromkeys(names, column))
    pq.write_table(table, content, compression="zstd", store_schema=False)
    made = packed(tmp_path / "b.zip", members | {"records.parquet": content.getvalue()}, sums=True)
    result = run(None, "recompute", made)
    assert (result.exit_code, "file-too-costly" in result.stderr) == (2, True)
