"""Values no sender should send, and bytes gone wrong on the way."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pyarrow as pa

TEXTS = (
    "", " ", "\t", "\u00a0", "0", "-0", "-1", "+1", "1e400", "-1e400", "1e-400", "1E5", "NaN", "nan", "inf",
    "Infinity", "-Infinity", "9" * 30, "9" * 400, "0." + "3" * 40, "1.234", "1,234", "1.234,5", "1,234.5",
    "1 234", "0x1F", "1_000", "１２３", "٣", "१२", "²", "½", "1\u00a0000", "9223372036854775808",
    "31/02/2024", "29/2/2023", "29/02/2023", "2023-02-29", "20230229", "2024-13-01", "0001-01-01",
    "9999-12-31", "0000-00-00", "10000-01-01", "1/1/1", "2024-03-05", "05/03/2024", "2024-03-05 24:00:00",
    "2024-03-05 23:59:60", "2024-03-05T10:11:12+07:00", "2024-03-05T10:11:12Z", "20240305101112",
    "20240229235959", "20230229235959", "00010101000000", "99991231235959", "２０２４-０３-０５", "45356",
    "1709600000", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1:A9)", "+84912345678", "-2+3", "#N/A", "#REF!",
    "null",
    "None", "true", "FALSE", "có", "khong", unicodedata.normalize("NFD", "Phường Quy Nhơn"),
    unicodedata.normalize("NFC", "Phường Quy Nhơn"), "Xa\u0303 Hòa", "Xã Hoà", "\u202e4202/30/50", "\u200b1",
    "\ufeff1", "a\u0000b", "\u0000", "a\nb", "a\r\nb", "\r", '"', '""', '"a', 'a"b', "'", ",", ";", "\\",
    "\x1b[31m", "<b>", "{vi}", "{0}", "%s", "[red]x[/red]", "../../etc/passwd", "021550", "21550", "99999",
    "012345678901", "0912345678", "a@b.vn", "x" * 5_000, "\U0001f600", "\ud7ff\ue000", "\uffff", "quy-nhon",
)  # fmt: skip

#: As NDJSON writes them: what Python's own writer would not.
TOKENS = (
    "1e400", "-1e400", "1e-400", "1e999999999", "NaN", "Infinity", "-Infinity", "-0", "-0.0", "1.0", "1e2",
    "12345678901234567890123", "9" * 5_000, "0.1234567", '"\\ud800"', '"\\udc00x"', '"\\u0000"', "[]", "[1]",
    '["1", "2"]', "{}", '{"a": 1}', "[[[]]]", "[" * 2_000 + "]" * 2_000, "true", "false", "null", "1", "0",
    "20240305101112", "1.5", '{"a": 1, "a": 2}', '""', "01", "'1'", "", "[null]", '{"Gia": [1, 2]}',
)  # fmt: skip

TYPED = (
    0, 1, -1, 2**31, 2**53 + 1, 1.0, 0.1, 1e15, 1e20, 1e300, -0.0, True, False, 45356, 45356.5, 0.1 + 0.2,
    date(1900, 1, 1), date(2024, 2, 29), date(9999, 12, 31), datetime(2024, 3, 5, 10, 11, 12), 21550, 21550.0,
)  # fmt: skip

_MOMENTS = [datetime(2024, 3, 5, 17, 30, 1), datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59), None]
_AWARE = [datetime(2024, 3, 5, 17, 30, 1, tzinfo=UTC), datetime(2025, 6, 30, 17, tzinfo=UTC), None]
#: Arrow types with values that fit: a Parquet file's column may be any of them.
COLUMNS: tuple[tuple[pa.DataType, list[object]], ...] = (
    (pa.int8(), [0, 1, -128, None]),
    (pa.int64(), [0, 1, 2**63 - 1, -(2**63), None]),
    (pa.uint64(), [0, 2**64 - 1]),
    (pa.float32(), [0.1, 1.0, float("nan")]),
    (pa.float64(), [0.5, 1e300, float("nan"), float("inf"), -0.0, 1e15, None]),
    (pa.decimal128(38, 10), [Decimal("1.5"), Decimal("0.0000000001"), Decimal(10**27), None]),
    (pa.decimal256(76, 0), [Decimal(10**75), Decimal(3)]),
    (pa.bool_(), [True, False, None]),
    (pa.date32(), [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31), None]),
    (pa.date64(), [date(2024, 2, 29), None]),
    (pa.timestamp("s"), _MOMENTS),
    (pa.timestamp("us"), _MOMENTS),
    (pa.timestamp("ns"), [datetime(2024, 3, 5), None]),
    (pa.timestamp("us", tz="UTC"), _AWARE),
    (pa.timestamp("ms", tz="Asia/Ho_Chi_Minh"), _AWARE),
    (pa.timestamp("ns", tz="+07:00"), _AWARE),
    (pa.time64("us"), [None]),
    (pa.duration("s"), [None, 5]),
    (pa.null(), [None]),
    (pa.binary(), [b"\xff\x00", b"1"]),
    (pa.large_string(), ["1", "2024-03-05", None]),
    (pa.list_(pa.string()), [[], ["1"], ["1", "2"], None]),
    (pa.struct([("a", pa.int64())]), [{"a": 1}, None]),
    (pa.dictionary(pa.int32(), pa.string()), ["1", "2", None]),
    (pa.map_(pa.string(), pa.int64()), [[("a", 1)], None]),
)


def spoilt(content: bytes, chance: Random) -> bytes:
    """``content`` with a few bytes flipped, gone, added, doubled or cut off."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        if not data:
            break
        _spoil(data, chance)
    return bytes(data)


def _spoil(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    end = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 100)))
    way = chance.randrange(7)
    if way == 0:
        data[at] ^= 1 << chance.randrange(8)
    elif way == 1:
        data[at] = chance.randrange(256)
    elif way == 2:
        del data[at:end]
    elif way == 3:
        data[at:at] = chance.choice(
            (b"\0", b'"', b",", b"\n", b"\r", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80")
        )
    elif way == 4:
        data[at:at] = data[at:end]
    elif way == 5:
        del data[at:]
    else:
        data[at:end] = bytes(chance.randrange(256) for _ in range(end - at))


def spoilt_inside(archive: bytes, chance: Random) -> bytes:
    """A zip archive with one of its members spoilt, missing, doubled or swapped with another."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = [(name, opened.read(name)) for name in opened.namelist()]
    at = chance.randrange(len(members))
    name, content = members[at]
    way = chance.randrange(10)
    if way == 0:
        del members[at]
    elif way == 1:
        other = chance.randrange(len(members))
        members[at], members[other] = (name, members[other][1]), (members[other][0], content)
    else:
        members[at] = (name, spoilt(content, chance))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members:
            written.writestr(name, content)
    return made.getvalue()
