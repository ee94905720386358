"""Who leads on a day: departments merge twice, a ministry is split, another province's leads nothing here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kieng.judgement.leads import (
    Leading,
    leads_for,
    leads_on,
    led_indicators,
    led_targets,
    target_leads,
)
from kieng.plan.agency import Agency, AgencyTree, Level
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Source
from kieng.plan.lead import Lead
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind
from kieng.plan.target import Plan, Target, TargetKind
from kieng.words import Name

MARCH, MERGER = date(2025, 3, 1), date(2025, 7, 1)
BEFORE, BETWEEN, AFTER = date(2023, 6, 1), date(2025, 5, 1), date(2026, 1, 1)
BASIS = Source("Nghị quyết")


def agency(id: str, level: str, parent: str | None, opened: date | None, closed: date | None) -> Agency:
    parents = (Dated(parent),) if parent else ()
    return Agency(id, opened, closed, (Dated(Name(id, id)),), (Dated(level),), parents)


AGENCIES = [
    agency("binh-dinh", "province", None, None, MERGER),
    agency("gia-lai-cu", "province", None, None, MERGER),
    agency("gia-lai", "province", None, MERGER, None),
    agency("so-tttt", "department", "binh-dinh", None, MARCH),
    agency("so-khcn-cu", "department", "binh-dinh", None, MARCH),
    agency("so-khcn-2025", "department", "binh-dinh", MARCH, MERGER),
    agency("so-khcn", "department", "gia-lai", MERGER, None),
    agency("so-y-te", "department", "gia-lai", MERGER, None),
    agency("huyen", "district", "binh-dinh", None, MERGER),
    agency("xa-cu", "commune", "huyen", None, MERGER),
    agency("xa", "commune", "gia-lai", MERGER, None),
    agency("tinh-khac", "province", None, None, None),
    agency("xa-khac", "commune", "tinh-khac", None, None),
    agency("ban", "department", "binh-dinh", None, MARCH),  # ends without a heir
]
MOVES = {
    MARCH: [("so-tttt", "so-khcn-2025"), ("so-khcn-cu", "so-khcn-2025")],
    MERGER: [
        ("so-khcn-2025", "so-khcn"),
        ("binh-dinh", "gia-lai"),
        ("gia-lai-cu", "gia-lai"),
        ("xa-cu", "xa"),
        ("huyen", "gia-lai"),
    ],
}


def event(day: date) -> Reorganisation:
    moves = tuple(Move(source, target, {}) for source, target in MOVES[day])
    return Reorganisation(str(day), Name("", ""), day, ReorganisationKind.MERGE, BASIS, moves)


def indicator(id: str, *leads: Lead) -> Any:
    return SimpleNamespace(id=id, leads=leads, cooperating=())


def target(id: str, plan: str, indicator: str, *leads: Lead) -> Target:
    by = date(2025, 12, 31)
    return Target(id, plan, indicator, TargetKind.DONE, by, level="province", leads=leads)


def plan(id: str, scope: str, *targets: Target, since: date = date(2021, 9, 20)) -> Plan:
    return Plan(id, Name(id, id), scope, BASIS, since, None, targets)


TTTT = Lead("so-tttt", assumed=True)
DEFINITIONS = cast(
    Definitions,
    SimpleNamespace(
        tree=AgencyTree(
            {one.id: one for one in AGENCIES},
            {
                level: Level(level, Name(level, level), level, rank)
                for rank, level in enumerate(["province", "department", "district", "commune"])
            },
        ),
        reorganisations=(event(MARCH), event(MERGER)),
        indicators={
            "fibre": indicator("fibre", TTTT),
            "beds": indicator("beds", Lead("so-y-te")),
        },
        plans={
            "nq05": plan("nq05", "binh-dinh", target("a", "nq05", "fibre")),
            "cu": plan("cu", "gia-lai-cu", target("b", "cu", "fibre")),
            "own": plan("own", "binh-dinh", target("c", "own", "beds", Lead("so-khcn-cu"))),
            "later": plan("later", "gia-lai", target("d", "later", "fibre"), since=AFTER),
        },
    ),
)


def names(leading: tuple[Leading, ...]) -> list[str]:
    return [one.agency for one in leading]


@pytest.mark.parametrize(
    ("day", "agency"), [(BEFORE, "so-tttt"), (BETWEEN, "so-khcn-2025"), (AFTER, "so-khcn")]
)
def test_a_lead_is_followed_to_the_day(day, agency):
    assert leads_on(DEFINITIONS, [TTTT], day) == (Leading(agency, "so-tttt", assumed=True),)


def test_of_a_merger_nobody_can_tell_which_forebear_led():
    assert names(leads_on(DEFINITIONS, [Lead("so-khcn")], BETWEEN)) == ["so-khcn-2025"]
    assert leads_on(DEFINITIONS, [Lead("so-khcn")], BEFORE) == ()


def test_an_agency_that_ended_without_an_heir_leads_nothing():
    assert names(leads_on(DEFINITIONS, [Lead("ban")], BEFORE)) == ["ban"]
    assert leads_on(DEFINITIONS, [Lead("ban")], AFTER) == ()


def test_several_leads_with_days_of_their_own_and_each_once():
    leads = [replace(TTTT, valid_to=BETWEEN), Lead("so-khcn-cu"), Lead("so-y-te", valid_from=MERGER)]
    assert names(leads_on(DEFINITIONS, leads, BEFORE)) == ["so-tttt", "so-khcn-cu"]
    assert leads_on(DEFINITIONS, [TTTT, Lead("so-khcn-cu")], AFTER) == (
        Leading("so-khcn", "so-khcn-cu", assumed=False),  # what a document names is no assumption
    )
    assert names(leads_on(DEFINITIONS, leads, AFTER)) == ["so-khcn", "so-y-te"]


def test_a_department_of_one_province_leads_no_promise_of_the_next_until_they_merge():
    promise = DEFINITIONS.plans["cu"].targets[0]
    assert target_leads(DEFINITIONS, promise, BEFORE) == ()
    assert names(target_leads(DEFINITIONS, promise, AFTER)) == ["so-khcn"]


def test_a_plan_may_name_its_own_lead():
    assert names(target_leads(DEFINITIONS, DEFINITIONS.plans["own"].targets[0], BEFORE)) == ["so-khcn-cu"]
    assert [one.id for one in led_targets(DEFINITIONS, "so-y-te", AFTER)] == []


def test_what_somebody_leads_is_of_the_plans_made_by_then():
    def led(agency: str, day: date) -> list[str]:
        return [one.id for one in led_targets(DEFINITIONS, agency, day)]

    assert led("so-tttt", BEFORE) == ["a"]
    assert led("so-tttt", AFTER) == []
    assert led("so-khcn", BETWEEN) == []
    assert led("so-khcn", AFTER) == ["a", "b", "c", "d"]
    assert [one.id for one in led_indicators(DEFINITIONS, "so-khcn", AFTER)] == ["fibre", "beds"]
    assert [one.id for one in led_indicators(DEFINITIONS, "so-y-te", AFTER)] == ["beds"]


@pytest.mark.parametrize("agency", ["gia-lai", "xa", "xa-cu", "huyen", "binh-dinh", "gia-lai-cu", "so-y-te"])
def test_a_lead_may_look_at_its_territory_and_what_that_was_made_of(agency):
    assert leads_for(DEFINITIONS, "so-khcn", "fibre", agency, AFTER)
    assert not leads_for(DEFINITIONS, "so-y-te", "fibre", agency, AFTER)


@pytest.mark.parametrize("agency", ["tinh-khac", "xa-khac", "nowhere"])
def test_a_lead_never_looks_beyond(agency):
    assert not leads_for(DEFINITIONS, "so-khcn", "fibre", agency, AFTER)


def test_a_right_ends_with_the_lead():
    assert leads_for(DEFINITIONS, "so-tttt", "fibre", "xa-cu", BEFORE)
    assert not leads_for(DEFINITIONS, "so-tttt", "fibre", "xa-cu", AFTER)
    assert not leads_for(DEFINITIONS, "so-khcn", "nothing", "xa", AFTER)
