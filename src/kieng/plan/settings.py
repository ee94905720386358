"""``kieng.yaml``: a workspace's name, time zone, pillars, levels and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from kieng.plan.agency import Level
from kieng.plan.area import Areas
from kieng.plan.citation import read_source
from kieng.plan.definitions import CC_BY, Licence
from kieng.plan.indicator import Source
from kieng.plan.load_areas import read_area_types
from kieng.plan.yaml_text import Section, read_yaml
from kieng.problems import Place, Problems
from kieng.words import Name

SETTINGS = "kieng.yaml"


@dataclass(frozen=True)
class Settings:
    """What ``kieng.yaml`` says. ``measured_from`` (optional) is the day before which no period is
    measured, however old the records are. ``licence`` is CC BY 4.0 unless named. ``calendar`` is left to
    :func:`~kieng.plan.load_calendar.load_calendar`."""

    name: Name
    time_zone: str
    measured_from: date | None
    calendar: Section | None
    pillars: Mapping[str, Name]
    levels: Mapping[str, Level]
    sources: Mapping[str, Source]
    licence: Licence
    areas: Areas


def read_settings(root: Path, problems: Problems) -> Settings | None:
    """The settings with every readable part; None when there is no such file to read."""
    path = root / SETTINGS
    if not path.is_file():
        why = "This folder is no workspace: it has no kieng.yaml."
        remedy = "Name a workspace with -w, or make one with `kieng init DIR`."
        problems.add(Place(SETTINGS), "no-workspace", why, remedy)
        return None
    top = read_yaml(path, problems, root)
    section = top.section() if top else None
    if section is None:
        return None
    levels = _levels(section)
    settings = Settings(
        name=section.name("name"),
        time_zone=_time_zone(section),
        measured_from=section.optional_day("measured_from"),
        calendar=section.section("calendar"),
        pillars=_pillars(section),
        levels=levels,
        sources=_sources(section),
        licence=_licence(section),
        areas=read_area_types(section, levels),
    )
    section.no_other_keys()
    return settings


def _time_zone(section: Section) -> str:
    zone = section.text("time_zone")
    if zone and not _is_zone(zone):
        close = get_close_matches(zone[:80], available_timezones(), n=1)
        remedy = f"Did you mean `{close[0]}`?" if close else "Write a name such as Asia/Ho_Chi_Minh."
        section.problem("time_zone", "unknown-time-zone", "No time zone has this IANA name.", remedy)
    # Whoever reads on to name the other problems reads moments in some zone.
    return zone if zone and _is_zone(zone) else "UTC"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a path out of it
        return False
    return True


def _inside(section: Section, key: str) -> Section | None:
    """A mapping that has to be there."""
    section.need(key)
    return section.section(key)


def _pillars(section: Section) -> dict[str, Name]:
    inside = _inside(section, "pillars")
    return {key: inside.name(key) for key in inside.keys()} if inside else {}  # noqa: SIM118


def _levels(section: Section) -> dict[str, Level]:
    inside = _inside(section, "levels")
    levels: dict[str, Level] = {}
    if inside is None:
        return levels
    for key in inside.keys():  # noqa: SIM118 - a section is no dict
        level = _inside(inside, key)
        if level is not None:
            levels[key] = Level(key, level.name("name"), level.optional_text("tier") or key, len(levels))
            level.no_other_keys()
    return levels


def _licence(section: Section) -> Licence:
    inside = section.section("licence")
    if inside is None:
        return CC_BY
    licence = Licence(inside.text("name"), inside.text("url"))
    if licence.url and not licence.url.startswith("https://"):
        why = "The licence's text has no address that begins with https://."
        inside.problem("url", "not-https", why, "Write the address of the licence's own page.")
    inside.no_other_keys()
    return licence


def _sources(section: Section) -> dict[str, Source]:
    inside = section.section("sources")
    if inside is None:
        return {}
    found = {key: _inside(inside, key) for key in inside.keys()}  # noqa: SIM118
    return {key: read_source(source) for key, source in found.items() if source is not None}
