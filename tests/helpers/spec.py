"""A spec: one rule of measurement as little tables in and the answer out.

See ``tests/spec/README.md`` for how a spec file is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.helpers.tables import Row, read_table, records_from, versioned
from tests.helpers.world import LEVELS, calendar_of, definitions, reorganisation, tree_from

from kieng.measurement.measure import Span, measure
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import Engine, Reading
from kieng.plan.calendar import WorkingCalendar
from kieng.plan.clock import ClockRule
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import Ratio
from kieng.plan.indicator import Indicator, NotApplicable
from kieng.plan.load_calendar import load_calendar, load_clocks
from kieng.plan.load_indicators import load_indicators
from kieng.plan.load_record_types import load_record_types
from kieng.plan.period import Period
from kieng.plan.record_type import RecordType
from kieng.problems import Problems, UserError

SPECS = Path(__file__).parents[1] / "spec"
KEYS = {
    "title", "explain", "tree", "reorganisations", "record_type", "calendar", "indicator", "not_applicable",
    "promised",
    "records", "answers",
}  # fmt: skip

_USUAL = {
    "id": "indicator",
    "name": {"vi": "Chỉ số", "en": "Indicator"},
    "pillar": "government",
    "unit": "count",
    "better": "higher",
    "watch": ["province"],
    "lead": "tinh",
    "reporters": ["commune"],
}


@dataclass(frozen=True)
class Spec:
    """One spec file."""

    path: Path
    text: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def answers(self) -> list[Mapping[str, Any]]:
        return list(self.text["answers"])


def specs() -> list[Spec]:
    """Every spec, in the order of the files' names."""
    found = [Spec(path, yaml.safe_load(path.read_text("utf-8"))) for path in sorted(SPECS.glob("*/*.yaml"))]
    for spec in found:
        assert set(spec.text) <= KEYS, f"{spec.path}: unknown {set(spec.text) - KEYS}"
    return found


def world_of(spec: Spec, folder: Path) -> Definitions:
    """The spec's definitions; its indicator is read by the loader that reads a workspace's."""
    types = _record_types(spec, folder)
    indicators = _indicators(spec, folder, types)
    return definitions(
        tree_from(spec.text["tree"]),
        types.values(),
        reorganisations=[
            reorganisation(event["day"], event["kind"], event["moves"])
            for event in spec.text.get("reorganisations", ())
        ],
        indicators=indicators.values(),
        calendar=_vietnam() if spec.text.get("calendar") == "VN" else calendar_of(),
        clocks=_clocks(),
        promised=spec.text.get("promised", "").split(),
        not_applicable=[NotApplicable("indicator", **each) for each in spec.text.get("not_applicable", ())],
    )


def measured(spec: Spec, answer: Mapping[str, Any], world: Definitions, engine: Engine) -> list[Measurement]:
    """What ``engine`` measures where ``answer`` stands."""
    kind = world.record_types[world.indicators["indicator"].rules[0].record]
    moment = as_of(answer["as_of"])
    records = versioned(kind, records_from(kind, spec.text["records"]), moment)
    periods = [Period.parse(str(row["period"])) for row in read_table(answer["expect"])]
    span = Span(min(p.start for p in periods), max(p.last_day for p in periods))
    readings = (_reading(answer.get("map", "as-was")),)
    found = measure(world, engine, lambda _: records, moment, readings, span=span)
    return [measurement for measurement in found if measurement.period in periods]


def as_of(day: date | datetime) -> datetime:
    """A moment within local ``day``: noon in UTC is evening in Vietnam."""
    if isinstance(day, datetime):
        return day.replace(tzinfo=UTC)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def shown(found: list[Measurement], columns: list[str], indicator: Indicator) -> list[Row]:
    """``found`` as rows of text with ``columns``, in order."""
    rows = [{column: _CELL[column](each, indicator) for column in columns} for each in found]
    return sorted(rows, key=in_order)


def in_order(row: Row) -> list[str]:
    return [value or "" for value in row.values()]


def _reading(text: str | date) -> Reading:
    return Reading.of(str(text))


@cache
def _vietnam() -> WorkingCalendar:
    return load_calendar(Path("none"), None, Problems())


@cache
def _clocks() -> Mapping[str, tuple[ClockRule, ...]]:
    return load_clocks(Path("none"), {}, Problems())


@cache
def _built_in() -> Mapping[str, RecordType]:
    return load_record_types(None, Problems(), Path("."))


def _record_types(spec: Spec, folder: Path) -> Mapping[str, RecordType]:
    if "record_type" not in spec.text:
        return _built_in()
    _write(folder / "record_types" / "own.yaml", spec.text["record_type"])
    problems = Problems()
    types = load_record_types(folder / "record_types", problems, folder)
    _refuse(problems)
    return types


def _indicators(spec: Spec, folder: Path, types: Mapping[str, RecordType]) -> Mapping[str, Indicator]:
    _write(folder / "indicators" / "indicator.yaml", {**_USUAL, **spec.text["indicator"]})
    problems = Problems()
    found = load_indicators(folder, types, {}, LEVELS, ["government"], _clocks(), problems)
    _refuse(problems)
    return found


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")


def _refuse(problems: Problems) -> None:
    if problems:
        raise UserError(problems)


# --- what the columns of an answer show ------------------------------------------------------------


def _number(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize():f}"


def _answer(found: Measurement, indicator: Indicator) -> str:
    """As people write it: ``66.67 (2 / 3)``, ``12``, ``no data``."""
    if found.status is not Status.VALUE or found.value is None:
        return found.status.value.replace("_", " ")
    if isinstance(indicator.rules[found.rule].formula.root, Ratio):
        value = found.value.quantize(Decimal("0.01"))
        return f"{_number(value)} ({_number(found.numerator)} / {_number(found.denominator)})"
    return _number(found.value)


def _by(found: Measurement, _: Indicator) -> str:
    if found.breakdown is None:
        return "all"
    name, value = found.breakdown
    return f"{name} = {'null' if value is None else value}"


def _people(found: Measurement, _: Indicator) -> str:
    share = found.coverage.people_share
    return "–" if share is None else f"{_number(share * 100)} %"


_CELL: Mapping[str, Any] = {
    "agency": lambda m, _: m.agency,
    "level": lambda m, _: m.level,
    "period": lambda m, _: str(m.period),
    "by": _by,
    "answer": _answer,
    "why": lambda m, _: m.reason and m.reason.partition(":")[0],
    "parts": lambda m, _: ", ".join(_number(part) for part in m.parts),
    "rule": lambda m, _: str(m.rule + 1),
    "records": lambda m, _: str(m.records),
    "used": lambda m, _: str(m.used),
    "coverage": lambda m, _: f"{m.coverage.reporting} / {m.coverage.expected}",
    "people": _people,
    "no data": lambda m, _: str(m.coverage.no_data),
    "not applicable": lambda m, _: str(m.coverage.not_applicable),
    "silent": lambda m, _: str(m.coverage.silent),
    "nought": lambda m, _: str(m.coverage.nought),
    "inherited": lambda m, _: str(m.coverage.inherited),
    "weighted": lambda m, _: m.weighted,
    "state": lambda m, _: m.state,
    "running": lambda m, _: "yes" if m.running else "no",
    "through": lambda m, _: m.measured_through and m.measured_through.isoformat(),
    "origins": lambda m, _: ", ".join(m.origins) or None,
}


def columns_of(answer: Mapping[str, Any]) -> Iterator[str]:
    """The columns an answer's table shows."""
    return iter(read_table(answer["expect"])[0])
