"""Whose promise a target is: two provinces merge, districts end, communes merge and are born."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import cast

import pytest

from kieng.judgement.promise import node_of
from kieng.plan.agency import Agency, AgencyTree, Level
from kieng.plan.answering import agencies_for, targets_for
from kieng.plan.dated import Dated
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Source
from kieng.plan.lineage import Lineages, origins, predecessors, successors
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind
from kieng.plan.target import Plan, Target, TargetKind
from kieng.words import Name

MERGER = date(2025, 7, 1)
OLD, NEW = date(2024, 5, 5), date(2026, 1, 1)
BASIS = Source("Nghị quyết")


def agency(
    id: str, level: str, parent: str | None, opened: date | None = None, closed: date | None = None
) -> Agency:
    parents = (Dated(parent),) if parent else ()
    return Agency(id, opened, closed, (Dated(Name(id, id)),), (Dated(level),), parents)


def old(id: str, level: str, parent: str | None) -> Agency:
    return agency(id, level, parent, closed=MERGER)


def new(id: str, level: str, parent: str | None) -> Agency:
    return agency(id, level, parent, opened=MERGER)


AGENCIES = [
    old("binh-dinh", "province", None),
    old("gia-lai-cu", "province", None),
    new("gia-lai", "province", None),
    old("hoai-nhon", "district", "binh-dinh"),
    old("tam-quan", "commune", "hoai-nhon"),
    old("tam-quan-bac", "commune", "hoai-nhon"),
    new("hoai-nhon-bac", "commune", "gia-lai"),
    old("pleiku-1", "commune", "gia-lai-cu"),
    new("pleiku", "commune", "gia-lai"),
    new("border", "commune", "gia-lai"),
    agency("newborn", "commune", "gia-lai", opened=date(2025, 9, 1)),
]
TREE = AgencyTree({a.id: a for a in AGENCIES}, {k: Level(k, Name(k, k), k, 0) for k in ("province",)})


def reorganisation(id: str, *pairs: tuple[str, str], day: date = MERGER) -> Reorganisation:
    moves = tuple(Move(source, target, {}) for source, target in pairs)
    return Reorganisation(id, Name(id, id), day, ReorganisationKind.MERGE, BASIS, moves)


EVENTS = (
    reorganisation("provinces", ("binh-dinh", "gia-lai"), ("gia-lai-cu", "gia-lai")),
    reorganisation("districts", ("hoai-nhon", "gia-lai")),
    reorganisation(
        "communes",
        ("tam-quan", "hoai-nhon-bac"),
        ("tam-quan-bac", "hoai-nhon-bac"),
        ("pleiku-1", "pleiku"),
        ("tam-quan", "border"),
        ("pleiku-1", "border"),
    ),
)


def promise(plan: str, level: str | None, value: int, **more: object) -> Target:
    who = level or more["agency"]
    return Target(
        f"{plan}/{who}",
        plan,
        "files",
        TargetKind.AT_LEAST,
        date(2025, 12, 31),
        Decimal(value),
        level=level,
        **more,  # type: ignore[arg-type]
    )


def plan(id: str, scope: str, targets: list[Target], valid_from: date = date(2021, 9, 20)) -> Plan:
    return Plan(id, Name(id, id), scope, BASIS, valid_from, None, tuple(targets))


NQ05 = plan(
    "nq05",
    "binh-dinh",
    [
        promise("nq05", "province", 90),
        promise("nq05", "commune", 60),
        promise("nq05", "district", 80, closes=MERGER, because="cấp huyện kết thúc hoạt động"),
        promise("nq05", None, 85, agency="hoai-nhon"),
    ],
)
NQ10 = plan("nq10", "gia-lai-cu", [promise("nq10", "province", 100), promise("nq10", "commune", 70)])
AFTERWARDS = plan("kh18", "gia-lai", [promise("kh18", "commune", 95)], valid_from=date(2026, 1, 1))


def world(*plans: Plan, tree: AgencyTree = TREE, events: tuple[Reorganisation, ...] = EVENTS) -> Definitions:
    by_id = {plan.id: plan for plan in plans}
    lineages = Lineages(tree, events, by_id)
    known = SimpleNamespace(plans=by_id, tree=tree, reorganisations=events, lineages=lineages)
    return cast(Definitions, known)


def ids(agency: str, day: date, *plans: Plan) -> list[str]:
    return [t.id for t in targets_for(world(*(plans or (NQ05, NQ10))), "files", agency, day)]


@pytest.mark.parametrize(
    ("agency", "day", "expected"),
    [
        ("binh-dinh", OLD, ["nq05/province"]),
        ("tam-quan", OLD, ["nq05/commune"]),
        ("pleiku-1", OLD, ["nq10/commune"]),
        ("hoai-nhon", OLD, ["nq05/district", "nq05/hoai-nhon"]),
        # After the merger the new province carries both; its communes only their own province's.
        ("gia-lai", NEW, ["nq05/province", "nq10/province"]),
        ("hoai-nhon-bac", NEW, ["nq05/commune"]),
        ("pleiku", NEW, ["nq10/commune"]),
        ("border", NEW, ["nq05/commune", "nq10/commune"]),
        # Opened out of nothing, under both: bound by where it stands.
        ("newborn", NEW, ["nq05/commune", "nq10/commune"]),
        # What is gone keeps the targets of its last day.
        ("hoai-nhon", NEW, ["nq05/district", "nq05/hoai-nhon"]),
        ("binh-dinh", NEW, ["nq05/province"]),
        ("gia-lai", OLD, []),
    ],
)
def test_two_lineages(agency: str, day: date, expected: list[str]) -> None:
    assert ids(agency, day) == expected


def test_a_plan_made_after_the_merger_binds_all() -> None:
    for commune in ("hoai-nhon-bac", "pleiku", "newborn"):
        assert "kh18/commune" in ids(commune, NEW, NQ05, NQ10, AFTERWARDS)
    assert "kh18/commune" not in ids("pleiku", date(2025, 12, 31), NQ05, NQ10, AFTERWARDS)


def test_a_province_that_keeps_its_id_does_not_bind_whom_it_takes_in() -> None:
    """Gia Lai goes on under its own id; the communes of Bình Định keep Bình Định's target."""
    agencies = [
        old("binh-dinh", "province", None),
        agency("gia-lai", "province", None),
        agency("pleiku", "commune", "gia-lai"),
    ]
    moved = Agency(
        "tay-son",
        None,
        None,
        (Dated(Name("x", "x")),),
        (Dated("commune"),),
        (Dated("binh-dinh", None, MERGER), Dated("gia-lai", MERGER)),
    )
    tree = AgencyTree({a.id: a for a in agencies} | {"tay-son": moved}, {})
    own = plan("nq10", "gia-lai", [promise("nq10", "province", 100), promise("nq10", "commune", 70)])
    known = world(NQ05, own, tree=tree, events=(reorganisation("provinces", ("binh-dinh", "gia-lai")),))

    def bound(agency: str) -> list[str]:
        return [t.id for t in targets_for(known, "files", agency, NEW)]

    assert bound("tay-son") == ["nq05/commune"]
    assert bound("pleiku") == ["nq10/commune"]
    assert bound("gia-lai") == ["nq05/province", "nq10/province"]


