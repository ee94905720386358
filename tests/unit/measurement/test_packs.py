"""Figures go into packs and come out again, in the order of their agencies, none lost and none twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.stores.test_stored_measurements import ONE, RUN

from kieng.measurement import packs
from kieng.measurement.figures_table import measurements_of, table_of
from kieng.measurement.measurement import Measurement
from kieng.measurement.packs import FULL, Pack, exchanged, figures_in, of_agency, packs_of, unpacked
from kieng.plan.period import Period

NAMES = st.sampled_from([f"xa-{n:03}" for n in range(40)] + ["Ấp Đông", "ấp tây", "z"])


def of(agencies: Collection[str], **change: object) -> list[Measurement]:
    return [replace(ONE, agency=agency, **change) for agency in agencies]  # type: ignore[arg-type]


def in_packs(figures: Sequence[Measurement]) -> list[tuple[packs.Place, Pack]]:
    return list(packs_of(table_of(figures)))


def out_of(found: Sequence[tuple[packs.Place, Pack]]) -> list[Measurement]:
    rows = [(place, unpacked(pack.series, pack.rest)) for place, pack in found]
    return list(measurements_of(figures_in(rows), RUN.as_of, RUN.map_day))


def agencies_in(pack: Pack) -> list[str]:
    found: list[str] = unpacked(pack.series, pack.rest)["agency"].to_pylist()
    return found


def test_figures_of_one_place_lie_together_by_agency() -> None:
    july = of(["xa-hai", "xa-ba"])
    others = [
        replace(ONE, period=Period.parse("2026-08")),
        replace(ONE, reading="2026-11-24"),
        replace(ONE, level=""),
        *(replace(ONE, breakdown=("channel", value)) for value in ("post", None)),
    ]
    found = in_packs([*july, *others])
    assert [pack.count for _, pack in found if pack.first == b"xa-ba"] == [2]
    assert len(found) == 5
    assert {place.breakdown for place, _ in found} == {"", "channel"}
    assert sorted(out_of(found), key=repr) == sorted([*july, *others], key=repr)


def test_a_full_pack_is_followed_by_another_and_no_agency_is_in_two() -> None:
    names = [f"xa-{number:04}" for number in range(FULL)]
    figures = [
        replace(ONE, agency=name, breakdown=("channel", value))
        for name in names
        for value in ("a", "b", None)
    ]
    found = [pack for _, pack in in_packs(figures[::-1])]
    assert [pack.count for pack in found] == [513, 513, 510]
    assert [pack.last < after.first for pack, after in zip(found, found[1:], strict=False)] == [True, True]
    assert all(pack.first == agencies_in(pack)[0].encode() for pack in found)
    assert all(pack.last == agencies_in(pack)[-1].encode() for pack in found)


def test_nothing_makes_no_pack() -> None:
    assert in_packs([]) == []
    assert figures_in([]).num_rows == 0


@pytest.mark.parametrize(("agency", "count"), [("xa-hai", 2), ("xa-ba", 1), ("a", 0), ("xa-c", 0), ("z", 0)])
def test_an_agency_is_found_in_its_pack(agency: str, count: int) -> None:
    figures = [replace(ONE, agency="xa-hai", breakdown=("channel", value)) for value in ("a", None)]
    ((_, pack),) = in_packs([*figures, replace(ONE, agency="xa-ba", breakdown=("channel", "a"))])
    rows = of_agency(unpacked(pack.series, pack.rest), agency)
    assert rows["agency"].to_pylist() == [agency] * count


@given(st.sets(NAMES, min_size=1), st.sets(NAMES, max_size=25), st.sets(NAMES), st.booleans(), st.data())
def test_renewed_figures_take_the_place_of_their_agencies(
    old: set[str], renewed: set[str], new: set[str], split: bool, data: st.DataObject
) -> None:
    """As a dict would have it, whether the old ones lay in one pack or in two."""
    new -= old - renewed  # who is not renewed has no new figure
    cut = data.draw(st.integers(0, len(old))) if split else 0
    parts = [part for part in (sorted(old)[:cut], sorted(old)[cut:]) if part]
    before = [unpacked(p.series, p.rest) for part in parts for _, p in in_packs(of(part, used=1))]
    after = [unpacked(pack.series, pack.rest) for _, pack in in_packs(of(new, used=2))]
    right = {**dict.fromkeys(old - renewed, 1), **dict.fromkeys(new, 2)}
    found = [unpacked(pack.series, pack.rest) for pack in exchanged(before, renewed, after)]
    rows = pa.Table.from_batches(found, packs.ROWS)
    assert rows["agency"].to_pylist() == sorted(right)
    assert dict(zip(rows["agency"].to_pylist(), rows["used"].to_pylist(), strict=True)) == right


def test_a_pack_that_grew_too_large_is_cut() -> None:
    names = [f"xa-{number:04}" for number in range(3 * FULL)]
    rows = [unpacked(p.series, p.rest) for _, p in in_packs(of(names[: FULL - 1]))]
    ((_, one),) = in_packs(of(["y"]))
    assert [p.count for p in exchanged(rows, ["y"], [unpacked(one.series, one.rest)])] == [FULL]
    many = pa.Table.from_batches(
        [unpacked(p.series, p.rest) for _, p in in_packs(of(names[FULL:]))], packs.ROWS
    )
    found = list(exchanged(rows, names[FULL:], many.combine_chunks().to_batches()))
    assert [pack.count for pack in found] == [FULL, FULL, FULL - 1]
