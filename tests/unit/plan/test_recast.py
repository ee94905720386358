"""Agencies carried between maps: the cases that broke other systems, and laws that always hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kieng.plan.agency import Agency, AgencyTree, Level, Weight
from kieng.plan.dated import Dated
from kieng.plan.indicator import Source, Within
from kieng.plan.period import Grain, Period
from kieng.plan.recast import WEIGHT_UNIT, Atlas, Landing, climb, recast
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind
from kieng.words import Name

FIRST, SECOND = date(2024, 1, 1), date(2025, 7, 1)
OLD, MIDDLE, NEW = date(2023, 6, 1), date(2024, 6, 1), date(2025, 12, 1)
WHOLE = WEIGHT_UNIT
LEVELS = {
    "province": Level("province", Name("Tỉnh", "Province"), "province", 0),
    "department": Level("department", Name("Sở", "Department"), "province", 1),
    "commune": Level("commune", Name("Xã", "Commune"), "commune", 2),
}


def agency(id, opened=None, closed=None, level="commune", parent=None, **amounts):
    return Agency(
        id,
        opened,
        closed,
        names=(Dated(Name(id, id)),),
        levels=(Dated(level),),
        parents=(Dated(parent),) if parent else (),
        weights=tuple(Weight(basis, Decimal(n), 2019, "S") for basis, n in amounts.items()),
    )


def tree(*agencies):
    return AgencyTree({a.id: a for a in agencies}, LEVELS)


def move(source, target, **shares):
    return Move(source, target, {basis: Decimal(share) for basis, share in shares.items()})


def event(day, *moves):
    return Reorganisation(
        f"r{day}", Name("r", "r"), day, ReorganisationKind.MERGE, Source("NQ (synthetic)"), moves
    )


def landings(*pairs):
    return tuple(Landing(agency, weight, weight != WHOLE) for agency, weight in pairs)


def merged():
    old = [agency(id, closed=SECOND, population=n) for id, n in zip("abcd", (10, 20, 30, 40), strict=True)]
    return Atlas(tree(*old, agency("x", SECOND)), [event(SECOND, *(move(a.id, "x") for a in old))])


def split(shares_b="0.6", shares_c="0.4"):
    parts = (move("a", "b", population=shares_b), move("a", "c", population=shares_c))
    return Atlas(
        tree(agency("a", closed=SECOND, population=5), agency("b", SECOND), agency("c", SECOND)),
        [event(SECOND, *parts)],
    )


# --- forwards ----------------------------------------------------------------------------


def test_merged_communes_land_whole_on_the_new_one():
    atlas = merged()
    assert [atlas.recast(id, OLD, NEW, "population") for id in "abcd"] == [landings(("x", WHOLE))] * 4


def test_a_split_commune_lands_by_its_shares():
    expected = landings(("b", 600_000_000), ("c", 400_000_000))
    assert split().recast("a", OLD, NEW, "population") == expected


def test_shares_of_all_and_nothing_land_whole():
    assert split("1", "0").recast("a", OLD, NEW, "population") == landings(("b", WHOLE))


def test_a_split_without_shares_on_the_basis_cannot_be_recast():
    atlas = split()
    assert atlas.recast("a", OLD, NEW, "households") == ()
    obstacle = atlas.why_not("a", OLD, NEW, "households")
    assert (obstacle.code, obstacle.agency, obstacle.day) == ("no-shares", "a", SECOND)
    assert str(obstacle) == "a, 2025-07-01: it was split, and no shares by households are given."


def test_an_agency_no_move_names_stays():
    atlas = Atlas(tree(agency("a"), agency("b", closed=SECOND), agency("c", SECOND)), [])
    assert atlas.recast("a", OLD, NEW, "population") == landings(("a", WHOLE))
    assert atlas.why_not("a", OLD, NEW, "population") is None


def test_an_agency_that_ends_without_a_move_cannot_be_recast():
    atlas = Atlas(tree(agency("b", closed=SECOND)), [])
    assert atlas.recast("b", OLD, NEW, "population") == ()
    assert atlas.why_not("b", OLD, NEW, "population").code == "not-on-the-map"


def test_the_day_of_a_reorganisation_is_already_the_new_map():
    atlas = merged()
    assert atlas.recast("a", OLD, SECOND, "population") == landings(("x", WHOLE))
    assert atlas.recast("a", OLD, date(2025, 6, 30), "population") == landings(("a", WHOLE))


def test_part_of_a_living_agency_moves():
    moves = (move("a", "a", population="0.7"), move("a", "b", population="0.3"))
    atlas = Atlas(tree(agency("a", population=100), agency("b", population=30)), [event(SECOND, *moves)])
    assert atlas.recast("a", OLD, NEW, "population") == landings(("a", 700_000_000), ("b", 300_000_000))
    assert atlas.recast("b", OLD, NEW, "population") == landings(("b", WHOLE))
    assert atlas.recast("a", NEW, NEW, "population") == landings(("a", WHOLE))
    assert atlas.recast("b", NEW, OLD, "population") == landings(("a", 500_000_000), ("b", 500_000_000))


def test_two_events_are_composed_exactly():
    nodes = (agency("a", closed=FIRST), agency("b", FIRST, SECOND), agency("c", FIRST), agency("d", SECOND))
    first = event(FIRST, move("a", "b", population="0.6"), move("a", "c", population="0.4"))
    second = event(SECOND, move("b", "c", population="0.5"), move("b", "d", population="0.5"))
    got = recast(tree(*nodes), [second, first], "a", OLD, NEW, "population")
    assert got == landings(("c", 700_000_000), ("d", 300_000_000))


def test_a_split_that_is_merged_again_is_not_weighted():
    nodes = (agency("a", closed=FIRST), agency("b", FIRST, SECOND), agency("c", FIRST, SECOND))
    first = event(FIRST, move("a", "b", population="0.6"), move("a", "c", population="0.4"))
    second = event(SECOND, move("b", "d"), move("c", "d"))
    atlas = Atlas(tree(*nodes, agency("d", SECOND)), [first, second])
    assert atlas.recast("a", OLD, NEW, "population") == (Landing("d", WHOLE, False),)


def test_reorganisations_of_one_day_are_one_event():
    nodes = (agency("a", closed=SECOND), agency("p", closed=SECOND), agency("x", SECOND), agency("q", SECOND))
    atlas = Atlas(tree(*nodes), [event(SECOND, move("a", "x")), event(SECOND, move("p", "q"))])
    assert atlas.recast("a", OLD, NEW, "population") == landings(("x", WHOLE))
    assert atlas.recast("p", OLD, NEW, "population") == landings(("q", WHOLE))


def test_what_is_left_over_goes_to_the_largest_remainder_then_to_the_lower_id():
    """Going back to three sources of equal size: a third each, and the odd unit to the first."""
    nodes = [agency(id, closed=SECOND, population=1) for id in "bca"]
    atlas = Atlas(tree(*nodes, agency("x", SECOND)), [event(SECOND, *(move(n.id, "x") for n in nodes))])
    expected = landings(("a", 333_333_334), ("b", 333_333_333), ("c", 333_333_333))
    assert atlas.recast("x", NEW, OLD, "population") == expected


# --- backwards ---------------------------------------------------------------------------


def test_a_new_commune_goes_back_by_what_its_sources_brought():
    expected = landings(("a", WHOLE // 10), ("b", WHOLE // 5), ("c", 300_000_000), ("d", 400_000_000))
    assert merged().recast("x", NEW, OLD, "population") == expected


def test_a_part_of_a_split_goes_back_whole_to_its_one_source():
    assert split().recast("b", NEW, OLD, "households") == landings(("a", WHOLE))


def test_a_merger_of_agencies_of_unknown_size_cannot_go_back():
    atlas = merged()
    assert atlas.recast("x", NEW, OLD, "households") == ()
    assert atlas.why_not("x", NEW, OLD, "households").code == "no-amounts"


def test_a_merger_of_empty_agencies_cannot_go_back():
    nodes = (agency("a", closed=SECOND, population=0), agency("b", closed=SECOND, population=0))
    atlas = Atlas(tree(*nodes, agency("x", SECOND)), [event(SECOND, move("a", "x"), move("b", "x"))])
    assert atlas.why_not("x", NEW, OLD, "population").code == "no-amounts"


def test_an_agency_opened_from_nothing_cannot_go_back():
    atlas = Atlas(tree(agency("a"), agency("x", SECOND)), [event(SECOND, move("a", "a"))])
    assert atlas.why_not("x", NEW, OLD, "population").code == "no-predecessor"
    without_event = Atlas(tree(agency("x", SECOND)), [])
    assert without_event.why_not("x", NEW, OLD, "population").code == "not-on-the-map"


def test_one_of_two_sources_that_went_elsewhere_brings_nothing():
    nodes = (agency("a", closed=SECOND), agency("b", closed=SECOND, population=7))
    moves = (move("a", "x", population="0"), move("a", "y", population="1"), move("b", "x"))
    atlas = Atlas(tree(*nodes, agency("x", SECOND), agency("y", SECOND)), [event(SECOND, *moves)])
    assert atlas.recast("x", NEW, OLD, "population") == landings(("b", WHOLE))


# --- place -------------------------------------------------------------------------------

JULY = Period.parse("2025-07")
MAY = Period.parse("2025-05")
YEAR = Period.parse("2025")


def test_as_it_was_an_agency_counts_on_its_last_day_in_the_period():
    atlas = merged()
    placed = atlas.place("a", YEAR, None, "population")
    assert (placed.day, placed.landings) == (date(2025, 6, 30), landings(("a", WHOLE)))
    assert atlas.place("a", MAY, None, "population").day == date(2025, 5, 31)


def test_as_it_was_a_gone_agency_counts_where_it_went():
    placed = merged().place("a", JULY, None, "population")
    assert (placed.day, placed.landings) == (date(2025, 7, 31), landings(("x", WHOLE)))


def test_as_it_was_an_agency_not_yet_open_counts_on_its_predecessors():
    placed = merged().place("x", MAY, None, "population")
    assert placed.day == date(2025, 5, 31)
    assert [landing.agency for landing in placed.landings] == list("abcd")


def test_on_the_map_of_a_day():
    atlas = merged()
    assert atlas.place("a", YEAR, NEW, "population").landings == landings(("x", WHOLE))
    assert atlas.place("a", YEAR, OLD, "population").landings == landings(("a", WHOLE))
    assert atlas.place("a", JULY, OLD, "population").landings == landings(("a", WHOLE))
    assert atlas.place("x", MAY, NEW, "population").landings == landings(("x", WHOLE))


def test_what_cannot_be_placed_says_why():
    placed = split().place("a", MAY, NEW, "households")
    assert placed.landings == ()
    assert placed.obstacle.code == "no-shares"
    unknown = split().place("nobody", MAY, NEW, "population")
    assert unknown.landings == ()
    assert unknown.obstacle.code == "unknown-agency"


# --- climb -------------------------------------------------------------------------------


def test_climbing_everything_and_within_the_tier():
    nodes = (
        agency("p", level="province"),
        agency("d", level="department", parent="p"),
        agency("c", parent="d"),
    )
    whole = tree(*nodes)
    day = whole.on(OLD)
    assert climb(day, whole, "c", Within.ALL) == ("c", "d", "p")
    assert climb(day, whole, "c", Within.TIER) == ("c",)
    assert climb(day, whole, "d", Within.TIER) == ("d", "p")


# --- laws --------------------------------------------------------------------------------

IDS = {0: "abcd", 1: "efgh", 2: "ijkl"}


@st.composite
def shares(draw, targets):
    chosen = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=4, unique=True))
    if len(chosen) == 1:
        return {chosen[0]: None}
    cuts = draw(st.lists(st.integers(0, 10**6), min_size=len(chosen) - 1, max_size=len(chosen) - 1))
    edges = [0, *sorted(cuts), 10**6]
    return {
        target: Decimal(high - low) / 10**6
        for target, low, high in zip(chosen, edges, edges[1:], strict=False)
    }


@st.composite
def two_reorganisations(draw):
    """Three generations of communes; every commune of one goes to some of the next."""
    amounts = st.integers(1, 10**6)
    ends = {0: (None, FIRST), 1: (FIRST, SECOND), 2: (SECOND, None)}
    nodes = [agency(id, *ends[g], population=draw(amounts)) for g, ids in IDS.items() for id in ids]
    events = []
    for generation, day in ((0, FIRST), (1, SECOND)):
        moves = []
        for source in IDS[generation]:
            for target, share in draw(shares(IDS[generation + 1])).items():
                moves.append(
                    move(source, target) if share is None else move(source, target, population=share)
                )
        events.append(event(day, *moves))
    return Atlas(tree(*nodes), events)


@given(two_reorganisations())
def test_weights_always_add_up(atlas):
    for source in IDS[0]:
        assert sum(landing.weight for landing in atlas.recast(source, OLD, NEW, "population")) == WHOLE
    for source in IDS[2]:
        back = atlas.recast(source, NEW, OLD, "population")
        assert sum(landing.weight for landing in back) == (WHOLE if back else 0)


@given(two_reorganisations())
def test_two_events_at_once_are_one_after_the_other(atlas):
    for source in IDS[0]:
        composed = {}
        for middle, part in atlas.parts(source, OLD, MIDDLE, "population").items():
            for target, share in atlas.parts(middle, MIDDLE, NEW, "population").items():
                composed[target] = composed.get(target, 0) + part * share
        assert atlas.parts(source, OLD, NEW, "population") == composed


@given(two_reorganisations(), st.lists(st.integers(0, 10**9), min_size=4, max_size=4))
def test_totals_are_conserved_to_the_last_unit(atlas, figures):
    landed = sum(
        figure * landing.weight
        for source, figure in zip(IDS[0], figures, strict=True)
        for landing in atlas.recast(source, OLD, NEW, "population")
    )
    assert landed == sum(figures) * WHOLE


@given(two_reorganisations())
def test_a_landing_is_weighted_exactly_when_it_is_a_part(atlas):
    for source in IDS[0]:
        for landing in atlas.recast(source, OLD, NEW, "population"):
            part = atlas.parts(source, OLD, NEW, "population")[landing.agency]
            assert landing.weighted == (part != 1)


@given(two_reorganisations(), st.sampled_from("abcdefghijkl"), st.dates(date(2023, 1, 1), date(2026, 12, 1)))
def test_every_period_places_the_whole(atlas, id, day):
    placed = atlas.place(id, Period.containing(day, Grain.MONTH), None, "population")
    assert sum(landing.weight for landing in placed.landings) == (WHOLE if placed.obstacle is None else 0)
    on_the_day = atlas.tree.on(placed.day)
    assert all(landing.agency in on_the_day for landing in placed.landings)
