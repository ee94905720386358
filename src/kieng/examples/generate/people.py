"""Synthetic workforce, training and feedback. Nobody here exists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.calibration import ENGINEERS_2023_03, LEARNERS_A_YEAR
from kieng.examples.generate.chance import Days, rounded, stream, uniform_days
from kieng.examples.generate.columns import numbered, numbers, time_of_day, words, yes_no
from kieng.examples.generate.files import GeneratedFile
from kieng.examples.generate.places import EAST, WEST, Maps
from kieng.examples.generate.stock import Stock, deliver_yearly
from kieng.examples.generate.volumes import MERGER, WorkingDays

_NEVER = np.datetime64("NaT", "D")
_EMPLOYERS = ("dn-phan-mem-1", "dn-phan-mem-2", "dn-phan-mem-3", "dn-ai-1")
_WORKPLACES = ("khu-do-thi-khoa-hoc", "qtsc-binh-dinh", "long-van-ai")
_LATER_ENGINEERS = 1010
_PROVINCE = "52"  # reported by the province: Bình Định, since 1/7/2025 Gia Lai


def write_workforce(maps: Maps, out: Path, until: date) -> list[GeneratedFile]:
    """990 engineers in March 2023; those who leave are made up for by those who come."""
    rng = stream(maps.seed, "workforce")
    first = uniform_days(rng, "2018-03-01", "2023-03-31", ENGINEERS_2023_03)
    later = uniform_days(rng, "2023-04-03", "2026-11-02", _LATER_ENGINEERS)
    started = np.concatenate([first, later])
    count = len(started)
    leaves = uniform_days(rng, "2023-04-10", "2026-11-01", count)
    ended = np.where((rng.random(count) < 0.16) & (leaves > started), leaves, _NEVER)
    at_park = started >= np.datetime64("2021-09-01")
    workplace = np.where(at_park, rng.choice(3, count, p=[0.3, 0.42, 0.28]), 0)
    stock = Stock(
        fixed={
            "MaLaoDong": numbered("LD-", count),
            "CoQuan": pa.array(np.full(count, _PROVINCE)),
            "DonViSuDung": words(_EMPLOYERS, rng.choice(4, count, p=[0.42, 0.38, 0.12, 0.08])),
            "ViTri": words(("lao dong", "chuyen gia"), (rng.random(count) < 0.18).astype(np.int64)),
            "NoiLamViec": words(_WORKPLACES, workplace),
        },
        begin=("TuNgay", started),
        later={"DenNgay": ended},
    )
    return list(deliver_yearly(stock, out, "workforce", until))


def write_training(maps: Maps, out: Path, until: date) -> list[GeneratedFile]:
    """Four schools take in 800 learners a year, each in September, two also in March."""
    rng = stream(maps.seed, "training")
    years = range(2021, until.year + 1)
    starts, learners, schools = [], [], []
    for year in years:
        parts = rounded(rng.dirichlet(np.full(6, 8.0)), LEARNERS_A_YEAR)
        starts += [f"{year}-03-07", f"{year}-03-14", *[f"{year}-09-05"] * 4]
        schools += [0, 1, 0, 1, 2, 3]
        learners += parts.tolist()
    started = np.array(starts, dtype="M8[D]")
    held = started <= np.datetime64(until)
    length = np.full(int(held.sum()), 1461).astype("m8[D]")
    ends: Days = started[held] + length
    stock = Stock(
        fixed={
            "MaKhoa": numbered("KH-", int(held.sum())),
            "CoQuan": pa.array(np.full(int(held.sum()), _PROVINCE)),
            "CoSo": words(("truong-1", "truong-2", "truong-3", "truong-4"), np.array(schools)[held]),
            "Loai": words(("dai-hoc",), np.zeros(int(held.sum()), np.int64)),
            "SoNguoiHoc": numbers(np.array(learners)[held]),
        },
        begin=("KhaiGiang", started[held]),
        later={"KetThuc": ends},
    )
    return list(deliver_yearly(stock, out, "training", until))


def write_feedback(
    maps: Maps, working: WorkingDays, out: Path, until: date, count: int = 9000
) -> list[GeneratedFile]:
    """Feedback of the field app, at work since July 2021 (QĐ 31/2021/QĐ-UBND)."""
    rng = stream(maps.seed, "feedback")
    day = np.sort(uniform_days(rng, "2021-08-02", until.isoformat(), count))
    west = (day >= MERGER) & (rng.random(count) < 0.42)
    codes = np.empty(count, dtype="U8")
    for where, mine in ((EAST, ~west), (WEST, west)):
        codes[mine] = maps.communes_at(rng, day[mine], where)
    received = day.astype("M8[s]") + rng.integers(6 * 3600, 22 * 3600, count).astype("m8[s]")
    start = working.ordinal(day)
    took = np.where(rng.random(count) < 0.9, rng.integers(1, 15, count), 16 + rng.geometric(0.15, count))
    answered = working.nth(start + took).astype("M8[s]") + time_of_day(rng, count)
    moved = rng.random(count) < 0.2
    transferred = np.where(
        moved, working.nth(start + 1).astype("M8[s]") + time_of_day(rng, count), np.datetime64("NaT", "s")
    )
    stock = Stock(
        fixed={
            "MaPhanAnh": numbered("PA-", count),
            "CoQuan": pa.array(codes),
            "Loai": words(("PA", "KN"), (rng.random(count) < 0.15).astype(np.int64)),
            "Kenh": words(("ung-dung", "cong", "tong-dai"), rng.choice(3, count, p=[0.7, 0.2, 0.1])),
            "HanTraLoi": pa.array(working.nth(start + 15).astype("M8[s]") + np.timedelta64(61_200, "s")).cast(
                pa.string()
            ),
        },
        begin=("NgayNhan", received),
        later={
            "NgayChuyen": transferred,
            "NgayTraLoi": answered,
            "NgayCongKhai": working.nth(start + took + 1).astype("M8[s]") + time_of_day(rng, count),
        },
        with_later={"HaiLong": ("NgayTraLoi", yes_no(rng.random(count) < 0.87, rng.random(count) < 0.5))},
    )
    return list(deliver_yearly(stock, out, "feedback", until))
