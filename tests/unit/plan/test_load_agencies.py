from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kieng.plan.agency import Level
from kieng.plan.load_agencies import load_tree
from kieng.problems import Problems
from kieng.words import Name

LEVELS = {
    id: Level(id, Name(id, id), tier, rank)
    for rank, (id, tier) in enumerate(
        (("province", "province"), ("district", "district"), ("commune", "commune"))
    )
}
HEADER = "id,opened,closed,name_vi,name_en,level,parent,code\n"
TREE = "p,,,Tỉnh,Province,province,,52\nd,,2025-07-01,Huyện,District,district,p,540\n"


def load(root, agencies=TREE, **files):
    """The tree of ``agencies`` (without header) and of side files (with header), and its problems."""
    folder = root / "agencies"
    folder.mkdir()
    (folder / "agencies.csv").write_text(HEADER + agencies, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    problems = Problems()
    return load_tree(root, LEVELS, problems), problems


def codes(problems):
    """Code and place, the folder left out."""
    return [(p.code, str(p.place).removeprefix("agencies/").replace(".csv", "")) for p in problems.sorted()]


# --- what can be said ------------------------------------------------------------------------


def test_an_agency_with_values_for_life(tmp_path):
    tree, problems = load(tmp_path)
    assert list(problems) == []
    district = tree.agencies["d"]
    assert (district.opened, district.closed) == (None, date(2025, 7, 1))
    assert tree.name("d", date(2024, 1, 1)) == Name("Huyện", "District")
    assert tuple(tree.on(date(2025, 6, 30)).ancestors("d")) == ("d", "p")
    assert "d" not in tree.on(date(2025, 7, 1))
    assert tree.by_code("540", date(2025, 6, 30)) is district
    assert tree.by_code("540", date(2025, 7, 1)) is None
    assert str(district.place) == "agencies/agencies.csv:3:1"


def test_dated_files_replace_the_value_of_that_agency(tmp_path):
    tree, problems = load(
        tmp_path,
        TREE + "c,2020-01-01,,Xã,,commune,d,1\ne,,,Xã,,commune,p,2\n",
        names="agency,name_vi,name_en,valid_from,valid_to\nc,Phường,,2024-01-01,\nc,Xã cũ,,,2024-01-01\n",
        levels="agency,level,valid_from,valid_to\nd,district,,\n",
        parents="agency,parent,valid_from,valid_to\nc,d,,2025-07-01\nc,p,2025-07-01,\n",
        codes="agency,code,valid_from,valid_to\nc,21,,2022-01-01\nc,22,2022-01-01,\n",
    )
    assert list(problems) == []
    assert tree.name("c", date(2023, 12, 31)) == Name("Xã cũ", "Xã cũ")
    assert tree.name("c", date(2024, 1, 1)).vi == "Phường"
    assert tuple(tree.on(date(2025, 6, 30)).ancestors("c")) == ("c", "d", "p")
    assert tuple(tree.on(date(2025, 7, 1)).ancestors("c")) == ("c", "p")
    assert tree.by_code("21", date(2021, 1, 1)).id == "c"
    assert tree.by_code("22", date(2021, 1, 1)) is None
    assert tree.agencies["e"].codes[0].value == "2"


def test_heads_and_weights(tmp_path):
    tree, problems = load(
        tmp_path,
        heads="agency,title_vi,title_en,holder,valid_from,valid_to\n"
        "p,Chủ tịch,Chair,,,2025-01-01\np,Chủ tịch,Chair,CT-2,2025-01-01,\n",
        weights="agency,basis,amount,year,source\nd,population,1200,2019,TĐT\nd,population,1300,2024,UL\n",
    )
    assert list(problems) == []
    assert [head.value.holder for head in tree.agencies["p"].heads] == ["Chủ tịch", "CT-2"]
    assert tree.agencies["d"].weight("population", date(2023, 1, 1)).amount == Decimal(1200)
    assert tree.agencies["d"].weight("population", date(2025, 1, 1)).amount == Decimal(1300)


def test_a_code_that_passes_to_another_agency_is_not_borne_twice(tmp_path):
    _, problems = load(tmp_path, TREE + "x,2025-07-01,,Mới,New,district,p,540\n")
    assert list(problems) == []


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("p,,,T,T,province,,1", ("duplicate-id", "agencies:4:1")),
        ("x,2025-01-01,2025-01-01,X,X,commune,p,", ("ends-before-it-begins", "agencies:4:14")),
        ("x,2025-13-01,,X,X,commune,p,", ("no-such-day", "agencies:4:3")),
        ("x,0001-01-01,,X,X,commune,p,", ("no-such-year", "agencies:4:3")),
        ("x,1/7/2025,,X,X,commune,p,", ("not-a-date", "agencies:4:3")),
        ("x,,,X,X,comune,p,", ("unknown-level", "agencies:4:9")),
        ("x,,,X,X,,p,", ("missing-level", "agencies:4:1")),
        ("x,,,,,commune,p,", ("missing-name", "agencies:4:1")),
        ("x,,,X,X,commune,q,", ("unknown-parent", "agencies:4:17")),
        ("x,,,X,X,commune,d,", ("parent-not-there", "agencies:4:17")),
        ("x,,,X,X,commune,x,", ("cycle", "agencies:4:17")),
        ("x,,,X,X,commune,p,540", ("code-borne-twice", "agencies:4:19")),
        (",,,X,X,commune,p,", ("empty-cell", "agencies:4:1")),
        ("x,,,X,X,commune", ("ragged-row", "agencies:4")),
    ],
)
def test_a_row_that_is_refused(tmp_path, row, expected):
    _, problems = load(tmp_path, TREE + row + "\n")
    assert codes(problems) == [expected]


