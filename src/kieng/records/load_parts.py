"""Parts of a mapping that stand at its top or in one field: format, dates, zone, separators."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kieng.plan.yaml_text import Section
from kieng.problems import near
from kieng.records.mapping import FileFormat, FileType, NumberStyle
from kieng.records.moments import ISO, ambiguous_patterns, pattern_fault
from kieng.records.readers.text_lines import ENCODINGS


def read_format(section: Section) -> FileFormat:
    value = section.need("format")
    if value is None:
        return FileFormat(FileType.CSV)
    if not value.is_mapping:
        return FileFormat(section.choice("format", FileType))
    inner = section.section("format")
    assert inner is not None
    form = FileFormat(
        type=inner.choice("type", FileType),
        encoding=_encoding(inner),
        delimiter=_delimiter(inner),
        header_row=inner.optional_integer("header_row") or 1,
        sheet=inner.optional_text("sheet"),
    )
    if form.header_row < 1:
        inner.problem("header_row", "bad-header-row", "Rows count from 1.", "Write 1 for the first row.")
    inner.no_other_keys()
    return form


def _encoding(inner: Section) -> str:
    encoding = (inner.optional_text("encoding") or "utf-8").lower()
    if encoding not in ENCODINGS:
        inner.problem(
            "encoding", "unknown-encoding", "This encoding is not known.", near(encoding, ENCODINGS)
        )
        return "utf-8"
    return encoding


def _delimiter(inner: Section) -> str:
    value = inner.get("delimiter")
    delimiter = "," if value is None else value.scalar or ""
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        remedy = 'Write one sign, such as "," or ";", or tab.'
        inner.problem("delimiter", "bad-delimiter", "The separator has to be one sign.", remedy)
        return ","
    return delimiter


def read_dates(section: Section, file_type: FileType) -> tuple[str, ...]:
    """The date patterns of a mapping or of one field; empty when none are declared."""
    patterns = []
    for item in section.items("dates"):
        pattern = item.text()
        wrong = pattern_fault(pattern) if pattern else None
        if wrong:
            item.problem("bad-date-pattern", wrong[0], wrong[1])
        elif pattern:
            patterns.append(pattern)
    pair = ambiguous_patterns(patterns)
    if pair:
        why = f"`{pair[0]}` and `{pair[1]}` read the same text as different days."
        section.problem("dates", "ambiguous-dates", why, "Keep the one the source uses.")
    # Parquet carries dates as dates; its refused rows come back as NDJSON with ISO texts.
    extra = (ISO,) if patterns and file_type is FileType.PARQUET and ISO not in patterns else ()
    return (*patterns, *extra)


def read_zone(section: Section, default: str) -> str:
    """The name of a time zone that exists."""
    zone = section.optional_text("time_zone") or default
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = "Write a name such as Asia/Ho_Chi_Minh or UTC."
        section.problem("time_zone", "unknown-time-zone", "There is no time zone of this name.", remedy)
        return default
    return zone


def read_numbers(section: Section) -> NumberStyle:
    inner = section.section("numbers")
    if inner is None:
        return NumberStyle()
    style = NumberStyle(_sign(inner, "decimal") or ".", _sign(inner, "group"), declared=True)
    if style.decimal == style.group:
        why = "One sign cannot separate both thousands and decimals."
        inner.problem("group", "same-separators", why, "Leave `group` out, or correct one of the two.")
    inner.no_other_keys()
    return style


def _sign(inner: Section, key: str) -> str | None:
    value = inner.get(key)
    sign = None if value is None else value.scalar or ""
    if sign is not None and sign not in (".", ",", " ", "\u00a0", "\u202f", "'"):
        inner.problem(
            key, "bad-separator", "This is no separator of numbers.", 'Write ".", ",", " " or "\'".'
        )
        return None
    return sign
