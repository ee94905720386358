"""Plans from ``plans/*.yaml``: what was promised, by when, at which level.

Everything that can be wrong with one target is said in :mod:`kieng.plan.check_targets`; here the text
is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from kieng.plan.agency import AgencyTree, Level
from kieng.plan.check_targets import check_follows, check_ids, check_plan
from kieng.plan.citation import citation
from kieng.plan.indicator import Indicator, Source
from kieng.plan.lead import Lead, read_leads
from kieng.plan.stated import read_field, read_precision
from kieng.plan.target import Baseline, Milestone, Plan, Target, TargetKind, Task
from kieng.plan.text_file import yaml_files
from kieng.plan.yaml_text import Located, Section, read_yaml
from kieng.problems import Problems, near

#: A task is clear when all six are said (6 rõ); what the key answers, in words for the remedy.
SIX_POINTS = {
    "post": "who does it (rõ người)",
    "work": "what is to be done (rõ việc)",
    "by": "by when (rõ thời gian)",
    "responsibility": "who answers for it (rõ trách nhiệm)",
    "product": "what comes out (rõ sản phẩm)",
    "authority": "who decides (rõ thẩm quyền)",
}
#: Written as a target's ``baseline:`` where the plan takes the first figure that is measured.
FIRST_MEASUREMENT = "first_measurement"
_KINDS = [kind.value for kind in TargetKind]


@dataclass(frozen=True)
class _Answering:
    """Who leads and who helps, as a target or the group it stands in says."""

    leads: tuple[Lead, ...]
    cooperating: tuple[Lead, ...]

    @staticmethod
    def of(section: Section) -> _Answering:
        return _Answering(read_leads(section, "lead"), read_leads(section, "cooperating"))


@dataclass(frozen=True)
class _Known:
    """What the text of a plan may refer to."""

    indicators: Mapping[str, Indicator]
    tree: AgencyTree
    levels: Mapping[str, Level]
    sources: Mapping[str, Source]


def load_plans(
    root: Path,
    indicators: Mapping[str, Indicator],
    tree: AgencyTree,
    levels: Mapping[str, Level],
    sources: Mapping[str, Source],
    problems: Problems,
) -> dict[str, Plan]:
    """Every plan in ``root/plans``, by id. Whatever is unsound is left out and named in ``problems``."""
    known = _Known(indicators, tree, levels, sources)
    plans: dict[str, Plan] = {}
    for path in yaml_files(root / "plans"):
        top = read_yaml(path, problems, root)
        for section in top.sections() if top else ():
            plan = _plan(section, known)
            if plan is None:
                continue
            if plan.id in plans:
                why = f"Two plans have this id; the other stands at {plans[plan.id].place}."
                section.problem("id", "duplicate-plan", why, "Give each plan an id of its own.")
                continue
            plans[plan.id] = plan
    targets = [target for plan in plans.values() for target in plan.targets]
    check_ids(targets, problems)
    check_follows(targets, problems)
    return plans


def _plan(section: Section, known: _Known) -> Plan | None:
    section.need("document")
    plan_id = section.text("id")
    name, scope = section.name("name"), _agency(section, "scope", known)
    document = citation(section, known.sources, "document")
    valid_from, valid_to = section.day("valid_from"), section.optional_day("valid_to")
    targets = [t for group in section.sections("targets") for t in _group(group, plan_id, known)]
    tasks = [_task(task, plan_id, known) for task in section.sections("tasks")]
    section.no_other_keys()
    if valid_to and valid_to <= valid_from:
        remedy = "Write the first day on which the plan no longer holds, after `valid_from`."
        section.problem("valid_to", "empty-validity", "The plan ends before it begins.", remedy)
    plan = Plan(
        id=plan_id,
        name=name,
        scope=scope,
        document=document or Source(""),
        valid_from=valid_from,
        valid_to=valid_to,
        targets=tuple(targets),
        tasks=tuple(task for task in tasks if task),
        place=section.place,
    )
    # Also of a plan that will not be used, so that people see all its problems at once.
    check_plan(plan, known.indicators, known.tree, section.problems)
    return plan if section.sound else None


def _agency(section: Section, key: str, known: _Known) -> str:
    agency = section.text(key)
    if agency and agency not in known.tree.agencies:
        remedy = near(agency, known.tree.agencies)
        section.problem(key, "unknown-agency", "No agency has this id in agencies/agencies.csv.", remedy)
    return agency


# --- targets ------------------------------------------------------------------------


def _group(section: Section, plan: str, known: _Known) -> list[Target]:
    """The targets set for one indicator."""
    indicator = section.text("indicator")
    if indicator and indicator not in known.indicators:
        remedy = near(indicator, known.indicators)
        section.problem("indicator", "unknown-indicator", "No indicator has this id.", remedy)
    starts_measured = _starts_measured(section)
    baselines = [] if starts_measured else _baselines(section, known)
    if not section.has("targets"):
        section.problem("targets", "no-targets", "No target is set here.", "Add `targets:` with a list.")
    of_all = _Answering.of(section)
    read = [_target(each, plan, indicator, baselines, of_all, known) for each in section.sections("targets")]
    section.no_other_keys()
    return [
        replace(target, starts_measured=target.starts_measured or (starts_measured and not target.baseline))
        for target in read
        if target
    ]


def _starts_measured(section: Section) -> bool:
    """``baseline: first_measurement`` in place of a figure with its day and source."""
    given = section.get("baseline")
    return given is not None and given.scalar == FIRST_MEASUREMENT


def _baselines(section: Section, known: _Known) -> list[Baseline]:
    """One baseline, or one per level."""
    found = [_baseline(each, known) for each in section.sections("baseline")]
    return [baseline for baseline in found if baseline]


def _baseline(section: Section, known: _Known) -> Baseline | None:
    over = _average(section)
    baseline = Baseline(
        value=section.decimal("value"),
        on=over[0] + (over[1] - over[0]) / 2 if over else section.day("on"),
        source=citation(section, known.sources),
        level=_level(section, known),
        precision=read_precision(section),
        over=over,
        covers=section.optional_name("covers"),
        out_of=read_field(section),
    )
    section.no_other_keys()
    return baseline if section.sound else None


def _average(section: Section) -> tuple[date, date] | None:
    """``average_over: [2020-01-01, 2023-12-31]``: the first and the last day."""
    if not section.has("average_over"):
        return None
    days = [item.day() for item in section.items("average_over")]
    if len(days) == 2 and days[0] and days[1] and days[0] < days[1]:
        return days[0], days[1]
    why = "An average is of days from one to another."
    section.problem("average_over", "average-of-nothing", why, "Write [2020-01-01, 2023-12-31].")
    return None


def _level(section: Section, known: _Known) -> str | None:
    level = section.optional_text("level")
    if level is not None and level not in known.levels:
        remedy = near(level, known.levels)
        section.problem("level", "unknown-level", "No level has this id in kieng.yaml.", remedy)
    return level


def _target(
    section: Section,
    plan: str,
    indicator: str,
    baselines: list[Baseline],
    of_all: _Answering,
    known: _Known,
) -> Target | None:
    level, agency = _whose(section, known)
    own = _Answering.of(section)
    kind, (value, upper) = _kind(section)
    by = section.day("by")
    default_id = f"{plan}/{indicator}/{level or agency}/{by}"
    target = Target(
        id=section.optional_text("id") or default_id,
        plan=plan,
        indicator=indicator,
        kind=kind,
        by=by,
        value=value,
        upper=upper,
        tolerance=_tolerance(section, kind),
        level=level,
        agency=agency,
        baseline=_own_baseline(section, level or _level_of(agency, by, known), baselines, known),
        milestones=_milestones(section),
        closes=section.optional_day("closes"),
        because=section.optional_text("because"),
        follows=section.optional_text("follows"),
        source=citation(section, known.sources),
        note=section.optional_text("note"),
        wording=section.optional_words(TargetKind.UNIVERSAL.value) if kind is TargetKind.UNIVERSAL else None,
        place=section.place,
        leads=own.leads or of_all.leads,
        cooperating=own.cooperating or _beside(of_all.cooperating, own.leads),
        heir_reports=section.optional_name("heir_reports"),
        binds_above=section.boolean("binds_above", False),
        binds_below=section.boolean("binds_below", False),
        out_of=read_field(section),
        starts_measured=_starts_measured(section),
    )
    section.no_other_keys()
    return target if section.sound else None


def _beside(cooperating: tuple[Lead, ...], leads: tuple[Lead, ...]) -> tuple[Lead, ...]:
    """Of those who help with a group's targets all but whoever leads this one."""
    return tuple(
        one
        for one in cooperating
        if not any(one.agency == lead.agency and one.overlaps(lead) for lead in leads)
    )


