"""Breakdowns of many agencies: nobody can tell a small cell along its row and down its column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kieng.judgement.cells import Cell, Thresholds
from kieng.judgement.disclosure import disclose
from kieng.judgement.disclosure_crossed import disclose_crossed

FIVE = Thresholds(Decimal(5), Decimal(5))
Table = dict[str, tuple[int, ...]]


def hidden_in(table: Table, own: tuple[int, ...] | None = None) -> frozenset[str]:
    """A province of one storey; its row is the sum of its communes' and of its own."""
    nought = (0,) * len(next(iter(table.values())))
    rows = {**table, "p": tuple(sum(x) for x in zip(*table.values(), own or nought, strict=True))}
    agencies = [Cell(id, None if id == "p" else "p", Decimal(sum(row))) for id, row in rows.items()]
    return disclose_crossed(agencies, {id: cells(row) for id, row in rows.items()}, FIVE)


def cells(row: Sequence[int]) -> list[Cell]:
    return [Cell(f"v{n}", None, Decimal(x)) for n, x in enumerate(row)]


def test_nothing_small_hides_nothing() -> None:
    assert hidden_in({"a": (20, 30), "b": (10, 0)}) == frozenset()


def test_a_breakdown_with_a_small_cell_is_hidden_and_the_smallest_other_with_it() -> None:
    assert hidden_in({"a": (3, 30), "b": (40, 40), "c": (20, 20)}) == {"a", "c"}


def test_one_that_has_nothing_in_the_column_is_no_cover() -> None:
    assert hidden_in({"a": (3, 30), "b": (40, 40), "c": (0, 40)}) == {"a", "c", "b"}


def test_a_column_that_is_small_in_all_hides_the_breakdown_above_as_well() -> None:
    assert hidden_in({"a": (1, 30), "b": (2, 40)}) == {"a", "b", "p"}


def test_rows_that_leave_a_small_cell_no_room_downward_are_no_cover() -> None:
    """Beside a's row and column there is 1 only, so its 4 cannot be less than 3."""
    assert hidden_in({"a": (4, 30), "b": (20, 1), "c": (40, 40)}) == {"a", "b", "c"}


def test_a_hidden_district_is_not_told_by_what_the_others_leave() -> None:
    """e and f may share the 2 as they like: without g hidden they are still 2 together, the district's."""
    rows = {"p": (32, 80), "d": (2, 50), "e": (2, 0), "f": (0, 50), "g": (30, 30)}
    above = {"p": None, "d": "p", "e": "d", "f": "d", "g": "p"}
    agencies = [Cell(id, above[id], Decimal(sum(row))) for id, row in rows.items()]
    assert disclose_crossed(agencies, {id: cells(row) for id, row in rows.items()}, FIVE) == {
        "d",
        "e",
        "f",
        "g",
    }


def test_the_rest_of_a_denominator_needs_cover_of_its_own() -> None:
    parts = {"a": (96, 50), "b": (100, 50), "c": (50, 50)}
    parts["p"] = (246, 150)
    wholes = {"a": 100, "b": 100, "c": 100, "p": 300}
    agencies = [
        Cell(id, None if id == "p" else "p", Decimal(sum(row)), Decimal(2 * wholes[id]))
        for id, row in parts.items()
    ]
    values = {
        id: [Cell(v, None, Decimal(x), Decimal(wholes[id])) for v, x in zip("xy", row, strict=True)]
        for id, row in parts.items()
    }
    assert disclose_crossed(agencies, values, FIVE) == {"a", "b", "c"}


def test_what_the_agency_above_has_for_itself_is_not_told() -> None:
    assert hidden_in({"a": (20, 30), "b": (10, 11)}, own=(3, 20)) == {"b"}


def test_a_hidden_total_has_no_breakdown() -> None:
    assert "a" in hidden_in({"a": (4, 0), "b": (10, 10), "c": (20, 20)})


def test_an_agency_without_a_breakdown_is_known_by_its_total() -> None:
    agencies = [Cell("p", None, Decimal(90)), Cell("a", "p", Decimal(33)), Cell("b", "p", Decimal(57))]
    found = disclose_crossed(agencies, {"p": cells((20, 70)), "a": cells((3, 30))}, FIVE)
    assert "a" in found


def test_denominators_are_looked_at_too() -> None:
    agencies = [Cell(id, w, Decimal(x), Decimal(200)) for id, w, x in (("a", None, 90), ("b", None, 100))]
    values = {
        "a": [Cell("x", None, Decimal(10), Decimal(12)), Cell("y", None, Decimal(80), Decimal(188))],
        "b": [Cell("x", None, Decimal(50), Decimal(90)), Cell("y", None, Decimal(50), Decimal(110))],
    }
    assert disclose_crossed(agencies, values, FIVE) == {"a"}


