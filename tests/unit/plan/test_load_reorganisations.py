from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kieng.plan.agency import Agency, AgencyTree, Level
from kieng.plan.dated import Dated
from kieng.plan.indicator import Source
from kieng.plan.load_reorganisations import load_reorganisations
from kieng.plan.reorganisation import ReorganisationKind
from kieng.problems import Place, Problems
from kieng.words import Name

JULY = date(2025, 7, 1)
SOURCES = {"NQ": Source("Nghị quyết 1664/NQ-UBTVQH15")}


def agency(id, opened=None, closed=None):
    place = Place("agencies/agencies.csv", 2)
    return Agency(id, opened, closed, (Dated(Name(id, id)),), (Dated("x"),), place=place)


def tree(*agencies):
    """Two old communes that end, two new ones, one that stays."""
    all_of_them = agencies or (
        agency("a", None, JULY),
        agency("b", None, JULY),
        agency("x", JULY),
        agency("y", JULY),
        agency("stays"),
    )
    return AgencyTree({a.id: a for a in all_of_them}, {"x": Level("x", Name("X", "X"), "t", 0)})


def text(moves, kind="merge", day=JULY, id="r"):
    head = f"id: {id}\nname: {{vi: Sắp xếp, en: Rearranged}}\nday: {day}\nkind: {kind}\nbasis: NQ\n"
    return head + (f"moves:\n{moves}" if moves else "")


def load(root, *texts, nodes=None, **csv):
    folder = root / "agencies" / "reorganisations"
    folder.mkdir(parents=True)
    for number, content in enumerate(texts):
        (folder / f"r{number}.yaml").write_text(content, encoding="utf-8")
    for name, content in csv.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    problems = Problems()
    return load_reorganisations(root, nodes or tree(), SOURCES, problems), problems


def codes(problems):
    short = "agencies/reorganisations/"
    return [(p.code, str(p.place).removeprefix(short)) for p in problems.sorted()]


WHOLE = "- {from: a, to: x}\n- {from: b, to: y}\n"


# --- what can be said ------------------------------------------------------------------------


def test_moves_inline(tmp_path):
    split = (
        "- {from: a, to: x, shares: {population: 0.6, households: 0.58}, source: NQ}\n"
        "- {from: a, to: y, shares: {population: 0.4, households: 0.42}, source: ước tính}\n"
        "- {from: b, to: y}\n"
    )
    (event,), problems = load(tmp_path, text(split, "split"))
    assert list(problems) == []
    assert (event.id, event.day, event.kind) == ("r", JULY, ReorganisationKind.SPLIT)
    assert event.basis == SOURCES["NQ"]
    first, second, third = event.moves
    assert first.shares == {"population": Decimal("0.6"), "households": Decimal("0.58")}
    assert (first.shares_source, second.shares_source) == (SOURCES["NQ"].document, "ước tính")
    assert (first.whole, third.whole) == (False, True)
    assert str(third.place) == "agencies/reorganisations/r0.yaml:9:3"


def test_moves_in_a_file_beside(tmp_path):
    rows = "from,to,population,source\na,x,0.6,NQ\na,y,0.4,\nb,y,,\n"
    (event,), problems = load(tmp_path, text("", "split") + "moves_file: m.csv\n", m=rows)
    assert list(problems) == []
    assert [dict(move.shares) for move in event.moves] == [
        {"population": Decimal("0.6")},
        {"population": Decimal("0.4")},
        {},
    ]
    assert event.moves[0].shares_source == SOURCES["NQ"].document
    assert str(event.moves[1].place) == "agencies/reorganisations/m.csv:3:1"


def test_events_come_by_day(tmp_path):
    nodes = tree(agency("a", None, date(2024, 1, 1)), agency("b", date(2024, 1, 1), JULY), agency("c", JULY))
    late = text("- {from: b, to: c}", id="late")
    early = text("- {from: a, to: b}", id="early", day=date(2024, 1, 1))
    events, problems = load(tmp_path, late, early, nodes=nodes)
    assert list(problems) == []
    assert [event.id for event in events] == ["early", "late"]


@pytest.mark.parametrize("kind", ["part_moves", "rename", "new_code", "new_parent"])
def test_a_kind_that_lets_its_source_live_on(tmp_path, kind):
    moves = WHOLE + "- {from: stays, to: stays}\n"
    assert list(load(tmp_path, text(moves, kind))[1]) == []


def test_a_part_moves_and_the_rest_stays(tmp_path):
    shares = "shares: {population: %s}}\n"
    moves = f"- {{from: stays, to: stays, {shares % 0.9}- {{from: stays, to: x, {shares % 0.1}"
    assert list(load(tmp_path, text(moves + WHOLE, "part_moves"))[1]) == []


def test_no_folder_is_no_reorganisation(tmp_path):
    problems = Problems()
    assert load_reorganisations(tmp_path, tree(agency("a")), SOURCES, problems) == ()
    assert list(problems) == []


# --- what is refused -------------------------------------------------------------------------


def part(source, target, shares):
    return f"- {{from: {source}, to: {target}, shares: {{{shares}}}}}\n"