def test_the_district_promise_ends_with_the_districts() -> None:
    """80 % at district level, once the districts are gone: closed with its reason, nobody's any more."""
    assert "nq05/district" not in ids("gia-lai", NEW) + ids("hoai-nhon-bac", NEW)
    assert "nq05/hoai-nhon" not in ids("gia-lai", NEW), "nor does the province inherit it"


def test_predecessors_and_successors_go_all_the_way() -> None:
    chain = (reorganisation("1", ("a", "b"), day=OLD), reorganisation("2", ("b", "c"), ("x", "c")))
    assert predecessors(chain, "c") == {"a", "b", "x"}
    assert successors(chain, "a") == {"b", "c"}
    assert predecessors(chain, "a") == set()


def test_origins_stop_at_the_day_asked_for() -> None:
    assert origins(TREE, EVENTS, "hoai-nhon-bac", NEW, OLD) == {"tam-quan", "tam-quan-bac"}
    assert origins(TREE, EVENTS, "hoai-nhon-bac", NEW, MERGER) == {"hoai-nhon-bac"}
    assert origins(TREE, EVENTS, "newborn", NEW, OLD) == set()


def test_who_gave_a_part_away_and_lives_on_answers_alone() -> None:
    """A commune, a department and a province each take in a part of a neighbour that goes on."""
    pairs = [("xa-1", "xa-2"), ("so-1", "so-2"), ("tinh-1", "tinh-2")]
    levels = ("commune", "department", "province")
    agencies = [
        agency(one, level, None if level == "province" else "tinh-1" if one == pair[0] else "tinh-2")
        for pair, level in zip(pairs, levels, strict=True)
        for one in pair
    ]
    tree = AgencyTree({a.id: a for a in agencies}, {})
    events = (reorganisation("parts", *pairs, *((one, one) for one, _ in pairs)),)
    own = [promise("kh", None, 95, agency=one) for one in ("xa-1", "so-1", "tinh-1")]
    made = plan("kh", "tinh-1", [*own, *(promise("kh", level, 50) for level in levels)])
    known = world(made, tree=tree, events=events)
    for one, other in pairs:
        assert {t.agency for t in targets_for(known, "files", one, NEW)} == {one, None}
        assert targets_for(known, "files", other, NEW) == ()


def test_a_promise_of_one_that_opened_under_the_plan_and_has_merged_since_is_its_heirs() -> None:
    agencies = [
        agency("tinh", "province", None),
        agency("so-moi", "department", "tinh", opened=date(2025, 3, 1), closed=MERGER),
        new("so-sau", "department", "tinh"),
    ]
    tree = AgencyTree({a.id: a for a in agencies}, {})
    made = plan("kh", "tinh", [promise("kh", None, 50, agency="so-moi")])
    known = world(made, tree=tree, events=(reorganisation("offices", ("so-moi", "so-sau")),))
    (target,) = targets_for(known, "files", "so-sau", NEW)
    assert agencies_for(known, target, NEW) == ["so-sau"]
    assert node_of(known, target, "so-sau", NEW) == "so-moi"
    assert agencies_for(known, target, date(2025, 6, 1)) == ["so-moi"]