def test_a_parent_that_opens_later_or_between(tmp_path):
    tree, problems = load(
        tmp_path,
        "p,2020-01-01,,T,T,province,,\nc,2019-12-31,,C,C,commune,p,\nd,2020-01-01,,D,D,commune,p,\n",
    )
    assert codes(problems) == [("parent-not-there", "agencies:3:27")]
    assert "which does not exist on 2019-12-31" in problems.sorted()[0].why
    assert tree.on(date(2019, 12, 31)).parent_of == {"c": None}


def test_the_day_a_parent_is_gone_is_named(tmp_path):
    _, problems = load(tmp_path, TREE + "c,,2025-07-02,C,C,commune,d,\n")
    assert "which does not exist on 2025-07-01" in problems.sorted()[0].why


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (
            "names",
            "agency,name_vi,name_en,valid_from,valid_to\np,A,A,,\np,B,B,2024-01-01,\n",
            "overlapping-validity",
        ),
        (
            "levels",
            "agency,level,valid_from,valid_to\np,province,,\np,district,2024-01-01,\n",
            "overlapping-validity",
        ),
        (
            "codes",
            "agency,code,valid_from,valid_to\np,1,,2024-02-01\np,2,2024-01-01,\n",
            "overlapping-validity",
        ),
        (
            "heads",
            "agency,title_vi,title_en,holder,valid_from,valid_to\np,A,A,,,2024-01-02\np,A,A,,2024-01-01,\n",
            "two-heads",
        ),
    ],
)
def test_facts_that_overlap(tmp_path, file, text, expected):
    _, problems = load(tmp_path, **{file: text})
    assert codes(problems) == [(expected, f"{file}:3:3")]


def test_parents_that_overlap_or_leave_a_gap(tmp_path):
    header = "agency,parent,valid_from,valid_to\n"
    communes = "c,2020-01-01,,C,C,commune,,\ne,2020-01-01,,E,E,commune,,\n"
    rows = (
        "c,p,,2022-01-01\nc,d,2021-12-31,2025-07-01\ne,p,2020-01-02,2022-01-01\ne,p,2022-01-02,2030-01-01\n"
    )
    _, problems = load(tmp_path, TREE + communes, parents=header + rows)
    assert codes(problems) == [
        ("gap-in-validity", "agencies:4:1"),
        *[("gap-in-validity", "agencies:5:1")] * 3,
        ("overlapping-validity", "parents:3:3"),
    ]
    whys = {problem.why for problem in problems if str(problem.place) == "agencies/agencies.csv:5:1"}
    assert whys == {
        "e has no parent from 2020-01-01 until 2020-01-02.",
        "e has no parent from 2022-01-01 until 2022-01-02.",
        "e has no parent from 2030-01-01 on.",
    }


