"""Synthetic enterprises, certified products and their listings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.calibration import (
    DIGITAL_TECHNOLOGY_2025,
    IT_ENTERPRISES_2021,
    SOFTWARE_MAKERS_2021,
)
from kieng.examples.generate.chance import Days, Flags, stream, uniform_days
from kieng.examples.generate.columns import iso_days, joined, numbered, numbers, words, yes_no
from kieng.examples.generate.files import GeneratedFile
from kieng.examples.generate.places import EAST, WEST, Maps
from kieng.examples.generate.stock import Stock, deliver_yearly

_NEVER = np.datetime64("NaT", "D")
_IT_LATER = 58  # IT enterprises founded after 2021, invented
_ORDINARY = {EAST: 7000, WEST: 3500}
_PRODUCTS = {EAST: 430, WEST: 190}
_OCOP_BY_2021 = 133  # of three stars or more, 2018–2021
_PLATFORMS = ("san-a", "san-b", "san-c")


@dataclass(frozen=True)
class Firms:
    """Some enterprises; each list has one place per enterprise."""

    places: list[str]
    started: Days
    ended: Days
    it: Flags
    software: Flags
    digital_technology: Flags


def write_enterprises(maps: Maps, out: Path, until: date) -> list[GeneratedFile]:
    rng = stream(maps.seed, "enterprises")
    groups = [_technology(maps, rng), *(_ordinary(maps, rng, where) for where in (EAST, WEST))]
    firms = Firms(
        places=[code for group in groups for code in group.places],
        **{
            name: np.concatenate([getattr(group, name) for group in groups])
            for name in ("started", "ended", "it", "software", "digital_technology")
        },
    )
    return list(deliver_yearly(_enterprise_stock(rng, firms, until), out, "enterprise", until))


def _technology(maps: Maps, rng: np.random.Generator) -> Firms:
    """96 IT enterprises at the end of 2021, 12 of which make software; more after that."""
    first = uniform_days(rng, "2004-01-05", "2021-12-20", IT_ENTERPRISES_2021)
    later = uniform_days(rng, "2022-01-04", "2026-10-30", _IT_LATER)
    started = np.concatenate([first, later])
    count = len(started)
    software = np.zeros(count, np.bool_)
    software[:SOFTWARE_MAKERS_2021] = True
    software[IT_ENTERPRISES_2021:] = rng.random(_IT_LATER) < 0.35
    before = np.flatnonzero(started < np.datetime64("2026-01-01"))
    digital = np.zeros(count, np.bool_)
    digital[rng.choice(before, DIGITAL_TECHNOLOGY_2025, replace=False)] = True
    digital |= (started >= np.datetime64("2026-01-01")) & (rng.random(count) < 0.7)
    places = maps.communes_at(rng, started, EAST, power=1.3)
    return Firms(places, started, np.full(count, _NEVER), np.ones(count, np.bool_), software, digital)


def _ordinary(maps: Maps, rng: np.random.Generator, where: str) -> Firms:
    count = _ORDINARY[where]
    started = uniform_days(rng, "2000-01-04", "2026-11-01", count)
    lived = (rng.exponential(9000, count) + 200).astype("m8[D]")
    ended = np.where(rng.random(count) < 0.6, started + lived, _NEVER)
    no = np.zeros(count, np.bool_)
    west_it = no if where == EAST else rng.random(count) < 0.008
    return Firms(maps.communes_at(rng, started, where), started, ended, west_it, no, no)


def _enterprise_stock(rng: np.random.Generator, firms: Firms, until: date) -> Stock:
    count = len(firms.started)
    household = ~firms.it & (rng.random(count) < 0.62)
    cooperative = ~firms.it & ~household & (rng.random(count) < 0.08)
    size = np.where(household, 0, rng.choice(4, count, p=[0.55, 0.33, 0.09, 0.03]))
    return Stock(
        fixed={
            "MaSo": numbered("DN-", count),
            "MaXa": pa.array(firms.places),
            "LoaiHinh": words(("DN", "HTX", "HKD"), np.where(household, 2, cooperative.astype(np.int64))),
            "QuyMo": words(("sieu nho", "nho", "vua", "lon"), size),
            "NganhNghe": words(
                ("J62", "G47", "C10", "I56", "A01"), np.where(firms.it, 0, rng.integers(1, 5, count))
            ),
            "CNTT": yes_no(firms.it),
            "CongNgheSo": yes_no(firms.digital_technology),
            "SanXuatPhanMem": yes_no(firms.software),
        },
        begin=("NgayThanhLap", firms.started),
        later={"NgayChamDut": firms.ended, "DungNenTangSoTu": _digital_since(rng, firms)},
    )


def _digital_since(rng: np.random.Generator, firms: Firms) -> Days:
    """About 15 % before 2022, half by the end of 2025, never for four in ten."""
    count = len(firms.started)
    drawn = rng.random(count)
    early = uniform_days(rng, "2019-01-05", "2021-12-28", count)
    later = uniform_days(rng, "2022-01-05", "2026-12-20", count)
    day = np.where(drawn < 0.15, early, np.where(drawn < 0.6, later, _NEVER))
    day = np.where(firms.it, firms.started, day)
    return np.where(day < firms.started, firms.started, day)


def write_products(maps: Maps, out: Path, until: date) -> Iterator[GeneratedFile]:
    """Products, and for those on a platform one or two listings."""
    rng = stream(maps.seed, "products")
    days, places = _certified(maps, rng)
    count = len(days)
    ocop = np.arange(count) < _OCOP_BY_2021
    ocop |= rng.random(count) < 0.7
    ids = numbered("SP-", count)
    listed = np.where(rng.random(count) < 0.52, days + rng.integers(20, 900, count).astype("m8[D]"), _NEVER)
    delisted = np.where(
        rng.random(count) < 0.12, listed + rng.integers(100, 900, count).astype("m8[D]"), _NEVER
    )
    ends = np.where(ocop & (rng.random(count) < 0.35), days + np.timedelta64(1096, "D"), _NEVER)
    products = Stock(
        fixed={
            "MaSanPham": ids,
            "MaXa": pa.array(places),
            "ChungNhan": words(("OCOP", "NH", "CDDL"), np.where(ocop, 0, rng.choice([1, 1, 2], count))),
            "SoSao": numbers(rng.choice([3, 4, 5], count, p=[0.7, 0.27, 0.03]), ocop),
            "HetHan": iso_days(ends),
        },
        begin=("NgayCongNhan", days),
        later={"LenSan": listed, "RoiSan": delisted},
    )
    yield from deliver_yearly(products, out, "product", until)
    yield from deliver_yearly(_listings(maps, rng, ids, listed, delisted, places), out, "listing", until)


def _certified(maps: Maps, rng: np.random.Generator) -> tuple[Days, list[str]]:
    early = uniform_days(rng, "2018-06-01", "2021-12-31", _OCOP_BY_2021)
    later = uniform_days(rng, "2022-01-10", "2026-10-31", _PRODUCTS[EAST] - _OCOP_BY_2021)
    west = uniform_days(rng, "2019-06-01", "2026-10-31", _PRODUCTS[WEST])
    east = np.concatenate([early, later])
    places = [*maps.communes_at(rng, east, EAST, 0.5), *maps.communes_at(rng, west, WEST, 0.5)]
    return np.concatenate([east, west]), places


def _listings(
    maps: Maps, rng: np.random.Generator, ids: pa.Array, listed: Days, delisted: Days, places: list[str]
) -> Stock:
    """A listing stands under the commune of its product; on the day it began that may have a newer code."""
    rows = np.flatnonzero(~np.isnat(listed))
    rows = np.sort(np.concatenate([rows, rows[rng.random(len(rows)) < 0.4]]))
    where = [EAST if row < _PRODUCTS[EAST] else WEST for row in rows]
    codes = np.empty(len(rows), dtype="U8")
    for side in (EAST, WEST):
        mine = np.array([w == side for w in where])
        codes[mine] = maps.communes_at(rng, listed[rows[mine]], side, 0.5)
    count = len(rows)
    return Stock(
        fixed={
            "MaGianHang": joined("GH-", ids.take(pa.array(rows)), "-", numbers(np.arange(count))),
            "MaXa": pa.array(codes),
            "MaSanPham": ids.take(pa.array(rows)),
            "San": words(_PLATFORMS, rng.choice(3, count, p=[0.5, 0.35, 0.15])),
        },
        begin=("LenSan", listed[rows]),
        later={"RoiSan": delisted[rows]},
    )
