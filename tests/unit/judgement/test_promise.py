"""One verdict for one promise: its period whole, over the lineage it was made for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.unit.judgement.cast import measured
from tests.unit.judgement.test_board import COMMUNE, LATER, PROVINCE_A, definitions, target

from kieng.judgement.board import Line, line, lines_of, standing_day
from kieng.judgement.promise import node_of
from kieng.judgement.promise_words import parts_text
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Reading
from kieng.plan.answering import agencies_for
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import RollUp
from kieng.plan.period import Period
from kieng.words import Name

INDICATOR = "work-files-online"
Given = dict[tuple[str, Reading], Measurement]


def figure(value: object, reading: Reading, *, agency: str = "tinh-a", level: str = "province") -> Given:
    one = replace(measured(value, "2025"), agency=agency, reading=str(reading), level=level)
    return {(agency, reading): one}


def stands(given: Given, known: Definitions | None = None, id_: str = PROVINCE_A) -> Line:
    known = known or definitions()
    asked = next(t for plan in known.plans.values() for t in plan.targets if t.id == id_)
    (agency,) = agencies_for(known, asked, standing_day(asked, LATER))

    def lookup(_: str, agency: str, period: Period, reading: Reading) -> Measurement | None:
        return given.get((agency, reading)) if period == Period.parse("2025") else None

    return line(known, asked, agency, lookup, LATER)


def reported_by(*levels: str) -> Definitions:
    """The same world, in which other levels report the indicator."""
    known = definitions()
    indicator = known.indicators[INDICATOR]
    rules = tuple(replace(rule, reporters=levels) for rule in indicator.rules)
    return replace(known, indicators={**known.indicators, INDICATOR: replace(indicator, rules=rules)})


def test_the_year_is_the_whole_lineages_not_the_half_of_who_answers_now() -> None:
    """Bình Định's half missed, Gia Lai's half met: the promise is judged by the year, once."""
    halves = figure(86, AS_WAS) | figure(95, AS_WAS, agency="tinh-ab")
    found = stands(halves | figure(88, LINEAGE))

    assert (found.agency, found.node) == ("tinh-ab", "tinh-a")
    assert found.judgement.standing is Standing.MISSED
    assert "88" in found.judgement.reason.vi
    assert [(part.agency, str(part.first), str(part.last)) for part in found.parts] == [
        ("tinh-a", "2025-01-01", "2025-06-30"),
        ("tinh-ab", "2025-07-01", "2025-12-31"),
    ]
    said = parts_text(definitions(), found.indicator, found.parts)
    assert said is not None
    assert "86" in said.vi
    assert "95" in said.en


def test_what_cannot_be_cut_is_named_and_both_figures_are_told() -> None:
    found = stands(figure(86, LINEAGE) | figure(88, LINEAGE_SHARED), reported_by("department", "commune"))

    assert found.judgement.standing is Standing.MISSED
    assert found.measurement is not None
    assert found.measurement.value == 88
    assert found.shared == ("so-khcn",)
    (note,) = found.judgement.notes
    assert "Sở KH&CN" in note.vi
    assert "không tính phần dùng chung: 86" in found.judgement.reason.vi
    assert "without what is shared: 86" in found.judgement.reason.en


def test_a_verdict_that_turns_with_what_is_shared_is_open() -> None:
    found = stands(figure(86, LINEAGE) | figure(95, LINEAGE_SHARED), reported_by("department", "commune"))

    assert found.judgement.standing is Standing.OPEN
    assert "86" in found.judgement.reason.vi
    assert "95" in found.judgement.reason.en


def test_offices_that_serve_more_than_the_half_decide_where_nothing_else_does() -> None:
    found = stands(figure(95, LINEAGE_SHARED), reported_by("department"))

    assert found.judgement.standing is Standing.MET
    assert any("Sở KH&CN" in note.vi for note in found.judgement.notes)


def test_the_heirs_report_of_the_whole_is_no_figure_of_the_half() -> None:
    found = stands(figure(6.14, LINEAGE_SHARED), reported_by("province"))

    assert found.judgement.standing is Standing.DUE_NO_FIGURE
    assert "6,14" in found.judgement.reason.vi
    assert "Tỉnh AB" in found.judgement.reason.vi
    assert found.measurement is None


def test_where_nothing_rolls_up_it_is_the_heirs_own_report_whoever_else_reports() -> None:
    known = reported_by("province", "department")
    indicator = known.indicators[INDICATOR]
    rules = tuple(replace(rule, roll_up=RollUp.NONE) for rule in indicator.rules)
    known = replace(known, indicators={**known.indicators, INDICATOR: replace(indicator, rules=rules)})

    assert stands(figure(95, LINEAGE_SHARED), known).judgement.standing is Standing.DUE_NO_FIGURE


def test_unless_the_plan_says_that_it_is_the_very_thing() -> None:
    known = reported_by("province")
    why = Name("Cùng một khu", "The same park")
    plan = known.plans["kh-a"]
    targets = tuple(replace(one, heir_reports=why) if one.id == PROVINCE_A else one for one in plan.targets)
    known = replace(known, plans={**known.plans, "kh-a": replace(plan, targets=targets)})
    found = stands(figure(95, LINEAGE_SHARED), known)

    assert found.judgement.standing is Standing.MET
    assert why in found.judgement.notes


def test_a_new_commune_brings_what_its_forebears_did() -> None:
    found = stands(figure(70, LINEAGE, agency="xa-12", level="commune"), id_=COMMUNE)

    assert (found.node, found.judgement.standing) == ("xa-12", Standing.MET)
    assert [part.agency for part in found.parts] == ["xa-1", "xa-2", "xa-12"]


def test_an_agency_that_is_gone_says_what_its_heir_says() -> None:
    given = figure(88, LINEAGE)

    def lookup(_: str, agency: str, period: Period, reading: Reading) -> Measurement | None:
        return given.get((agency, reading)) if period == Period.parse("2025") else None

    def told(agency: str) -> list[Line]:
        return list(lines_of(definitions(), INDICATOR, agency, lookup, LATER))

    heir = told("tinh-ab")
    assert [one for one in heir if one.target.id == PROVINCE_A] == told("tinh-a")
    assert {one.agency for one in told("xa-1")} == {"xa-12"}


def test_a_promise_belongs_to_the_agency_it_was_made_for() -> None:
    known = definitions()
    assert node_of(known, target(PROVINCE_A), "tinh-ab", date(2025, 12, 31)) == "tinh-a"
    assert node_of(known, target(PROVINCE_A), "tinh-a", date(2025, 3, 1)) == "tinh-a"
    assert node_of(known, target(COMMUNE), "xa-12", date(2025, 12, 31)) == "xa-12"
