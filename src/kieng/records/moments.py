"""Dates and times as sources write them, turned into wall time in the workspace's zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kieng.records.faults import Fault, fault

#: Patterns that are words, beside those written with %-directives.
ISO, EPOCH_MS, EPOCH_S, EXCEL = "iso", "epoch_ms", "epoch_s", "excel"
WORDS = (ISO, EPOCH_MS, EPOCH_S, EXCEL)
DIRECTIVES = {
    "%Y": ("year", "[0-9]{4}"),
    "%m": ("month", "[0-9]{1,2}"),
    "%d": ("day", "[0-9]{1,2}"),
    "%H": ("hour", "[0-9]{1,2}"),
    "%M": ("minute", "[0-9]{1,2}"),
    "%S": ("second", "[0-9]{1,2}"),
    "%f": ("fraction", "[0-9]{1,6}"),
    "%z": ("zone", "Z|[+-][0-9]{2}:?[0-9]{2}"),
}
_PARTS = ("year", "month", "day", "hour", "minute", "second")  # in the order a datetime takes them
FIRST_YEAR, LAST_YEAR = 1900, 2199

# A date without a time of day is a `date`; with one it is a `datetime`, aware if it carries an offset.
Moment = date | datetime
_Reader = Callable[[str], Moment | None]  # None: the pattern does not fit; ValueError: no such day

# How the national portal writes times; a case record has five of them.
_COMPACT = "%Y%m%d%H%M%S"
_DIRECTIVE = re.compile("%.")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"-?[0-9]{1,15}")
_SERIAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,12})?")
_ISO_SHAPE = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:[T ].*)?", re.DOTALL)
# Excel counts 29/2/1900, a day that never was; from 1/3/1900 on its numbers are days after this one.
_EXCEL_ZERO, _EXCEL_FIRST = datetime(1899, 12, 30), 61


def pattern_fault(pattern: str) -> tuple[str, str] | None:
    """Why ``pattern`` cannot be used and how to mend it; None when it can."""
    if pattern in WORDS:
        return None
    used = _DIRECTIVE.findall(pattern)
    if "%y" in used:
        return (
            "A year of two digits does not say which century.",
            "Use %Y and have the source write four digits.",
        )
    unknown = [d for d in used if d not in DIRECTIVES]
    if unknown:
        return (
            f"`{unknown[0]}` is not known.",
            f"There are: {' '.join(DIRECTIVES)}, and the words {', '.join(WORDS)}.",
        )
    twice = next((d for d in used if used.count(d) > 1), None)
    if twice:
        return f"`{twice}` stands here twice.", "Name each part of the date once."
    if not {"%Y", "%m", "%d"} <= set(used):
        return "Year, month and day are not all there.", "Write a pattern such as %d/%m/%Y, or iso."
    for part, needed in (("%M", "%H"), ("%S", "%M"), ("%f", "%S"), ("%z", "%H")):
        if part in used and needed not in used:
            return f"`{part}` stands here without `{needed}`.", f"Add `{needed}` to the pattern."
    return None


def ambiguous_patterns(patterns: Sequence[str]) -> tuple[str, str] | None:
    """Two patterns that read the same text as different days (day and month changed round)."""
    seen: dict[str, str] = {}
    for pattern in patterns:
        shape = pattern.replace("%d", "%m")
        if seen.setdefault(shape, pattern) != pattern:
            return seen[shape], pattern
    return None


class MomentReader:
    """Reads one column's dates and times.

    ``zone`` is that of times without an offset, ``home`` the workspace's, in which the result is given.
    """

    def __init__(self, patterns: Sequence[str], zone: ZoneInfo, home: ZoneInfo) -> None:
        self.patterns = tuple(patterns)
        self._readers = [_reader(pattern) for pattern in patterns]
        self._zone = zone
        self._home = home

    @property
    def straight(self) -> bool:
        """Whether a time without an offset is in the workspace's zone already."""
        return self._zone == self._home

    @property
    def home(self) -> ZoneInfo:
        return self._home

    def fits(self, index: int, text: str) -> bool:
        """Whether the shape of ``text`` is that of a pattern, even if there is no such day."""
        try:
            return self._readers[index](text) is not None
        except (ValueError, OverflowError):
            return True

    def read(self, text: str) -> Moment | Fault:
        """The moment ``text`` names, by the first pattern that fits."""
        impossible = False
        for reader in self._readers:
            try:
                moment = reader(text)
            except (ValueError, OverflowError):
                impossible = True
                continue
            if moment is not None:
                return moment
        return fault("no-such-day") if impossible else fault("not-a-date", patterns=", ".join(self.patterns))

    def cell_reader(self, to_day: bool) -> Callable[[str], date | Fault]:
        """Reads a text and gives its day, or its wall time. Times are rarely equal, so that no memory of
        earlier cells helps; the common case goes straight through."""
        first, straight = self._readers[0], self.straight

        def read(text: str) -> date | Fault:
            try:
                moment = first(text)
            except (ValueError, OverflowError):
                moment = None
            if straight and type(moment) is datetime and moment.tzinfo is None and _plausible(moment):
                return moment.date() if to_day else moment
            found = self.read(text)
            if isinstance(found, Fault):
                return found
            return self.day(found) if to_day else self.wall(found)

        return read

    def day(self, moment: Moment) -> date | Fault:
        """The day of ``moment`` in the workspace's zone."""
        if isinstance(moment, datetime):
            wall = self.wall(moment)
            return wall if isinstance(wall, Fault) else wall.date()
        return moment if _plausible(moment) else _implausible()

    def wall(self, moment: Moment) -> datetime | Fault:
        """Wall time in the workspace's zone. A date alone is its own midnight, in no zone but ours."""
        midnight_ours = not isinstance(moment, datetime)
        whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time.min)
        if not _plausible(whole):
            return _implausible()
        if midnight_ours or (whole.tzinfo is None and self._zone == self._home):
            return whole
        return self._shifted(whole)

    def _shifted(self, moment: datetime) -> datetime | Fault:
        if moment.tzinfo is not None:
            return moment.astimezone(self._home).replace(tzinfo=None)
        earlier, later = (moment.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        if earlier.utcoffset() != later.utcoffset():
            return fault("no-such-time", zone=self._zone.key)
        return earlier.astimezone(self._home).replace(tzinfo=None)


def _plausible(moment: date) -> bool:
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def _implausible() -> Fault:
    return fault("implausible-year", first=FIRST_YEAR, last=LAST_YEAR)


def _reader(pattern: str) -> _Reader:
    words: dict[str, _Reader] = {
        _COMPACT: _compact,
        ISO: _iso,
        EPOCH_MS: lambda text: _epoch(text, 1),
        EPOCH_S: lambda text: _epoch(text, 1000),
        EXCEL: _serial,
    }
    return words.get(pattern) or _pattern_reader(pattern)


def _iso(text: str) -> Moment | None:
    if not _ISO_SHAPE.fullmatch(text):
        return None
    return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)