B = "- {from: b, to: y}\n"


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        (WHOLE + "- {from: q, to: x}\n", [("unknown-agency", "r0.yaml:9:3")]),
        (
            WHOLE + "- {from: x, to: y}\n",
            [("source-lives-on", "r0.yaml:9:3"), ("source-not-there", "r0.yaml:9:3")],
        ),
        (B + "- {from: a, to: b}\n", [("target-not-there", "r0.yaml:8:3")]),
        (WHOLE + "- {from: stays, to: x}\n", [("source-lives-on", "r0.yaml:9:3")]),
        (B + "- {from: a, to: x}\n- {from: a, to: y}\n", [("whole-and-more", "r0.yaml:8:3")]),
        (B + "- {from: a, to: x}\n" + part("a", "y", "p: 0.5"), [("whole-and-more", "r0.yaml:8:3")]),
        (B + part("a", "x", "p: 0.5") * 2, [("duplicate-move", "r0.yaml:9:3")]),
        (B + part("a", "x", "p: 0.6") + part("a", "y", "p: 0.3"), [("shares-do-not-add-up", "r0.yaml:8:3")]),
        (B + part("a", "x", "p: 0.5, q: 0.5") + part("a", "y", "p: 0.5"), [("missing-share", "r0.yaml:9:3")]),
        (
            B + part("a", "x", "p: 1.5") + part("a", "y", "p: -0.5"),
            [("not-a-share", f"r0.yaml:{n}:3") for n in (8, 9)],
        ),
        (B, [("closes-without-move", "agencies/agencies.csv:2")]),
        (WHOLE + "- {from: a}\n", [("missing-key", "r0.yaml:9:3")]),
        (B + "- {from: a, to: x, shares: {}}\n", [("no-shares", "r0.yaml:8:28")]),
        (B + "- {from: a, to: x, shares: {p: some}}\n", [("not-a-number", "r0.yaml:8:32")]),
        (WHOLE + "- {from: a, too: x}\n", [("missing-key", "r0.yaml:9:3"), ("unknown-key", "r0.yaml:9:13")]),
    ],
)
def test_moves_that_are_refused(tmp_path, moves, expected):
    found = codes(load(tmp_path, text(moves))[1])
    left_without = ("closes-without-move", "agencies/agencies.csv:2")
    assert [f for f in found if f in expected or f != left_without] == expected


def test_a_split_has_to_know_every_basis_its_reorganisation_uses(tmp_path):
    moves = (
        part("a", "x", "p: 0.5, q: 0.5")
        + part("a", "y", "p: 0.5, q: 0.5")
        + part("b", "x", "p: 0.5")
        + part("b", "y", "p: 0.5")
    )
    expected = [("missing-share", "r0.yaml:9:3"), ("missing-share", "r0.yaml:10:3")]
    assert codes(load(tmp_path, text(moves))[1]) == expected


def test_the_sum_is_said(tmp_path):
    _, problems = load(tmp_path, text(B + part("a", "x", "p: 0.6") + part("a", "y", "p: 0.39")))
    assert [problem.why for problem in problems] == ["The shares of a by p add up to 0.99, not to 1."]


def test_a_source_that_lives_on_says_what_stays(tmp_path):
    moves = WHOLE + "- {from: stays, to: x}\n"
    assert codes(load(tmp_path, text(moves, "part_moves"))[1]) == [("nothing-stays", "r0.yaml:9:3")]


def test_two_reorganisations_of_one_day_may_not_move_one_agency(tmp_path):
    _, problems = load(tmp_path, text(WHOLE, id="r"), text("- {from: a, to: y}\n", id="s"))
    assert codes(problems) == [("moved-twice", "r1.yaml:7:3")]


def test_an_agency_that_ends_on_a_day_of_no_reorganisation(tmp_path):
    _, problems = load(tmp_path)
    whys = {problem.why for problem in problems}
    assert [code for code, _ in codes(problems)] == ["closes-without-reorganisation"] * 2
    assert "a closes on 2025-07-01 without saying what it becomes." in whys


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text(WHOLE, kind="fusion"), ("unknown-choice", "r0.yaml:4:7")),
        (text(WHOLE, day="2025-06-31"), ("no-such-day", "r0.yaml:3:6")),
        (text(WHOLE).replace("basis: NQ", "basis: NQ1"), ("unknown-source", "r0.yaml:5:8")),
        (text(WHOLE).replace("basis: NQ\n", ""), ("missing-key", "r0.yaml:1:1")),
        (text(""), ("no-moves", "r0.yaml:1:1")),
        (text("") + "moves_file: none.csv\n", ("no-such-file", "r0.yaml:6:13")),
        (text("") + "moves_file: ../../../etc.csv\n", ("no-such-file", "r0.yaml:6:13")),
        (text(WHOLE) + "mvoes_file: x.csv\n", ("unknown-key", "r0.yaml:9:1")),
    ],
)
def test_events_that_are_refused(tmp_path, content, expected):
    events, problems = load(tmp_path, content)
    assert events == ()
    assert [found for found in codes(problems) if not found[0].startswith("closes")] == [expected]


def test_one_id_for_two_events(tmp_path):
    _, problems = load(tmp_path, text(WHOLE), text(WHOLE))
    assert codes(problems) == [("duplicate-id", "r1.yaml:1:5")]


def test_a_share_that_is_no_number_in_the_file_beside(tmp_path):
    rows = "from,to,population\na,x,60%\nb,y,\n"
    _, problems = load(tmp_path, text("") + "moves_file: m.csv\n", m=rows)
    assert codes(problems)[-1] == ("not-a-number", "m.csv:2:5")
