"""Files made to cost far more than their size, to crash who reads them, or changed while they are read: each
is refused in words, in both languages, and who asked goes on."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.helpers.intake import codes, mapping, take, world
from tests.helpers.workspace import run, write_workspace

from kieng.problem_words import in_vietnamese
from kieng.problems import UserError
from kieng.records.intake import take_in
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers import contained
from kieng.records.readers.contained import ContainedFile, Limits

CSV = FileFormat(FileType.CSV)
#: A test that takes longer has found that nothing holds the reader back.
SOON = 20.0


def sparse(path: Path, row: int, column: int) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write(0, 0, "Mã")
        page.write(row - 1, column - 1, "x")
    return path


def one_text_many_times(path: Path, length: int, rows: int) -> Path:
    """A text that stands once in the file, for every row and column of it."""
    column = pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array(["a" * length])
    )
    table = pa.table({"Mã": column, "Xã": column, "Ngày": column})
    pq.write_table(table, path, compression="zstd", store_schema=False)
    return path


def lines(path: Path, count: int) -> Path:
    with gzip.open(path, "wt") as file:
        file.write("Mã\n")
        for _ in range(count // 10_000):
            file.write("1\n" * 10_000)
    return path


def refused(source: ContainedFile) -> tuple[str, str]:
    with pytest.raises(UserError) as found:
        for _ in source.chunks():
            pass
    (problem,) = found.value.problems
    return problem.code, problem.why


@pytest.mark.parametrize(("row", "column"), [(1_048_576, 16_384), (9_000, 16_384)])
def test_two_cells_far_apart(tmp_path: Path, row: int, column: int) -> None:
    """549 and 4.7 GB in the library that reads workbooks (calamine, issue 693)."""
    path, began = sparse(tmp_path / "in.xlsx", row, column), time.monotonic()
    assert path.stat().st_size < 10_000
    (problem,) = take(path, mapping(tmp_path, form="xlsx")).problems
    assert (problem.code, problem.place.file) == ("file-too-costly", "in.xlsx")
    assert "Excel" in problem.remedy
    assert "Excel" in in_vietnamese(problem)[1]
    assert time.monotonic() - began < SOON


def test_a_text_repeated_by_a_small_parquet_file(tmp_path: Path) -> None:
    path = one_text_many_times(tmp_path / "in.parquet", 30_000, 131_072)  # three times 3.9 GB
    assert path.stat().st_size < 2_000
    assert codes(take(path, mapping(tmp_path, form="parquet")).problems) == ["file-too-costly"]


def test_a_file_that_becomes_too_large(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.csv.gz", 200_000)
    source = ContainedFile(path, CSV, path.name, Limits(unpacked=100_000, times=1))
    assert refused(source)[0] == "file-too-costly"


def test_more_rows_than_a_file_of_its_size_has(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.csv.gz", 200_000)
    source = ContainedFile(path, CSV, path.name, Limits(rows=100_000))
    assert refused(source) == (
        "file-too-costly",
        f"The file has more rows than one of its size may have ({100_000 + path.stat().st_size:,}).",
    )


def test_too_long_for_its_size(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.csv.gz", 30_000_000)
    limits = Limits(seconds=0, seconds_per_byte=0, rows=10**9)
    code, why = refused(ContainedFile(path, CSV, path.name, limits))
    assert (code, "seconds of the processor" in why) == ("file-too-costly", True)


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        (signal.SIGSEGV, "reader-died"),
        (signal.SIGKILL, "file-too-costly"),
        (signal.SIGSTOP, "file-too-costly"),
    ],
)
def test_a_reader_that_crashes_or_hangs(tmp_path: Path, sign: signal.Signals, code: str) -> None:
    path = lines(tmp_path / "in.csv.gz", 8_000_000)
    silence = 6.0 if sign is signal.SIGSTOP else 600.0  # longer than a start on a machine that has much to do
    source = ContainedFile(path, CSV, path.name, Limits(silence=silence, rows=10**9))
    chunks = source.chunks()
    next(chunks)
    (reader,) = children()
    os.kill(reader, sign)
    with pytest.raises(UserError) as found:
        for _ in chunks:
            pass
    assert codes(found.value.problems) == [code]
    assert children() == []
    assert len(list(ContainedFile(path, CSV, path.name, Limits(rows=10**9)).names or ())) == 1  # and goes on


def children() -> list[int]:
    """The processes that read, of this one."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(one) for one in found if b"readers.child" in Path(f"/proc/{one}/cmdline").read_bytes()]


@pytest.fixture(autouse=True)
def nobody_waits() -> None:
    contained.end_all()


def test_readers_are_used_again_and_end_with_who_asked(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.csv.gz", 10_000)
    for _ in range(3):
        list(ContainedFile(path, CSV, path.name).chunks())
        assert len(children()) == 1
    contained.end_all()
    assert children() == []


def test_who_asked_is_killed(tmp_path: Path) -> None:
    path = lines(tmp_path / "in.csv.gz", 8_000_000)
    asking = """
import sys; from pathlib import Path
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.contained import ContainedFile, Limits
chunks = ContainedFile(Path(sys.argv[1]), FileFormat(FileType.CSV), "in", Limits(rows=10**9)).chunks()
next(chunks); print("begun", flush=True); sys.stdin.read()
"""
    command = [sys.executable, "-c", asking, str(path)]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    asked = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=paths)
    assert asked.stdout is not None
    assert asked.stdout.readline() == b"begun\n"
    (reader,) = Path(f"/proc/{asked.pid}/task/{asked.pid}/children").read_text().split()
    asked.kill()
    asked.communicate()
    until = time.monotonic() + SOON
    while Path(f"/proc/{reader}/exe").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{reader}/exe").exists()


def test_a_reader_knows_no_secret_and_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIENG_DATABASE", "postgresql://somebody:secret@nowhere")
    source = ContainedFile(lines(tmp_path / "in.csv.gz", 10_000), CSV, "in")
    (reader,) = children()
    assert b"nowhere" not in Path(f"/proc/{reader}/environ").read_bytes()
    limits = dict(
        line.rsplit(None, 3)[:2] for line in Path(f"/proc/{reader}/limits").read_text().splitlines()
    )
    assert limits["Max file size"] == limits["Max core file size"] == "0"
    assert source.names == ("Mã",)


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_a_file_that_is_changed_while_it_is_read(tmp_path: Path, ending: str) -> None:
    text = "Mã,Xã,Ngày\n1,00212,05/03/2024\n".encode()
    path = tmp_path / f"in.{ending}"
    path.write_bytes(gzip.compress(text) if ending == "csv.gz" else text)

    def save(*_: int) -> None:
        if path.stat().st_mtime_ns != 0:
            os.utime(path, ns=(0, 0))  # as a program does that puts back what it has opened

    with pytest.raises(UserError) as found:
        take_in([path], mapping(tmp_path), world(), secret=b"s", on_progress=save)
    assert codes(found.value.problems) == ["file-changed"]
    assert take(path, mapping(tmp_path)).sound


def test_the_command_says_it_and_adds_nothing(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    text = (root / "mappings/work-files.yaml").read_text().replace("type: csv", "type: xlsx")
    (root / "mappings/work-files.yaml").write_text(text)
    path = sparse(tmp_path / "in.xlsx", 1_048_576, 16_384)
    done = run(root, "load", "work_file", path, "--mapping", "work-files", "--by", "thu")
    assert done.exit_code == 2
    assert "file-too-costly" in done.stderr
    assert "bộ nhớ" in done.stderr
    assert run(root, "verify").exit_code == 0
