"""The text of the Bình Định example: nothing wrong with it, and every promise of the plan is there."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kieng.examples.generate.everything import WORKSPACE
from kieng.judgement.precision import baseline_told
from kieng.judgement.target_words import target_text
from kieng.measurement.examples import run_examples
from kieng.plan.definitions import Definitions
from kieng.plan.load import load
from kieng.plan.stated import Precision
from kieng.plan.target import Target, TargetKind
from kieng.problems import Problems
from kieng.records.load_mappings import load_mappings
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.stores.reference.engine import ReferenceEngine


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    found, problems = load(WORKSPACE)
    assert [str(problem) for problem in problems] == []
    return found


def test_every_mapping_is_sound_and_every_record_type_has_one(definitions: Definitions) -> None:
    problems = Problems()
    mappings = load_mappings(WORKSPACE, definitions, problems)
    assert [str(problem) for problem in problems] == []
    assert {mapping.record_type.id for mapping in mappings.values()} == set(definitions.record_types)


@pytest.mark.parametrize("engine", [DuckdbEngine, ReferenceEngine])
def test_every_worked_example_comes_out(
    definitions: Definitions, engine: type[DuckdbEngine] | type[ReferenceEngine]
) -> None:
    assert [str(problem) for problem in run_examples(definitions, engine())] == []


def test_every_rule_has_a_worked_example(definitions: Definitions) -> None:
    bare = [i.id for i in definitions.indicators.values() for rule in i.rules if not rule.examples]
    assert bare == []


def test_every_target_has_a_source_and_every_rule_one(definitions: Definitions) -> None:
    assert [t.id for plan in definitions.plans.values() for t in plan.targets if t.source is None] == []
    rules = [(i.id, r.source or i.source) for i in definitions.indicators.values() for r in i.rules]
    assert [name for name, source in rules if source is None or source.confidence is None] == []


#: Resolution 05 and Plan 59, by 2025 and by 2030: indicator, level, kind, value, upper end.
PROMISES = [
    ("services-full-online", "province", 2025, "at_least", 100, None),
    ("work-files-online", "province", 2025, "at_least", 90, None),
    ("work-files-online", "district", 2025, "at_least", 80, None),
    ("work-files-online", "commune", 2025, "at_least", 60, None),
    ("communes-digital", "district", 2025, "at_least", 20, None),
    ("smart-cities", "province", 2025, "at_least", 3, None),
    ("digital-economy-share", "province", 2025, "at_least", 10, None),
    ("certified-on-ecommerce", "province", 2025, "at_least", 50, None),
    ("smes-on-platforms", "province", 2025, "at_least", 50, None),
    ("digital-technology-enterprises", "province", 2025, "at_least", 100, None),
    ("qtsc-people", "province", 2025, "about", 2000, None),
    ("qtsc-park", "province", 2025, "done", None, None),
    ("fibre-households", "province", 2025, "more_than", 80, None),
    ("communes-with-fibre", "province", 2025, "at_least", 100, None),
    ("communes-with-fibre", "commune", 2025, "at_least", 100, None),
    ("villages-4g", "province", 2025, "universal", None, None),
    ("smartphone-households", "province", 2025, "universal", None, None),
    ("stations-5g", "province", 2025, "direction", None, None),
    ("e-payment-accounts", "province", 2025, "more_than", 50, None),
    ("dti-rank-published", "province", 2030, "direction", None, None),
    ("work-files-online", "province", 2030, "at_least", 100, None),
    ("work-files-online", "district", 2030, "at_least", 90, None),
    ("work-files-online", "commune", 2030, "at_least", 70, None),
    ("digital-economy-share", "province", 2030, "between", 15, 20),
    ("certified-on-ecommerce", "province", 2030, "at_least", 80, None),
    ("smes-on-platforms", "province", 2030, "at_least", 80, None),
    ("digital-technology-enterprises", "province", 2030, "at_least", 300, None),
    ("iot-platform", "province", 2030, "done", None, None),
]


def test_every_promise_of_the_resolution_is_there(definitions: Definitions) -> None:
    found = Counter(_promise(target) for target in definitions.plans["nq05"].targets)
    assert found == Counter(PROMISES)


def _promise(target: Target) -> tuple[str, str | None, int, str, int | None, int | None]:
    value, upper = (None if figure is None else int(figure) for figure in (target.value, target.upper))
    return target.indicator, target.level, target.by.year, target.kind.value, value, upper


def test_targets_of_the_districts_close_with_the_districts(definitions: Definitions) -> None:
    of_districts = [t for t in definitions.plans["nq05"].targets if t.level == "district"]
    assert {(t.closes, bool(t.because)) for t in of_districts} == {(date(2025, 7, 1), True)}


def test_baselines_of_the_interview(definitions: Definitions) -> None:
    targets = {t.id: t for t in definitions.plans["nq05"].targets}
    baseline = targets["nq05/fibre-households/province/2025-12-31"].baseline
    assert baseline is not None
    assert (baseline.value, baseline.on) == (Decimal(55), date(2022, 6, 30))
    assert baseline.source is not None
    about = targets["nq05/qtsc-people/province/2025-12-31"]
    assert (about.kind, about.tolerance) == (TargetKind.ABOUT, Decimal(200))


def test_after_the_merger_two_lineages_hold_different_targets(definitions: Definitions) -> None:
    def by_2025(plan: str) -> dict[str, Decimal | None]:
        targets = definitions.plans[plan].targets
        return {t.indicator: t.value for t in targets if t.by.year == 2025 and t.level == "province"}

    ours, theirs = by_2025("nq05"), by_2025("gia-lai-cu")
    assert (ours["digital-economy-share"], theirs["digital-economy-share"]) == (10, 20)
    assert definitions.plans["gia-lai-cu"].scope == "gia-lai-cu"


@pytest.mark.parametrize("mark", [f"C{number}" for number in range(1, 11)])
def test_every_contradiction_of_the_sources_is_noted(mark: str) -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(WORKSPACE).rglob("*.yaml"))
    assert len(re.findall(rf"\b{mark}\b", texts)) >= 2  # in the list, and where it matters


#: How a note of a published record quotes its source, and the word that says the same of the figure.
_QUOTED = {
    r"'trên|'ước tính hơn": Precision.OVER,
    r"'gần": Precision.NEARLY,
    r"ước tính": Precision.ESTIMATED,
    r"bình quân 2020": Precision.AVERAGE,
    r"xấp xỉ": Precision.ABOUT,
    r"suy ra": Precision.DERIVED,
}


def published() -> list[dict[str, str]]:
    files = sorted((WORKSPACE / "data").glob("published*.csv"))
    return [row for file in files for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]


def test_every_published_figure_says_how_exactly_it_is_known(definitions: Definitions) -> None:
    stated = {
        (one.agency, one.on.isoformat(), one.value, indicator.rules[0].formula.text.split("'")[1]): one
        for indicator in definitions.indicators.values()
        for one in indicator.stated
    }
    found = set()
    for row in published():
        value = Decimal(row["amount"] or row["percent"] or row["rank"])
        key = (row["agency"], row["period_end"], value, row["figure"])
        words = {word for quoted, word in _QUOTED.items() if re.search(quoted, row["note"])}
        one = stated.get(key)
        assert words == set(one.precision if one else ()), row
        field = re.search(r"\d+/(63|34)", row["note"]) if not row["amount"] and not row["percent"] else None
        assert (one.out_of if one else None) == (int(field[1]) if field else None), row
        found |= {key} if one else set()
    # Nothing is said of a figure that nobody published: no record has it, but a plan begins from it.
    begun = {
        (b.on, b.value) for plan in definitions.plans.values() for t in plan.targets if (b := t.baseline)
    }
    assert all((one.on, one.value) in begun for key, one in stated.items() if key not in found)


def test_what_a_source_states_loosely_is_no_figure_of_a_day(definitions: Definitions) -> None:
    share = definitions.plans["nq05"].targets
    baseline = next(t.baseline for t in share if t.indicator == "digital-economy-share")
    assert baseline is not None
    indicator = definitions.indicators["digital-economy-share"]
    assert baseline.on == date(2021, 12, 31)  # the middle of 2020–2023
    assert baseline_told(baseline, indicator).vi.startswith("bình quân khoảng 5,56")
    assert baseline_told(baseline, indicator).vi.endswith("(2020–2023)")


def test_every_published_figure_is_of_an_agency_that_was_there(definitions: Definitions) -> None:
    """A merged province has no rank of a year in which it was not there: that stands as a baseline."""
    for row in published():
        agency = definitions.tree.agencies[row["agency"]]
        assert agency.exists_on(date.fromisoformat(row["period_end"])), row
    baseline = definitions.plans["kh18"].targets[0].baseline
    assert baseline is not None
    assert (baseline.value, baseline.on) == (Decimal(31), date(2024, 12, 31))


def test_a_baseline_of_one_operator_says_so_wherever_the_target_is_told(definitions: Definitions) -> None:
    target = next(t for t in definitions.plans["nq05"].targets if t.indicator == "stations-5g")
    told = target_text(target, definitions.indicators["stations-5g"])
    assert "trên 70 trạm, riêng Viettel" in told.vi
    assert "over 70 stations, Viettel alone" in told.en


def test_five_start_ups_of_plan_92_are_of_semiconductors(definitions: Definitions) -> None:
    assert "semiconductor-startups" in definitions.indicators
    assert not [i for i in definitions.indicators if i.startswith("ai-start")]


def test_published_figures_and_measured_ones_share_no_indicator(definitions: Definitions) -> None:
    for indicator in definitions.indicators.values():
        for rule in indicator.rules:
            assert ("'published-" in rule.formula.text) == indicator.id.endswith("-published")
