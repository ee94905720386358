"""A workspace's text, all of it, as :class:`~kieng.plan.definitions.Definitions`.

Reading goes on after every problem, so that a person sees all of them at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from kieng.plan.agency import AgencyTree
from kieng.plan.check_answering import check_answering
from kieng.plan.check_leads import check_leads
from kieng.plan.check_reporters import check_reporters
from kieng.plan.check_targets import level_end
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator, NotApplicable
from kieng.plan.load_agencies import load_tree
from kieng.plan.load_areas import load_areas
from kieng.plan.load_baseline_periods import load_baseline_periods
from kieng.plan.load_calendar import load_calendar, load_clocks
from kieng.plan.load_indicators import load_indicators, load_not_applicable
from kieng.plan.load_plans import load_plans
from kieng.plan.load_record_types import load_record_types
from kieng.plan.load_reorganisations import load_reorganisations
from kieng.plan.settings import SETTINGS, read_settings
from kieng.plan.stated import check_precision
from kieng.plan.text_file import shown_path
from kieng.problems import Problems, near

_TEMPLATE = Path(__file__).with_name("new_workspace")

#: Where the text stands that figures are made from. Mappings are not of it: each batch keeps the hash
#: of the one it came through, and a new mapping changes no figure that is there.
_PLACES = (
    SETTINGS,
    "not_applicable.csv",
    "baselines.csv",
    "plans/*.yaml",
    "indicators/*.yaml",
    "record_types/*.yaml",
    "agencies/*.csv",
    "agencies/reorganisations/*.yaml",
    "agencies/reorganisations/*.csv",
    "calendar/*.csv",
    "calendar/*.yaml",
)


def load(root: Path) -> tuple[Definitions | None, Problems]:
    """What the text in ``root`` says, and every problem in it; nothing when there is any problem."""
    definitions, problems = read(root)
    return (None if problems else definitions), problems


def read(root: Path) -> tuple[Definitions | None, Problems]:
    """Like :func:`load`, but what could be read is given in spite of problems: good for further checks,
    never for a number. None when there is no readable ``kieng.yaml``."""
    problems = Problems()
    settings = read_settings(root, problems)
    if settings is None:
        return None, problems
    sources, levels = settings.sources, settings.levels
    record_types = load_record_types(root / "record_types", problems, root)
    tree = load_tree(root, levels, problems)
    clocks = load_clocks(root, sources, problems)
    events = load_reorganisations(root, tree, sources, problems)
    indicators = load_indicators(root, record_types, sources, levels, settings.pillars, clocks, problems)
    definitions = Definitions(
        name=settings.name,
        time_zone=settings.time_zone,
        measured_from=settings.measured_from,
        pillars=settings.pillars,
        record_types=record_types,
        tree=tree,
        reorganisations=events,
        calendar=load_calendar(root, settings.calendar, problems),
        clocks=clocks,
        indicators=indicators,
        plans=load_plans(root, indicators, tree, levels, sources, problems),
        not_applicable=load_not_applicable(root, problems),
        fingerprint=fingerprint(text_of(root)),
        licence=settings.licence,
        areas=load_areas(root, settings.areas, tree, sources, events, problems),
        baselines=load_baseline_periods(root, indicators, tree.agencies, levels, problems),
    )
    for indicator in indicators.values():
        _check_indicator(indicator, tree, problems)
    check_leads(definitions, problems)
    if not any(problem.place.file.startswith("agencies/") for problem in problems):
        check_reporters(definitions, problems)
        check_answering(definitions, problems)  # of a tree with faults it would tell what follows from them
    for exception in definitions.not_applicable:
        _check_exception(exception, definitions, problems)
    return definitions, problems


# --- the text itself ------------------------------------------------------------------


def text_of(root: Path) -> dict[str, bytes]:
    """The files that figures are made from, by their path in the workspace, sorted."""
    paths = {path for pattern in _PLACES for path in root.glob(pattern) if path.is_file()}
    return {shown_path(path, root): path.read_bytes() for path in sorted(paths)}


def stamps_of(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file of the text does: path, moment of the last change, size of each."""
    paths = {path for pattern in _PLACES for path in root.glob(pattern)}
    known = [(path, path.stat()) for path in sorted(paths) if path.is_file()]
    return tuple((str(path), one.st_mtime_ns, one.st_size) for path, one in known)


