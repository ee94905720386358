"""The one door to the readers: a file and its mapping's format in, a source of rows out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kieng.problems import refuse
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import Source
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


def open_source(path: Path, form: FileFormat, file: str) -> Source:
    """A reader of ``path``; ``file`` is how problems call it. Raises UserError."""
    if not path.is_file():
        raise refuse(file, "no-such-file", "There is no such file.", "Check the path and the name.")
    if path.stat().st_size == 0:
        raise refuse(file, "empty-file", "There is nothing in this file.", "Send the file again.")
    # Refused rows of a Parquet file come back as NDJSON, which people can mend.
    as_lines = form.type is FileType.PARQUET and ".ndjson" in path.suffixes
    return READERS[FileType.NDJSON if as_lines else form.type](path, form, file)