def test_a_level_that_does_not_cover_the_life(tmp_path):
    _, problems = load(tmp_path, levels="agency,level,valid_from,valid_to\nd,district,2020-01-01,\n")
    assert [p.why for p in problems] == ["d has no level from its first day until 2020-01-01."]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("names", "agency,name_vi,name_en,valid_from,valid_to\nq,A,A,,\n", ("unknown-agency", "names:2:1")),
        ("names", "agency,name_vi,name_en,valid_from\np,A,A,\n", ("missing-column", "names:1:1")),
        (
            "heads",
            "agency,title_vi,title_en,holder,valid_from,valid_to\np,,,,,\n",
            ("empty-cell", "heads:2:3"),
        ),
        (
            "parents",
            "agency,parent,valid_from,valid_to\nd,p,2024-01-01,2023-01-01\n",
            ("ends-before-it-begins", "parents:2:16"),
        ),
        (
            "weights",
            "agency,basis,amount,year,source\np,people,-1,2019,S\n",
            ("negative-weight", "weights:2:10"),
        ),
        ("weights", "agency,basis,amount,year,source\np,people,1,19,S\n", ("not-a-year", "weights:2:12")),
        ("weights", "agency,basis,amount,year,source\np,people,,2019,S\n", ("empty-cell", "weights:2:10")),
        (
            "weights",
            "agency,basis,amount,year,source\np,people,1,2019,S\np,people,2,2019,S\n",
            ("duplicate-weight", "weights:3:10"),
        ),
    ],
)
def test_rows_of_side_files_that_are_refused(tmp_path, file, text, expected):
    assert codes(load(tmp_path, **{file: text})[1]) == [expected]


def test_coordinates(tmp_path):
    folder = tmp_path / "agencies"
    folder.mkdir()
    header = "id,opened,closed,name_vi,name_en,level,parent,latitude,longitude\n"
    rows = "p,,,T,T,province,,13.78,109.22\nq,,,T,T,province,,109.22,13.78\n"
    (folder / "agencies.csv").write_text(header + rows, encoding="utf-8")
    problems = Problems()
    tree = load_tree(tmp_path, LEVELS, problems)
    assert tree.agencies["p"].latitude == Decimal("13.78")
    assert codes(problems) == [("no-such-place", "agencies:3:19")]


def test_a_cycle_of_some_days_only(tmp_path):
    header = "agency,parent,valid_from,valid_to\n"
    rows = "a,p,,2024-01-01\na,b,2024-01-01,\nb,a,,2024-06-01\nb,p,2024-06-01,\n"
    communes = "a,,,A,A,commune,,\nb,,,B,B,commune,,\n"
    tree, problems = load(tmp_path, TREE + communes, parents=header + rows)
    assert codes(problems) == [("cycle", "parents:3:3")]
    assert "a → b → a" in problems.sorted()[0].why
    assert tuple(tree.on(date(2024, 3, 1)).ancestors("b")) == ("b", "a")


def test_agencies_that_change_places_make_no_cycle(tmp_path):
    header = "agency,parent,valid_from,valid_to\n"
    rows = "a,p,,2024-01-01\na,b,2024-01-01,\nb,a,,2024-01-01\nb,p,2024-01-01,\n"
    communes = "a,,,A,A,commune,,\nb,,,B,B,commune,,\n"
    assert list(load(tmp_path, TREE + communes, parents=header + rows)[1]) == []


def test_every_cycle_and_every_other_fault_at_once(tmp_path):
    rows = (
        "a,,,A,A,commune,b,\nb,,,B,B,commune,a,\n"
        "c,,,C,C,commune,e,\ne,,,E,E,commune,c,\nf,,,F,F,commune,e,\ng,,,G,G,vllage,z,\n"
    )
    tree, problems = load(tmp_path, TREE + rows)
    assert [code for code, _ in codes(problems)] == ["cycle", "cycle", "unknown-level", "unknown-parent"]
    day = tree.on(date(2024, 1, 1))
    assert {node: tuple(day.ancestors(node)) for node in "abcef"}["f"] == ("f", "e", "c")


def test_no_agencies_file(tmp_path):
    problems = Problems()
    assert load_tree(tmp_path, LEVELS, problems).agencies == {}
    assert codes(problems) == [("unreadable-file", "agencies")]


def test_a_file_in_another_encoding(tmp_path):
    folder = tmp_path / "agencies"
    folder.mkdir()
    (folder / "agencies.csv").write_bytes(HEADER.encode() + "p,,,Tỉnh,T,province,,\n".encode("utf-16-le"))
    problems = Problems()
    load_tree(tmp_path, LEVELS, problems)
    assert [code for code, _ in codes(problems)] == ["not-utf-8"]


def test_a_weight_that_may_be_a_thousand_is_refused_and_a_degree_of_longitude_is_not(tmp_path):
    _, problems = load(tmp_path, weights="agency,basis,amount,year,source\np,population,1.000,2024,KH\n")
    assert codes(problems) == [("ambiguous-number", "weights:2:14")]
    header = HEADER.replace("code", "code,latitude,longitude")
    (tmp_path / "agencies/weights.csv").unlink()
    (tmp_path / "agencies/agencies.csv").write_text(
        header + "p,,,Tỉnh,Province,province,,52,13.788,109.167\n", encoding="utf-8"
    )
    problems = Problems()
    load_tree(tmp_path, LEVELS, problems)
    assert codes(problems) == []
