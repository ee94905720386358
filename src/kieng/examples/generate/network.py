"""Synthetic base stations and their outages, with the four operators that the interview names.

How many stations are whose was never published, but for one figure (5G at the end of 2024): all is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.calibration import (
    EAST_STATIONS_2025,
    STATIONS,
    STATIONS_5G_2024,
    STATIONS_5G_2025,
)
from kieng.examples.generate.chance import Days, Ints, stream, uniform_days
from kieng.examples.generate.columns import numbered, numbers, words
from kieng.examples.generate.files import GeneratedFile
from kieng.examples.generate.places import EAST, WEST, Maps
from kieng.examples.generate.stock import Stock, deliver_yearly

OPERATORS = ("viettel", "vinaphone", "mobifone", "vietnamobile")
_TECHNOLOGIES = ("2g", "3g", "4g", "5g")
_OLD, _NEW = [0.12, 0.28, 0.6, 0.0], [0.0, 0.08, 0.92, 0.0]
_LAST_2G = np.datetime64("2024-10-16")
_NEVER = np.datetime64("NaT", "D")


def write_network(maps: Maps, out: Path, until: date) -> Iterator[GeneratedFile]:
    rng = stream(maps.seed, "network")
    east, west = _started(rng, EAST), _started(rng, WEST)
    started = np.concatenate([east, west])
    technology = _technology(rng, started, len(east))
    ended = np.where(technology == 0, _LAST_2G, _NEVER)
    operator = rng.choice(4, len(started), p=[0.42, 0.3, 0.22, 0.06]).astype(np.int64)
    first_5g = (technology == 3) & (started < np.datetime64("2025-01-01"))
    operator = np.where(first_5g, 0, operator)  # S13: those of the end of 2024 are Viettel's
    places = np.array([*maps.communes_at(rng, east, EAST, 0.8), *maps.communes_at(rng, west, WEST, 0.8)])
    ids = numbered("TRAM-", len(started))
    sites = Stock(
        fixed={
            "MaTram": ids,
            "MaXa": pa.array(places),
            "NhaMang": words(OPERATORS, operator),
            "CongNghe": words(_TECHNOLOGIES, technology),
        },
        begin=("PhatSong", started),
        later={"NgungPhat": ended},
    )
    yield from deliver_yearly(sites, out, "site", until)
    yield from deliver_yearly(
        _outages(maps, rng, started, operator, ids, len(east), until), out, "outage", until
    )


def _started(rng: np.random.Generator, where: str) -> Days:
    """Days of service, so that the published totals stand on their days (2G stations that end are extra)."""
    then, now = STATIONS["2022-06-30"], EAST_STATIONS_2025
    if where == WEST:
        then, now = 2900, STATIONS["2025-12-31"] - EAST_STATIONS_2025
    first = uniform_days(rng, "2006-01-05", "2022-06-30", then)
    # A 2G station that ends in 2024 has to be made up for, so that the total of 2025 still fits.
    ending = round(then * _OLD[0])
    later = uniform_days(rng, "2022-07-02", "2025-12-31", now - then + ending)
    after = uniform_days(rng, "2026-01-05", "2026-11-10", 240)
    return np.concatenate([first, later, after])


def _technology(rng: np.random.Generator, started: Days, east: int) -> Ints:
    """2G exactly as many as are made up for; 5G as published for the ends of 2024 and 2025."""
    old = started <= np.datetime64("2022-06-30")
    found = np.where(
        old, 1 + (rng.random(len(started)) < 0.7), np.where(rng.random(len(started)) < _NEW[1], 1, 2)
    )
    is_east = np.arange(len(started)) < east
    for mine in (is_east, ~is_east):
        rows = np.flatnonzero(mine & old)
        found[rng.choice(rows, round(len(rows) * _OLD[0]), replace=False)] = 0
    year = started.astype("M8[Y]").astype(np.int64) + 1970
    for rows, count in (
        (np.flatnonzero(is_east & (year == 2024)), STATIONS_5G_2024),
        (np.flatnonzero(year == 2025), STATIONS_5G_2025 - STATIONS_5G_2024),
        (np.flatnonzero(year == 2026), 300),
    ):
        found[rng.choice(rows, min(count, len(rows)), replace=False)] = 3
    return found.astype(np.int64)


def _outages(
    maps: Maps, rng: np.random.Generator, started: Days, operator: Ints, ids: pa.Array, east: int, until: date
) -> Stock:
    """About one outage per station and two years; storms of October and November bring more."""
    count = 6000
    site = np.sort(rng.choice(len(started), count))
    moment = uniform_days(rng, "2022-01-01", until.isoformat(), count)
    storm = rng.random(count) < 0.3
    month = (
        moment.astype("M8[Y]").astype("M8[D]")
        + np.timedelta64(285, "D")
        + rng.integers(0, 30, count).astype("m8[D]")
    )
    moment = np.where(storm & (month <= np.datetime64(until)), month, moment)
    kept = moment > started[site]
    site, moment = site[kept], moment[kept]
    begin = moment.astype("M8[s]") + rng.integers(0, 86_400, len(site)).astype("m8[s]")
    codes = np.empty(len(site), dtype="U8")
    for where, mine in ((EAST, site < east), (WEST, site >= east)):
        codes[mine] = maps.communes_at(rng, moment[mine], where, 0.8)
    return Stock(
        fixed={
            "MaSuCo": numbered("SC-", len(site)),
            "MaXa": pa.array(codes),
            "MaTram": ids.take(pa.array(site)),
            "NhaMang": words(OPERATORS, operator[site]),
            "ThueBaoAnhHuong": numbers(rng.integers(50, 4000, len(site))),
        },
        begin=("BatDau", begin),
        later={"KetThuc": begin + (600 + rng.exponential(9000, len(site))).astype("m8[s]")},
    )
