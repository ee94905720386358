"""A workspace's text into :class:`~kieng.plan.definitions.Definitions`, every problem named at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from kieng.plan.agency import AgencyTree, Level
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator, NotApplicable
from kieng.plan.load_agencies import load_tree
from kieng.plan.load_calendar import load_calendar, load_clocks
from kieng.plan.load_indicators import load_indicators, load_not_applicable
from kieng.plan.load_plans import load_plans
from kieng.plan.load_record_types import load_record_types
from kieng.plan.load_reorganisations import load_reorganisations
from kieng.plan.settings import FILE, load_settings
from kieng.problems import Place, Problems, UserError, near

#: Where the text of a workspace lies; nothing else (deliveries, the ledger) is part of it.
TEXT = (
    FILE,
    "not_applicable.csv",
    "plans/*.yaml",
    "indicators/*.yaml",
    "record_types/*.yaml",
    "mappings/*.yaml",
    "agencies/*.csv",
    "agencies/reorganisations/*.yaml",
    "agencies/reorganisations/*.csv",
    "calendar/*.csv",
    "calendar/*.yaml",
)


def load(root: Path) -> tuple[Definitions | None, Problems]:
    """The definitions in ``root`` and everything that is wrong with them.

    Definitions with problems are as good as could be read, for further checks; no number may be made
    from them. None when there is no readable ``kieng.yaml``.
    """
    problems = Problems()
    settings = load_settings(root, problems)
    if settings is None:
        return None, problems
    levels, sources = settings.levels, settings.sources
    record_types = load_record_types(root / "record_types", problems, root)
    clocks = load_clocks(root, sources, problems)
    tree = load_tree(root, levels, problems)
    indicators = load_indicators(root, record_types, sources, levels, settings.pillars, clocks, problems)
    not_applicable = load_not_applicable(root, problems)
    definitions = Definitions(
        name=settings.name,
        time_zone=settings.time_zone,
        pillars=settings.pillars,
        record_types=record_types,
        tree=tree,
        reorganisations=load_reorganisations(root, tree, sources, problems),
        calendar=load_calendar(root, settings.calendar, problems),
        clocks=clocks,
        indicators=indicators,
        plans=load_plans(root, indicators, tree, levels, sources, problems),
        not_applicable=not_applicable,
        fingerprint=fingerprint(text_of(root)),
    )
    _check_leads(indicators, tree, problems)
    _check_bases(indicators, tree, problems)
    _check_not_applicable(not_applicable, indicators, tree, problems)
    _check_reporters(indicators, levels, problems)
    return definitions, problems


def load_or_refuse(root: Path) -> Definitions:
    """The definitions in ``root``; UserError with every problem when there is any."""
    definitions, problems = load(root)
    if problems or definitions is None:
        raise UserError(problems.sorted())
    return definitions


def text_of(root: Path) -> dict[str, bytes]:
    """Every file that is part of the workspace's text, by path with forward slashes."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in _files(root)}


def fingerprint(files: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and contents: equal text, equal fingerprint."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for pattern in TEXT:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())


def _check_leads(indicators: Mapping[str, Indicator], tree: AgencyTree, problems: Problems) -> None:
    for indicator in indicators.values():
        if indicator.lead and indicator.lead not in tree.agencies:
            why = f"No agency has the id of {indicator.id}'s lead."
            remedy = near(indicator.lead, tree.agencies)
            problems.add(indicator.place, "unknown-lead", why, remedy, indicator.lead)


def _check_bases(indicators: Mapping[str, Indicator], tree: AgencyTree, problems: Problems) -> None:
    """A basis other than the usual one must be known of some agency, or nothing could be recast by it."""
    known = {"population"} | {w.basis for agency in tree.agencies.values() for w in agency.weights}
    for indicator in indicators.values():
        for rule in indicator.rules:
            if rule.recast_by not in known:
                why = "No agency has a weight on this basis."
                problems.add(rule.place, "unknown-basis", why, near(rule.recast_by, known), rule.recast_by)


def _check_not_applicable(
    declared: tuple[NotApplicable, ...],
    indicators: Mapping[str, Indicator],
    tree: AgencyTree,
    problems: Problems,
) -> None:
    for one in declared:
        if one.indicator not in indicators:
            remedy = near(one.indicator, indicators)
            problems.add(one.place, "unknown-indicator", "No indicator has this id.", remedy, one.indicator)
        if one.agency not in tree.agencies:
            remedy = near(one.agency, tree.agencies)
            problems.add(one.place, "unknown-agency", "No agency has this id.", remedy, one.agency)


def _check_reporters(
    indicators: Mapping[str, Indicator], levels: Mapping[str, Level], problems: Problems
) -> None:
    for indicator in indicators.values():
        for rule in indicator.rules:
            for level in rule.reporters:
                if level not in levels:
                    where = Place(rule.place.file, rule.place.line)
                    problems.add(where, "unknown-level", "No level has this id.", near(level, levels), level)


def empty_workspace() -> dict[str, str]:
    """The text of a first workspace, by path: three agencies, one indicator, one plan. It passes check."""
    folder = Path(__file__).parent / "empty"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
