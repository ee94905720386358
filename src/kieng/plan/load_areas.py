"""Area types from ``kieng.yaml`` (which there are) and ``agencies/areas.csv`` (whose they are, dated)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from kieng.plan.agency import AgencyTree
from kieng.plan.area import AreaFact, Areas, AreaType
from kieng.plan.csv_text import CsvRow, read_csv
from kieng.plan.dated import Dated
from kieng.plan.indicator import Source
from kieng.plan.load_rules import check_level
from kieng.plan.reorganisation import Reorganisation
from kieng.plan.yaml_text import Section
from kieng.problems import Problems, near

_COLUMNS = ("agency", "area", "valid_from", "valid_to", "source")


def read_area_types(settings: Section, levels: Collection[str]) -> Areas:
    """``areas: {level: commune, types: {rural: {name: {vi, en}, against: urban}}}``; none when not there."""
    section = settings.section("areas")
    if section is None:
        return Areas()
    level, inside = section.text("level"), section.section("types")
    if (at := section.get("level")) is not None:
        check_level(at, level, levels)
    types = dict(_types(inside)) if inside else {}
    section.need("types")
    section.no_other_keys()
    return Areas(level, types)


def _types(inside: Section) -> Iterable[tuple[str, AreaType]]:
    names = inside.keys()
    for name in names:
        inside.need(name)
        each = inside.section(name)
        if each is None:
            continue
        against = each.optional_text("against")
        if against is not None and against not in names:
            each.problem("against", "unknown-area", "No area type has this name.", near(against, names))
        if against == name:
            why = "An area type cannot be held against itself."
            each.problem("against", "area-against-itself", why, "Name another, or leave it out: all others.")
        yield name, AreaType(name, each.name("name"), against)
        each.no_other_keys()


def load_areas(
    root: Path,
    known: Areas,
    tree: AgencyTree,
    sources: Mapping[str, Source],
    reorganisations: Iterable[Reorganisation],
    problems: Problems,
) -> Areas:
    """``known`` with the facts of ``root/agencies/areas.csv``. What is unsound is left out and named."""
    path = root / "agencies" / "areas.csv"
    found: dict[str, list[Dated[AreaFact]]] = defaultdict(list)
    for row in read_csv(path, problems, root, _COLUMNS) if path.exists() else []:
        agency, fact = row.text("agency"), _fact(row, known, tree, sources)
        if fact is None:
            continue
        others = [one.value.area for one in found[agency] if one.overlaps(fact)]
        if fact.value.area in others:
            why = f"{agency} is said to be of this area twice on one day."
            row.problem("area", "overlapping-validity", why, "Keep one of the two, or end the earlier one.")
            continue
        if any(known.excludes(fact.value.area, other) for other in others):
            why = f"{agency} is said to be of two areas on one day that are held against each other."
            row.problem("area", "areas-exclude", why, "Keep one of the two, or end the earlier one.")
        found[agency].append(fact)
    return Areas(known.level, known.types, {k: tuple(v) for k, v in found.items()}, tuple(reorganisations))


def _fact(
    row: CsvRow, known: Areas, tree: AgencyTree, sources: Mapping[str, Source]
) -> Dated[AreaFact] | None:
    agency, area, source = row.text("agency"), row.text("area"), row.text("source")
    if area and area not in known.types:
        why = "kieng.yaml declares no area type with this name."
        row.problem("area", "unknown-area", why, near(area, known.types))
    if source and source not in sources:
        why = "No source with this key is declared in kieng.yaml."
        row.problem("source", "unknown-source", why, near(source, sources))
    if agency and agency not in tree.agencies:
        why = "No agency in agencies.csv has this id."
        row.problem("agency", "unknown-agency", why, near(agency, tree.agencies))
    elif agency and known.level not in {level.value for level in tree.agencies[agency].levels}:
        why = f"Areas are told of the level {known.level}, and this agency is never of it."
        remedy = "Name agencies of that level: what stands above them is summed from them."
        row.problem("agency", "area-at-another-level", why, remedy)
    span = row.span()
    return Dated(AreaFact(area, sources[source]), *span) if row.sound else None
