"""Bình Định's agencies through three reorganisations: counts, codes, lineage."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kieng.plan.dated import on_day
from kieng.plan.definitions import Definitions
from kieng.plan.recast import recast

BEFORE_2024, BEFORE_MERGER, TODAY = date(2024, 11, 30), date(2025, 6, 30), date(2026, 11, 20)
SHARED = Path(__file__).parents[4] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the reference data is not on this machine")


def below(definitions: Definitions, top: str, level: str, day: date) -> list[str]:
    tree = definitions.tree.on(day)
    return [a for a in tree.subtree(top) if tree.level_of[a] == level]


@pytest.mark.parametrize(
    ("top", "level", "day", "count"),
    [
        ("binh-dinh", "commune", BEFORE_2024, 159),
        ("binh-dinh", "commune", date(2024, 12, 1), 155),
        ("binh-dinh", "commune", BEFORE_MERGER, 155),
        ("binh-dinh", "district", BEFORE_MERGER, 11),
        ("binh-dinh", "department", date(2025, 2, 28), 21),
        ("binh-dinh", "department", date(2025, 3, 1), 15),
        ("gia-lai-cu", "commune", BEFORE_MERGER, 218),
        ("gia-lai-cu", "district", BEFORE_MERGER, 17),
        ("gia-lai", "commune", date(2025, 7, 1), 135),
        ("gia-lai", "district", date(2025, 7, 1), 0),
        ("gia-lai", "department", TODAY, 15),
    ],
)
def test_counts(definitions: Definitions, top: str, level: str, day: date, count: int) -> None:
    assert len(below(definitions, top, level, day)) == count


def test_the_135_are_25_wards_and_110_communes(definitions: Definitions) -> None:
    names = [definitions.tree.name(a, TODAY).vi for a in below(definitions, "gia-lai", "commune", TODAY)]
    assert sum(name.startswith("Phường ") for name in names) == 25
    assert sum(name.startswith("Xã ") for name in names) == 110


def test_58_of_the_135_come_from_binh_dinh_each_from_one_district(definitions: Definitions) -> None:
    origins = districts_of_new_communes(definitions)
    from_binh_dinh = [found for found in origins.values() if all(int(d[-3:]) <= 551 for d in found)]
    assert len(from_binh_dinh) == 58
    assert all(len(found) == 1 for found in from_binh_dinh)


def test_six_new_communes_draw_on_several_old_districts(definitions: Definitions) -> None:
    several = {a for a, found in districts_of_new_communes(definitions).items() if len(found) > 1}
    names = {definitions.tree.name(agency, TODAY).vi for agency in several}
    assert names == {"Xã Biển Hồ", "Xã Gào", "Phường An Bình", "Xã Mang Yang", "Xã Ia Hrú", "Xã Ia Ko"}


def districts_of_new_communes(definitions: Definitions) -> dict[str, set[str]]:
    """For each commune of today, the districts of what it was made of."""
    before = definitions.tree.on(BEFORE_MERGER)
    found: dict[str, set[str]] = {a: set() for a in below(definitions, "gia-lai", "commune", TODAY)}
    for agency, level in before.level_of.items():
        if level == "commune":
            for landing in carried(definitions, agency, "population"):
                found[landing[0]].add(before.parent_of[agency] or "")
    return found


def carried(definitions: Definitions, agency: str, basis: str) -> list[tuple[str, int]]:
    found = recast(
        definitions.tree, definitions.reorganisations, agency, BEFORE_MERGER, date(2025, 7, 1), basis
    )
    return [(landing.agency, landing.weight) for landing in found]


def test_three_communes_were_split(definitions: Definitions) -> None:
    assert carried(definitions, "canh-lien-21997", "population") == [
        ("canh-lien-21997-2025", 870_000_000),
        ("canh-vinh-22006-2025", 130_000_000),
    ]
    assert [weight for _, weight in carried(definitions, "canh-hiep-22000", "households")] == [5 * 10**8] * 2
    moves = [m for r in definitions.reorganisations for m in r.moves if not m.whole]
    assert {m.source for m in moves} == {"an-nghia-21634", "canh-lien-21997", "canh-hiep-22000"}
    assert all(m.shares_source for m in moves)


def test_all_people_of_an_nghia_went_to_an_toan(definitions: Definitions) -> None:
    landed = {
        agency: weight for agency, weight in carried(definitions, "an-nghia-21634", "population") if weight
    }
    assert landed == {"an-toan-21622-2025": 10**9}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("21580", ["Phường Lý Thường Kiệt", "Phường Trần Phú", None]),
        ("21583", ["Phường Lê Lợi", "Phường Thị Nại", "Phường Quy Nhơn"]),
        ("52", ["Tỉnh Bình Định", "Tỉnh Bình Định", "Tỉnh Gia Lai"]),
    ],
)
def test_a_code_stays_while_what_bears_it_changes(
    definitions: Definitions, code: str, names: list[str | None]
) -> None:
    found = [definitions.tree.by_code(code, day) for day in (BEFORE_2024, BEFORE_MERGER, TODAY)]
    assert [a and definitions.tree.name(a.id, TODAY).vi for a in found] == names
    assert len({a.id for a in found if a}) == (2 if code == "52" else len([a for a in found if a]))


def test_a_commune_left_alone_keeps_its_id_and_changes_its_superior(definitions: Definitions) -> None:
    parents = definitions.tree.agencies["nhon-chau-21607"].parents
    assert on_day(parents, BEFORE_MERGER) == "quy-nhon-540"
    assert on_day(parents, TODAY) == "gia-lai"


def test_names_change_on_their_day(definitions: Definitions) -> None:
    def name(day: date) -> str:
        return definitions.tree.name("cat-khanh-21862", day).vi

    assert [name(BEFORE_2024), name(date(2024, 12, 1))] == ["Xã Cát Khánh", "Thị trấn Cát Khánh"]
    assert definitions.tree.name("hoai-nhon-543", date(2020, 5, 31)).vi == "Huyện Hoài Nhơn"


def test_districts_move_whole_to_the_province(definitions: Definitions) -> None:
    assert carried(definitions, "tay-son-547", "population") == [("gia-lai", 10**9)]


def test_the_office_that_proposed_the_plan_can_be_followed(definitions: Definitions) -> None:
    found = recast(
        definitions.tree, definitions.reorganisations, "bd-so-tttt", date(2025, 2, 28), TODAY, "population"
    )
    assert [landing.agency for landing in found] == ["gl-so-khcn"]


def test_whatever_closed_went_somewhere(definitions: Definitions) -> None:
    left = {move.source for event in definitions.reorganisations for move in event.moves}
    assert {a.id for a in definitions.tree.agencies.values() if a.closed} == left


def test_every_reorganisation_names_its_basis(definitions: Definitions) -> None:
    assert all(event.basis.document and event.basis.confidence for event in definitions.reorganisations)


def test_every_agency_has_a_head_on_every_day_and_no_head_is_a_person(definitions: Definitions) -> None:
    for agency in definitions.tree.agencies.values():
        for day in (BEFORE_2024, BEFORE_MERGER, TODAY):
            post = on_day(agency.heads, day)
            assert (post is not None) == agency.exists_on(day), (agency.id, day)
            assert post is None or re.match("Chủ tịch|Giám đốc|Trưởng|Chánh", post.holder)


def test_the_census_adds_up(definitions: Definitions) -> None:
    def people(agency: str) -> Decimal:
        weight = definitions.tree.agencies[agency].weight("population", TODAY)
        return weight.amount if weight else Decimal(0)

    for day in (BEFORE_2024, BEFORE_MERGER):
        communes = below(definitions, "binh-dinh", "commune", day)
        assert sum(map(people, communes)) == people("binh-dinh") == 1_486_918
    assert sum(map(people, below(definitions, "gia-lai", "commune", TODAY))) == people("gia-lai")
    assert sum(map(people, below(definitions, "binh-dinh", "district", BEFORE_MERGER))) == 1_486_918


# --- against the reference data ---------------------------------------------------------------


def reference(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_shared
def test_every_step_of_every_commune_agrees_with_the_reference(definitions: Definitions) -> None:
    expected: dict[str, set[str]] = {}
    for row in reference("binhdinh_communes_159_155_58.csv"):
        expected.setdefault(row["commune_code_159"], set()).add(row["new_commune_code"])
    tree = definitions.tree
    for code, targets in expected.items():
        agency = tree.by_code(code, BEFORE_2024)
        assert agency is not None
        landings = recast(tree, definitions.reorganisations, agency.id, BEFORE_2024, TODAY, "population")
        codes = {on_day(tree.agencies[found.agency].codes, TODAY) for found in landings}
        assert codes == targets - ({"21628"} if code == "21634" else set())  # An Hòa got land, no people


@needs_shared
def test_names_and_census_agree_with_the_reference(definitions: Definitions) -> None:
    for row in reference("binhdinh_communes_159_155_58.csv"):
        agency = definitions.tree.by_code(row["commune_code_159"], BEFORE_2024)
        assert agency is not None
        weights = [agency.weight(basis, BEFORE_2024) for basis in ("population", "households")]
        assert [w and w.amount for w in weights] == [
            Decimal(row["population_2019"]),
            Decimal(row["households_2019"]),
        ]
    today = {row["commune_code"]: row["commune_name"] for row in reference("gialai_new_communes_135.csv")}
    found = {
        on_day(definitions.tree.agencies[a].codes, TODAY): definitions.tree.name(a, TODAY).vi
        for a in below(definitions, "gia-lai", "commune", TODAY)
    }
    assert found == today


@needs_shared
def test_districts_agree_with_the_reference(definitions: Definitions) -> None:
    for row in reference("binhdinh_districts_11.csv"):
        agency = definitions.tree.by_code(row["district_code"], BEFORE_2024)
        assert agency is not None
        assert definitions.tree.name(agency.id, BEFORE_2024).vi == row["district_name"]
        assert len(below(definitions, agency.id, "commune", BEFORE_2024)) == int(row["communes_159"])
        assert len(below(definitions, agency.id, "commune", BEFORE_MERGER)) == int(row["communes_155"])
        weight = agency.weight("population", BEFORE_2024)
        assert weight is not None
        assert weight.amount == int(row["population_2019"])
