"""The one door to the readers: a file and its mapping's format in, a source of rows out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kieng.problems import refuse
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import Source
from kieng.records.readers.contained import ContainedFile
from kieng.records.readers.csv_file import CsvFile
from kieng.records.readers.ndjson_file import NdjsonFile
from kieng.records.readers.parquet_file import ParquetFile
from kieng.records.readers.xlsx_file import XlsxFile

READERS: Mapping[FileType, Callable[[Path, FileFormat, str], Source]] = {
    FileType.CSV: CsvFile,
    FileType.NDJSON: NdjsonFile,
    FileType.PARQUET: ParquetFile,
    FileType.XLSX: XlsxFile,
}


#: Plain text alone costs what its size says, and is read in this process.
_IN_PLACE = (FileType.CSV, FileType.NDJSON)


def open_source(path: Path, form: FileFormat, file: str) -> Source:
    """A reader of ``path``; ``file`` is how problems call it. Raises UserError.

    What is packed (workbooks, Parquet, gzip) is read by a process within limits.
    """
    if not path.is_file():
        raise refuse(file, "no-such-file", "There is no such file.", "Check the path and the name.")
    if path.stat().st_size == 0:
        raise refuse(file, "empty-file", "There is nothing in this file.", "Send the file again.")
    if _type_of(path, form) in _IN_PLACE and path.suffix != ".gz":
        return reader_of(path, form, file)
    return ContainedFile(path, form, file)


def reader_of(path: Path, form: FileFormat, file: str) -> Source:
    """A reader in this process. Raises UserError; a file made for it can end the process."""
    return READERS[_type_of(path, form)](path, form, file)


def _type_of(path: Path, form: FileFormat) -> FileType:
    """Refused rows of a Parquet file come back as NDJSON, which people can mend."""
    as_lines = form.type is FileType.PARQUET and ".ndjson" in path.suffixes
    return FileType.NDJSON if as_lines else form.type