def fingerprint(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hexadecimal) over paths and contents. Each is hashed by itself first, so that no text can
    be shifted from one file to the next unnoticed."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(hashlib.sha256(path.encode()).digest())
        whole.update(hashlib.sha256(files[path]).digest())
    return whole.hexdigest()


#: What is refused since texts are kept that were taken with it. It changes nothing of what is read: a text of
#: then is read as it was taken, or the figures of then could be shown no more.
_REFUSED_LATER = frozenset(
    {
        "agency-before-plan",
        "ambiguous-number",
        "area-against-itself",
        "areas-exclude",
        "because-says-nothing",
        "closes-before-plan",
        "deadline-before-agency",
        "floor-where-lower-is-better",
        "leads-and-cooperates",
        "milestone-before-plan",
        "milestone-behind-baseline",
        "months-out-of-range",
        "no-such-rank",
        "nobody-answers",
        "not-applicable-twice",
        "percent-by-hand",
        "percent-out-of-range",
        "precision-contradicts",
        "reporters-above-each-other",
        "scope-before-plan",
    }
)


def load_text(files: Mapping[str, bytes]) -> tuple[Definitions | None, Problems]:
    """:func:`load` for text that :func:`text_of` gave earlier and that was taken then: problems that are
    told since are told, and do not refuse it. ValueError for a path that it could not have given."""
    foreign = [path for path in files if not _in_place(path)]
    if foreign:
        raise ValueError(f"not part of a workspace's text: {', '.join(foreign)}")
    with TemporaryDirectory(prefix="kieng-") as folder:
        root = Path(folder)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        definitions, problems = read(root)
    sound = all(problem.code in _REFUSED_LATER for problem in problems)
    return definitions if sound else None, problems


def _in_place(path: str) -> bool:
    pure = PurePosixPath(path)
    plain = not pure.is_absolute() and ".." not in pure.parts
    return plain and any(
        pure.match(place) and len(pure.parts) == len(PurePosixPath(place).parts) for place in _PLACES
    )


def empty_workspace() -> dict[str, str]:
    """The files of a new workspace, by path: it passes every check and explains itself."""
    return {shown_path(p, _TEMPLATE): p.read_text("utf-8") for p in sorted(_files(_TEMPLATE))}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


# --- what no single file can see --------------------------------------------------------


def _check_indicator(indicator: Indicator, tree: AgencyTree, problems: Problems) -> None:
    for stated in indicator.stated:
        check_precision(stated.precision, indicator.place, problems)
        if stated.agency not in tree.agencies:
            why = "No agency in agencies.csv has this id."
            remedy = near(stated.agency, tree.agencies)
            problems.add(indicator.place, "unknown-agency", why, remedy, stated.agency)
    for watch in indicator.watch:
        end = level_end(tree, watch.level) if tree.agencies else None
        if end is not None and (watch.until is None or watch.until > end):
            why = (
                f"The level {watch.level} ends on {end}, and the indicator is watched there beyond that day."
            )
            remedy = f"Write `{{level: {watch.level}, until: {end}}}` in `watch:`."
            problems.add(indicator.place, "watch-outlives-level", why, remedy, watch.level)


def _check_exception(exception: NotApplicable, definitions: Definitions, problems: Problems) -> None:
    if exception.indicator not in definitions.indicators:
        remedy = near(exception.indicator, definitions.indicators)
        why = "No indicator has this id."
        problems.add(exception.place, "unknown-indicator", why, remedy, exception.indicator)
    if exception.agency not in definitions.tree.agencies:
        remedy = near(exception.agency, definitions.tree.agencies)
        why = "No agency has this id in agencies/agencies.csv."
        problems.add(exception.place, "unknown-agency", why, remedy, exception.agency)
