"""Indicators from ``indicators/*.yaml``, and the agencies for which one has no meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from kieng.plan.citation import citation
from kieng.plan.csv_text import read_csv
from kieng.plan.indicator import Better, Indicator, NotApplicable, Source, Watch
from kieng.plan.lead import Lead, read_leads
from kieng.plan.load_rules import Known, check_level, load_rules
from kieng.plan.record_type import RecordType
from kieng.plan.stated import read_stated
from kieng.plan.text_file import yaml_files
from kieng.plan.yaml_text import Located, Section, read_yaml
from kieng.problems import Problems, near

_ID = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")
_UNTIL = re.compile(r"(?P<level>[\w-]+)(\s+until\s+(?P<day>\S+))?")
_MOST_DECIMALS = 9


def load_indicators(
    root: Path,
    record_types: Mapping[str, RecordType],
    sources: Mapping[str, Source],
    levels: Collection[str],
    pillars: Collection[str],
    clock_ids: Collection[str],
    problems: Problems,
) -> dict[str, Indicator]:
    """Every indicator in ``root/indicators``, by id.

    An indicator with a problem is given too, with what could be read of it, so that a plan that names
    it is not blamed for it; as long as ``problems`` is not empty nothing may be measured.
    """
    known = Known(record_types, sources, levels, clock_ids)
    found: dict[str, Indicator] = {}
    for path in yaml_files(root / "indicators"):
        top = read_yaml(path, problems, root)
        for section in top.sections() if top else ():
            indicator = _indicator(section, pillars, known)
            if indicator.id in found:
                why = f"This indicator stands already at {found[indicator.id].place}."
                section.problem("id", "duplicate-id", why, "Give it another id, or write one with `rules:`.")
            elif indicator.id:
                found[indicator.id] = indicator
    return found


def _indicator(section: Section, pillars: Collection[str], known: Known) -> Indicator:
    before = len(section.problems)
    words = section.words("unit")
    unit = words.vi
    watch = _watch(section, known.levels)
    watched = tuple(dict.fromkeys(each.level for each in watch))
    indicator = Indicator(
        id=_id(section),
        name=section.name("name"),
        pillar=_pillar(section, pillars),
        unit=unit,
        better=section.choice("better", Better),
        watch=watch,
        leads=_leads(section),
        rules=load_rules(section, unit, watched, known),
        source=citation(section, known.sources),
        note=section.optional_name("note"),
        decimals=_decimals(section),
        place=section.place,
        unit_en=words.en if words.en != unit else None,
        stated=read_stated(section),
        cooperating=read_leads(section, "cooperating"),
    )
    section.no_other_keys()
    # A line that several versions share is read for each; what is wrong with it is said once.
    section.problems.found[before:] = dict.fromkeys(section.problems.found[before:])
    return indicator


def _id(section: Section) -> str:
    word = section.text("id")
    if word and not _ID.fullmatch(word):
        remedy = "Write small letters without diacritics, digits and -, as in work-files-online."
        section.problem("id", "not-an-id", "An id is one plain word.", remedy)
    return word


def _leads(section: Section) -> tuple[Lead, ...]:
    if not section.has("lead"):
        why = "Nobody answers for this indicator."
        remedy = "Add `lead:` with the id of the agency that does."
        section.problem("lead", "no-lead", why, remedy)
    return read_leads(section, "lead")


def _pillar(section: Section, pillars: Collection[str]) -> str:
    pillar = section.text("pillar")
    if pillar and pillar not in pillars:
        why = "No pillar of this name is declared in kieng.yaml."
        section.problem("pillar", "unknown-pillar", why, near(pillar, pillars))
    return pillar


def _decimals(section: Section) -> int:
    number = section.optional_integer("decimals")
    if number is not None and not 0 <= number <= _MOST_DECIMALS:
        why = "So many decimals are not shown."
        section.problem("decimals", "too-many-decimals", why, f"Write 0 to {_MOST_DECIMALS}.")
    return 2 if number is None else number


def _watch(section: Section, levels: Collection[str]) -> tuple[Watch, ...]:
    section.need("watch")
    found = [_watched(item) for item in section.items("watch")]
    watch = [(at, each) for at, each in found if each is not None]
    for at, each in watch:
        check_level(at, each.level, levels)
    if section.has("watch") and not found:
        section.problem("watch", "nothing-watched", "No level is named.", f"There are: {', '.join(levels)}.")
    return tuple(each for _, each in watch)


def _watched(item: Located) -> tuple[Located, Watch | None]:
    """``commune``, ``district until 2025-07-01`` or ``{level: district, until: 2025-07-01}``."""
    if item.is_mapping:
        section = item.section()
        assert section is not None
        watch = Watch(section.text("level"), section.optional_day("until"))
        section.no_other_keys()
        return item, watch if section.sound else None
    found = _UNTIL.fullmatch((item.scalar or "").strip())
    if found is None:
        remedy = "Write `commune`, or `district until 2025-07-01`."
        item.problem("unreadable-level", "Here a level is expected.", remedy)
        return item, None
    until = item.day_in(found["day"]) if found["day"] else None
    return item, Watch(found["level"], until)


# --- not applicable ------------------------------------------------------------------------------


def load_not_applicable(root: Path, problems: Problems) -> tuple[NotApplicable, ...]:
    """The rows of ``not_applicable.csv``; none when there is no such file.

    Whether the indicator and the agency exist is for the caller to check.
    """
    path = root / "not_applicable.csv"
    if not path.exists():
        return ()
    found: dict[tuple[str, str], list[NotApplicable]] = {}
    columns = ("indicator", "agency", "because")
    for row in read_csv(path, problems, root, columns, ("valid_from", "valid_to")):
        indicator, agency, because = (row.text(column) for column in columns)
        made = NotApplicable(indicator, agency, because, *row.span(), row.place)
        if not row.sound:
            continue
        same = found.setdefault((indicator, agency), [])
        twin = next((one for one in same if made.overlaps(one)), None)
        if twin is not None:
            why = f"The row at {twin.place} says the same of the same days."
            row.problem("agency", "not-applicable-twice", why, "Keep one, or end the earlier one.")
        same.append(made)
    return tuple(one for same in found.values() for one in same)