# --- an onlooker who has the totals of rows and columns --------------------------------------


def fillings(rows: Sequence[int], columns: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every table of whole numbers with these totals."""
    if not rows:
        yield from [()] if not any(columns) else []
        return
    for row in shares(rows[0], columns):
        left = tuple(c - x for c, x in zip(columns, row, strict=True))
        for others in fillings(rows[1:], left):
            yield row, *others


def shares(amount: int, most: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if len(most) == 1:
        yield from [(amount,)] if amount <= most[0] else []
        return
    for first in range(min(amount, most[0]) + 1):
        for others in shares(amount - first, most[1:]):
            yield first, *others


@given(
    st.integers(2, 3).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 9)] * n), min_size=1, max_size=3))
)
@settings(max_examples=80, deadline=None)
def test_nobody_can_tell_a_small_cell_from_rows_and_columns(listed: list[tuple[int, ...]]) -> None:
    table = {f"c{n}": row for n, row in enumerate(listed)}
    hidden = hidden_in(table)
    assert hidden >= {id for id, row in table.items() if any(0 < x < 5 for x in row)}
    if "p" in hidden:  # then no column's total is known
        return
    kept = [row for id, row in table.items() if id in hidden]
    columns = tuple(sum(x) for x in zip(*kept, strict=True)) if kept else (0,) * len(listed[0])
    seen: dict[tuple[int, int], set[int]] = {}
    for filling in fillings([sum(row) for row in kept], columns):
        for i, row in enumerate(filling):
            for j, x in enumerate(row):
                seen.setdefault((i, j), set()).add(x)
    for (i, j), values in seen.items():
        if 0 < kept[i][j] < 5:
            assert len(values) > 1, (kept, i, j)


def test_the_onlooker_sees_through_a_lone_hidden_row() -> None:
    assert list(fillings([33], (3, 30))) == [((3, 30),)]


# --- two storeys: everything that is shown, taken together ------------------------------------

THREE = Thresholds(Decimal(3), Decimal(3))
ABOVE = {"p": None, "d": "p", "g": "p", "e": "d", "f": "d"}
Pair = tuple[int, int]


def worlds(
    rows: dict[str, Pair], totals: frozenset[str], hidden: frozenset[str]
) -> Iterator[dict[str, Pair]]:
    """Every table that agrees with what is shown: totals but ``totals``, breakdowns but ``hidden``."""
    most = sum(rows["p"]) if "p" not in totals else 12

    def guesses(id: str) -> list[Pair]:
        if id not in hidden:
            return [rows[id]]
        amounts = [sum(rows[id])] if id not in totals else range(most + 1)
        return [(x, amount - x) for amount in amounts for x in range(amount + 1)]

    def agrees(id: str, row: Pair) -> bool:
        return (id in totals or sum(row) == sum(rows[id])) and (id in hidden or row == rows[id])

    for e in guesses("e"):
        for f in guesses("f"):
            d = (e[0] + f[0], e[1] + f[1])
            if agrees("d", d):
                for g in guesses("g"):
                    p = (d[0] + g[0], d[1] + g[1])
                    if agrees("p", p):
                        yield {"e": e, "f": f, "g": g, "d": d, "p": p}


@given(*[st.tuples(st.integers(0, 5), st.integers(0, 5))] * 3)
@settings(max_examples=60, deadline=None)
def test_nobody_can_tell_a_small_cell_from_all_that_is_shown_of_two_storeys(
    e: Pair, f: Pair, g: Pair
) -> None:
    d = (e[0] + f[0], e[1] + f[1])
    rows = {"e": e, "f": f, "g": g, "d": d, "p": (d[0] + g[0], d[1] + g[1])}
    agencies = [Cell(id, ABOVE[id], Decimal(sum(row))) for id, row in rows.items()]
    hidden = disclose_crossed(agencies, {id: cells(row) for id, row in rows.items()}, THREE)
    totals = disclose(agencies, THREE).hidden
    small = [(id, n) for id, row in rows.items() for n in (0, 1) if 0 < row[n] < 3]
    assert {id for id, _ in small} <= hidden
    left = set(small)
    for world in worlds(rows, totals, hidden):
        left = {(id, n) for id, n in left if world[id][n] == rows[id][n]}
        if not left:
            return
    assert not left, (rows, totals, hidden)