def _compact(text: str) -> Moment | None:
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        return None
    return datetime.fromisoformat(f"{text[:8]}T{text[8:]}")


def _epoch(text: str, milliseconds: int) -> Moment | None:
    if not _DIGITS.fullmatch(text):
        return None
    return _EPOCH + timedelta(milliseconds=int(text) * milliseconds)


def _serial(text: str) -> Moment | None:
    if not _SERIAL.fullmatch(text):
        return None
    days, _, part = text.partition(".")
    if int(days) < _EXCEL_FIRST:
        raise ValueError(text)
    seconds = round(int(part) * 86_400 / 10 ** len(part)) if part else 0
    return _EXCEL_ZERO + timedelta(days=int(days), seconds=seconds)


def _pattern_reader(pattern: str) -> _Reader:
    shape = _compiled(pattern)
    groups = [shape.groupindex[name] for name in _PARTS if name in shape.groupindex]
    make: Callable[..., Moment] = datetime if "hour" in shape.groupindex else date
    precise = "fraction" in shape.groupindex or "zone" in shape.groupindex

    def read(text: str) -> Moment | None:
        found = shape.fullmatch(text)
        if found is None:
            return None
        moment = make(*map(int, found.group(*groups)))
        return _refined(moment, found.groupdict()) if precise else moment

    return read


def _refined(moment: Moment, part: dict[str, str | None]) -> Moment:
    """``moment`` with the fraction of its second, and its offset."""
    return datetime.fromisoformat(
        f"{moment.isoformat()}.{(part.get('fraction') or '0').ljust(6, '0')}{part.get('zone') or ''}"
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    """Directives that touch each other have a fixed width; else one or two digits will do."""
    touching = re.search("%.%.", pattern) is not None
    shape = ""
    for piece in re.split("(%.)", pattern):
        name, digits = DIRECTIVES.get(piece, ("", re.escape(piece)))
        digits = digits.replace("{1,2}", "{2}").replace("{1,6}", "{6}") if touching else digits
        shape += f"(?P<{name}>{digits})" if name else digits
    return re.compile(shape)
