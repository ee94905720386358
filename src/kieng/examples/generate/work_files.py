"""Synthetic work files (hồ sơ công việc) of departments, districts and communes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.calibration import WORK_FILE_CURVES
from kieng.examples.generate.chance import Days, Flags, Ints, curve, pick, stream
from kieng.examples.generate.columns import numbered, numbers, yes_no
from kieng.examples.generate.files import GeneratedFile
from kieng.examples.generate.places import EAST, WEST, Maps
from kieng.examples.generate.stock import Stock, deliver_yearly
from kieng.examples.generate.volumes import MERGER, WorkingDays, daily_volumes, each_day

_SHARES = {"department": 0.35, "district": 0.2, "commune": 0.45}
_SLOWER_WEST = 9.0  # percentage points below the east


def write_work_files(
    maps: Maps, working: WorkingDays, out: Path, first: date, last: date, total: int
) -> list[GeneratedFile]:
    days = each_day(first, last)
    opened: Days = np.repeat(days, daily_volumes(days, working, total))
    rng = stream(maps.seed, "work files")
    codes, online = _agencies(rng, maps, opened)
    start = working.ordinal(opened)
    limit = rng.integers(5, 60, len(opened))
    closed = working.nth(
        np.minimum(
            start + (limit * rng.beta(3, 2, len(opened)) * 1.1).astype(np.int64) + 1, len(working.days)
        )
    )
    stock = Stock(
        fixed={
            "MaHoSo": numbered("HSCV-", len(opened)),
            "CoQuan": pa.array(codes),
            "HanXuLy": pa.array(working.nth(start + limit)).cast(pa.string()),
            "DienTuMoiKhau": yes_no(online),
            "Mat": yes_no(rng.random(len(opened)) < 0.015),
            "KySo": yes_no(online | (rng.random(len(opened)) < 0.4)),
            "SoVanBan": numbers(1 + rng.geometric(0.2, len(opened))),
        },
        begin=("NgayMo", opened),
        later={"NgayDong": closed},
    )
    return list(deliver_yearly(stock, out, "work_file", last))


def _agencies(
    rng: np.random.Generator, maps: Maps, days: Days
) -> tuple[np.ndarray[tuple[int], np.dtype[np.str_]], Flags]:
    """The code of each file's agency, and whether all its steps are online."""
    codes = np.empty(len(days), dtype="U8")
    online = np.zeros(len(days), dtype=np.bool_)
    for start, end in maps.spans(days[0].item(), days[-1].item()):
        rows: Ints = np.flatnonzero((days >= np.datetime64(start)) & (days < np.datetime64(end)))
        pools = _pools(maps, start)
        drawn = pick(rng, np.concatenate([weights for _, weights, _, _ in pools]), len(rows))
        codes[rows] = np.concatenate([np.array(names) for names, _, _, _ in pools])[drawn]
        lean = np.concatenate([leans for _, _, leans, _ in pools])[drawn]
        base = np.empty(len(rows))
        owner = np.concatenate([np.full(len(names), n) for n, (names, _, _, _) in enumerate(pools)])[drawn]
        for n, (_, _, _, (level, behind)) in enumerate(pools):
            mine = owner == n
            base[mine] = curve(WORK_FILE_CURVES[level], days[rows[mine]]) - behind
        online[rows] = rng.random(len(rows)) < base / 100 + lean * 0.35
    return codes, online


Pool = tuple[
    tuple[str, ...],
    "np.ndarray[tuple[int], np.dtype[np.float64]]",
    "np.ndarray[tuple[int], np.dtype[np.float64]]",
    tuple[str, float],
]


def _pools(maps: Maps, day: date) -> list[Pool]:
    """Per level and side: codes, how many files each has, its lean, and (level, points behind)."""
    found = []
    for level, share in _SHARES.items():
        for where in (EAST, WEST) if np.datetime64(day) >= MERGER else (EAST,):
            places = maps.on(day, level, where)
            if len(places):
                weights = np.sqrt(places.people)
                behind = _SLOWER_WEST if where == WEST else 0.0
                lean = places.lean - np.average(places.lean, weights=weights)
                found.append((places.codes, weights / weights.sum() * share, lean, (level, behind)))
    return found