def _whose(section: Section, known: _Known) -> tuple[str | None, str | None]:
    """The level or the agency a target is set for: one of them, not both."""
    level = _level(section, known)
    agency = _agency(section, "agency", known) if section.has("agency") else None
    if (level is None) == (agency is None):
        why = "A target is set for one level or for one agency."
        section.problem("agency", "whose-target", why, "Write either `level:` or `agency:`.")
    return level, agency


def _level_of(agency: str | None, day: date, known: _Known) -> str | None:
    """The level of ``agency`` on ``day`` or, when it is gone by then, the last it had."""
    found = known.tree.agencies.get(agency or "")
    if found is None or not found.levels:
        return None
    return next((fact.value for fact in found.levels if fact.holds_on(day)), found.levels[-1].value)


def _own_baseline(
    section: Section, level: str | None, baselines: Iterable[Baseline], known: _Known
) -> Baseline | None:
    """The target's own baseline, else the group's for its level, else the group's for all levels."""
    if _starts_measured(section):
        return None
    own = section.section("baseline")
    if own is not None:
        return _baseline(own, known)
    fitting = [b for b in baselines if b.level in (level, None)]
    return min(fitting, key=lambda b: b.level is None, default=None)


def _kind(section: Section) -> tuple[TargetKind, tuple[Decimal | None, Decimal | None]]:
    given = [kind for kind in _KINDS if section.get(kind) is not None]
    if len(given) != 1:
        code = "two-kinds" if given else "no-kind"
        why = f"A target says one thing that should be reached; here are {len(given)}."
        section.problem("", code, why, f"Write exactly one of: {', '.join(_KINDS)}.")
        return TargetKind.AT_LEAST, (None, None)
    kind = TargetKind(given[0])
    return kind, _figures(section, kind)


