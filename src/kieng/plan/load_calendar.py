"""The working calendar and the clock rules: what Kiềng brings, and what a workspace adds or replaces.

Days off come from python-holidays, corrected by ``calendars/<country>.csv`` here, corrected by the
workspace's ``calendar/holidays.csv``. Offices rest on Saturday and Sunday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import holidays

from kieng.plan.calendar import WorkingCalendar
from kieng.plan.citation import citation
from kieng.plan.clock import ClockRule, Supplement
from kieng.plan.csv_text import CsvRow, read_csv
from kieng.plan.dated import Dated
from kieng.plan.indicator import Source
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Problems, near

_HERE = Path(__file__).parent
_COUNTRY, _FIRST, _LAST = "VN", date(2015, 1, 1), date(2035, 12, 31)
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


@dataclass
class _Days:
    """Days off and days on while the sources are laid over each other; the later one wins."""

    first: date
    last: date
    off: set[date] = field(default_factory=set)
    on: set[date] = field(default_factory=set)

    def put(self, day: date, kind: str) -> None:
        wins, loses = (self.off, self.on) if kind == "off" else (self.on, self.off)
        wins.add(day)
        loses.discard(day)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def load_calendar(root: Path, settings: Section | None, problems: Problems) -> WorkingCalendar:
    """The calendar of the workspace; ``settings`` is ``calendar: {country, first, last}`` of kieng.yaml
    (None: Vietnam, 2015 to 2035)."""
    country, days = _settings(settings)
    _lay_holidays(country, days)
    built_in = _HERE / "calendars" / f"{country}.csv"
    for path, base, optional in (
        (built_in, _HERE, ("confidence",)),
        (root / "calendar" / "holidays.csv", root, ()),
    ):
        if path.exists():
            columns = ("day", "kind", "name_vi", "name_en", "source")
            _lay_rows(read_csv(path, problems, base, columns, optional), days, path is built_in)
    return WorkingCalendar.of(days.first, days.last, days.off, days.on)


def _settings(section: Section | None) -> tuple[str, _Days]:
    if section is None:
        return _COUNTRY, _Days(_FIRST, _LAST)
    country = section.optional_text("country") or _COUNTRY
    first, last = section.optional_day("first") or _FIRST, section.optional_day("last") or _LAST
    section.no_other_keys()
    countries = holidays.list_supported_countries()
    if country not in countries:
        why = "The holidays of this country are not known."
        section.problem(
            "country", "unknown-country", why, near(country, countries) + " Write VN for Vietnam."
        )
        country = _COUNTRY
    if last < first:
        why = f"The calendar ends on {last}, before it begins on {first}."
        section.problem("last", "ends-before-it-begins", why, "Correct `first` or `last`.")
        last = first
    return country, _Days(first, last)


def _lay_holidays(country: str, days: _Days) -> None:
    known = holidays.country_holidays(country, years=range(days.first.year, days.last.year + 1))
    for day in known:
        if days.holds(day):
            days.put(day, "off")
    for day in known.weekend_workdays:
        if days.holds(day):
            days.put(day, "on")


def _lay_rows(rows: Iterable[CsvRow], days: _Days, built_in: bool) -> None:
    lines: dict[date, int] = {}
    for row in rows:
        row.text("day")
        day, kind = row.day("day"), row.text("kind")
        if kind not in ("off", "on", ""):
            row.problem("kind", "unknown-choice", "A day is off or on.", "Write off or on.")
        if day is None or not row.sound or (built_in and not days.holds(day)):
            continue
        if not days.holds(day):
            why = f"The calendar runs from {days.first} to {days.last}."
            row.problem("day", "outside-the-calendar", why, "Lengthen it in kieng.yaml, or correct the day.")
        elif day in lines:
            why = f"This day stands on line {lines[day]} already."
            row.problem("day", "duplicate-day", why, "Keep one of the two.")
        else:
            lines[day] = row.place.line
            days.put(day, kind)


# --- clocks --------------------------------------------------------------------------------


def load_clocks(
    root: Path, sources: Mapping[str, Source], problems: Problems
) -> dict[str, tuple[ClockRule, ...]]:
    """The dated versions of every clock, by id. A clock of the workspace replaces all versions of the
    built-in one with its id."""
    own = _read_clocks(root / "calendar" / "clocks.yaml", root, sources, problems)
    return {**_read_clocks(_HERE / "clocks.yaml", _HERE, {}, problems), **own}


def _read_clocks(
    path: Path, root: Path, sources: Mapping[str, Source], problems: Problems
) -> dict[str, tuple[ClockRule, ...]]:
    top = read_yaml(path, problems, root) if path.exists() else None
    versions: dict[str, list[ClockRule]] = {}
    for section in top.sections() if top else ():
        rule = _clock(section, sources)
        clash = next((v for v in versions.get(rule.id, ()) if _dated(v).overlaps(_dated(rule))), None)
        if clash is not None:
            why = f"Two versions of {rule.id} hold on one day; the other stands in {clash.place}."
            section.problem("valid_from", "overlapping-validity", why, "End one where the next begins.")
        if section.sound:
            versions.setdefault(rule.id, []).append(rule)
    return {id: tuple(sorted(found, key=_begins)) for id, found in versions.items()}


def _clock(section: Section, sources: Mapping[str, Source]) -> ClockRule:
    rule = ClockRule(
        id=section.text("id"),
        name=section.name("name"),
        supplement=section.choice("supplement", Supplement),
        day_cut_off=_hour(section),
        second_supplement_is_late=section.boolean("second_supplement_is_late", False),
        pending_stops_at_request=section.boolean("pending_stops_at_request", True),
        source=citation(section, sources),
        valid_from=section.optional_day("valid_from"),
        valid_to=section.optional_day("valid_to"),
        place=section.place,
    )
    if rule.valid_from is not None and rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        why = f"It ends on {rule.valid_to}, which is not after {rule.valid_from}, the day it begins."
        remedy = "`valid_to` is the first day on which it no longer holds."
        section.problem("valid_to", "ends-before-it-begins", why, remedy)
    section.no_other_keys()
    return rule


def _hour(section: Section) -> time | None:
    text = section.optional_text("day_cut_off")
    if text is None or _HOUR.fullmatch(text):
        return None if text is None else time.fromisoformat(text)
    section.problem("day_cut_off", "not-a-time", "Here a time of day is expected.", 'Write it as "15:00".')
    return None


def _dated(rule: ClockRule) -> Dated[str]:
    return Dated(rule.id, rule.valid_from, rule.valid_to)


def _begins(rule: ClockRule) -> date:
    return rule.valid_from or date.min
