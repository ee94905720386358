"""``kieng.yaml``: the workspace's name, zone, pillars, levels and citations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kieng.plan.agency import Level
from kieng.plan.indicator import Source
from kieng.plan.yaml_text import Section, read_source, read_yaml
from kieng.problems import Problems
from kieng.words import Name

FILE = "kieng.yaml"


@dataclass(frozen=True)
class Settings:
    """What ``kieng.yaml`` says. ``calendar`` is read by :func:`kieng.plan.load_calendar.load_calendar`."""

    name: Name
    time_zone: str
    pillars: dict[str, Name]
    levels: dict[str, Level]
    sources: dict[str, Source]
    calendar: Section | None


def load_settings(root: Path, problems: Problems) -> Settings | None:
    """The settings, with every problem of their own; None when there is nothing to read."""
    top = read_yaml(root / FILE, problems, root)
    section = top.section() if top else None
    if section is None:
        return None
    settings = Settings(
        name=section.name("name"),
        time_zone=_zone(section),
        pillars=_names(section, "pillars"),
        levels=_levels(section),
        sources=_sources(section),
        calendar=section.section("calendar"),
    )
    section.no_other_keys()
    return settings


def _zone(section: Section) -> str:
    zone = section.text("time_zone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        why = "There is no time zone of this name."
        section.problem("time_zone", "unknown-time-zone", why, "For Vietnam write Asia/Ho_Chi_Minh.")
        return "Asia/Ho_Chi_Minh"
    return zone


def _names(section: Section, key: str) -> dict[str, Name]:
    section.need(key)
    given = section.section(key)
    return {} if given is None else {one: given.name(one) for one in given.keys()}


def _levels(section: Section) -> dict[str, Level]:
    """Levels, top first: their order is their rank."""
    section.need("levels")
    given = section.section("levels")
    levels: dict[str, Level] = {}
    for key in given.keys() if given else ():
        inner = given.section(key) if given else None
        if inner is not None:
            tier = inner.optional_text("tier") or key
            levels[key] = Level(key, inner.name("name"), tier, len(levels))
            inner.no_other_keys()
    return levels


def _sources(section: Section) -> dict[str, Source]:
    given = section.section("sources")
    if given is None:
        return {}
    sections = {key: given.section(key) for key in given.keys()}
    return {key: read_source(inner) for key, inner in sections.items() if inner is not None}