def _figures(section: Section, kind: TargetKind) -> tuple[Decimal | None, Decimal | None]:
    """(value, upper end)."""
    key = kind.value
    match kind:
        case TargetKind.BETWEEN:
            return _range(section, section.items(key))
        case TargetKind.DONE:
            if not section.boolean(key, False):
                section.problem(key, "not-done", "`done` can only be true.", "Write `done: true`.")
            return None, None
        case TargetKind.DIRECTION:
            if section.text(key) != "better":
                why = "A target without a figure can only ask for something better."
                section.problem(key, "unknown-direction", why, "Write `direction: better`.")
            return None, None
        case TargetKind.UNIVERSAL:
            return None, None  # its words are read beside it
        case _:
            return section.decimal(key), None


def _range(section: Section, ends: list[Located]) -> tuple[Decimal | None, Decimal | None]:
    numbers = [end.decimal() for end in ends]
    if len(numbers) != 2 or None in numbers:
        remedy = "Write two numbers, the lower first: between: [15, 20]."
        section.problem("between", "not-a-range", "A range has two ends.", remedy)
        return None, None
    return numbers[0], numbers[1]


def _tolerance(section: Section, kind: TargetKind) -> Decimal | None:
    tolerance = section.optional_decimal("tolerance")
    if kind is TargetKind.ABOUT and tolerance is None:
        why = "`about` needs to say how far off is still good."
        section.problem("about", "no-tolerance", why, "Add `tolerance:`, in the indicator's unit.")
    if tolerance is not None and (kind is not TargetKind.ABOUT or tolerance < 0):
        remedy = "Use it, not below 0, together with `about:`, or leave it out."
        section.problem("tolerance", "idle-tolerance", "This tolerance has no meaning here.", remedy)
    return tolerance


def _milestones(section: Section) -> tuple[Milestone, ...]:
    found = []
    for each in section.sections("milestones"):
        found.append(Milestone(each.day("by"), each.decimal("value")))
        each.no_other_keys()
        if not each.sound:
            section.problem("milestones", "unsound-milestone", "A milestone cannot be read.", "Mend it.")
    return tuple(found)


# --- tasks ----------------------------------------------------------------------------


def _task(section: Section, plan: str, known: _Known) -> Task | None:
    missing = [words for key, words in SIX_POINTS.items() if not section.has(key)]
    if missing:
        remedy = f"Say {'; '.join(missing)}."
        section.problem("", "unclear-task", "A task is clear when six points are said (6 rõ).", remedy)
        section.keys()
        return None
    for indicator in section.texts("indicators"):
        if indicator not in known.indicators:
            remedy = near(indicator, known.indicators)
            section.problem("indicators", "unknown-indicator", "No indicator has this id.", remedy)
    task = Task(
        id=section.text("id"),
        plan=plan,
        work=section.name("work"),
        agency=_agency(section, "agency", known),
        post=section.text("post"),
        by=section.day("by"),
        responsibility=section.text("responsibility"),
        product=section.text("product"),
        authority=section.text("authority"),
        indicators=section.texts("indicators"),
        place=section.place,
    )
    section.no_other_keys()
    return task if section.sound else None
