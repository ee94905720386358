"""Synthetic figures that communes report: an estimate first, then provisional, then confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.calibration import (
    E_PAYMENT_EAST,
    E_PAYMENT_WEST,
    FIBRE_EAST,
    FIBRE_WEST,
    OPTIMISM,
    SMARTPHONE_EAST,
    SMARTPHONE_WEST,
    VILLAGES_4G,
)
from kieng.examples.generate.chance import Floats, curve, rounded, stream
from kieng.examples.generate.files import GeneratedFile, deliver, morning_after
from kieng.examples.generate.places import EAST, WEST, Maps, Places
from kieng.examples.generate.volumes import MERGER
from kieng.plan.period import Grain, periods_between

_STATES = {"estimate": ("uoc", 5), "provisional": ("so bo", 40), "confirmed": ("chinh thuc", 80)}
_CENSUS = date(2019, 4, 1)
_ISLAND = "21607"  # Nhơn Châu: no fibre line to speak of before 2024, "not applicable" in its reports

Row = dict[str, str | None]


@dataclass(frozen=True)
class Figure:
    """One column of the communes' form: what it is a share of, and how the share grows on each side."""

    name: str
    basis: str  # households or people
    part: float  # of the basis that counts (grown-ups of all people)
    growth: float  # of the basis a year
    east: Mapping[str, float]
    west: Mapping[str, float]
    spread: float  # how far communes differ, in percentage points per unit of lean
    remote: float  # how far remote communes are behind, in percentage points (invented)


FIGURES = (
    Figure("fibre-households", "households", 1.0, 0.012, FIBRE_EAST, FIBRE_WEST, 55, 14),
    Figure("smartphone-households", "households", 1.0, 0.012, SMARTPHONE_EAST, SMARTPHONE_WEST, 5, 2),
    Figure("e-payment-accounts", "people", 0.76, 0.006, E_PAYMENT_EAST, E_PAYMENT_WEST, 45, 11),
)


def write_commune_reports(maps: Maps, out: Path, until: date) -> Iterator[GeneratedFile]:
    """One file per quarter and state, as far as it is due by ``until``."""
    for period in periods_between(date(2022, 4, 1), until, Grain.QUARTER):
        day = period.last_day
        for state, (_, wait) in _STATES.items():
            if day + timedelta(days=wait) < until:
                table = pa.Table.from_pylist(list(_commune_rows(maps, day, state)), _schema("MaXa"))
                name = f"commune-report-{period}-{state}"
                yield deliver(out, name, table, "report", "commune-report", morning_after(day, wait))


def _schema(agency: str) -> pa.Schema:
    names = ["MaBaoCao", agency, "ChiTieu", "KyDenNgay", "TuSo", "MauSo", "TrangThai"]
    return pa.schema([(name, pa.string()) for name in names])


def _commune_rows(maps: Maps, day: date, state: str) -> Iterator[Row]:
    sides = (EAST, WEST) if np.datetime64(day) >= MERGER else (EAST,)
    for where in sides:
        places = maps.on(day, "commune", where)
        rng = stream(maps.seed, "missing", where, day.isoformat(), state)
        missing = rng.random((len(FIGURES), len(places))) < (0.004 if state == "confirmed" else 0.02)
        for figure, absent in zip(FIGURES, missing, strict=True):
            tops, bottoms = _parts(figure, places, where, day, state)
            for place, code in enumerate(places.codes):
                top, bottom = str(tops[place]), str(bottoms[place])
                yield _row(
                    figure.name,
                    code,
                    day,
                    state,
                    *_with_gap(figure, code, day, top, bottom, bool(absent[place])),
                )
        yield from _fibre_arrived(places, day, state)
        yield from _villages_reached(places, day, state)
        if day.month == 12:
            yield from _digital_communes(places, day, state)


def _parts(figure: Figure, places: Places, where: str, day: date, state: str) -> tuple[list[int], list[int]]:
    """Numerators and denominators; over the side they give the curve's share."""
    years = (day - _CENSUS).days / 365.25
    basis = places.households if figure.basis == "households" else places.people
    bottoms = np.maximum(1, np.round(basis * figure.part * (1 + figure.growth) ** years)).astype(np.int64)
    share = float(curve(figure.east if where == EAST else figure.west, [day])[0]) + OPTIMISM[state]
    lean = places.lean * figure.spread - places.remote * figure.remote
    each: Floats = np.clip(share + lean, 4, 99.8) * bottoms
    wanted = round(min(share, 99.9) / 100 * int(bottoms.sum()))
    return np.minimum(rounded(each, wanted), bottoms).tolist(), bottoms.tolist()


def _with_gap(
    figure: Figure, code: str, day: date, top: str, bottom: str, absent: bool
) -> tuple[str | None, str | None]:
    if figure.name == "fibre-households" and code == _ISLAND and day.year < 2024:
        return "-", None  # not applicable
    if figure.name == "e-payment-accounts" and code == _ISLAND and day.year < 2023:
        return "x", "0"  # nobody counted: no denominator
    return (None, None) if absent else (top, bottom)


def _row(figure: str, code: str, day: date, state: str, top: str | None, bottom: str | None) -> Row:
    names = _schema("MaXa").names
    values = (f"{figure}-{code}-{day}", code, figure, str(day), top, bottom, _STATES[state][0])
    return dict(zip(names, values, strict=True))


def _fibre_arrived(places: Places, day: date, state: str) -> Iterator[Row]:
    """Every commune but the smallest has fibre from the start: over 99 % of them, as published."""
    last = places.codes[int(np.argmin(places.people))] if day.year < 2025 else None
    for code in places.codes:
        yield _row("communes-with-fibre", code, day, state, "0" if code == last else "1", "1")


def _villages_reached(places: Places, day: date, state: str) -> Iterator[Row]:
    """All villages but one in a thousand have 4G, as published for the ends of 2024 and 2025: the last ones
    are in remote communes. How many villages a commune has is invented (one for 700 people)."""
    villages = np.maximum(2, np.round(places.people / 700)).astype(np.int64)
    left = round((1 - float(curve(VILLAGES_4G, [day])[0]) / 100) * int(villages.sum()))
    far = np.argsort(-(places.remote * 10 - places.lean))[:left]  # the same every time: remote, then behind
    for place, code in enumerate(places.codes):
        reached = int(villages[place]) - (1 if place in far else 0)
        yield _row("villages-4g", code, day, state, str(reached), str(villages[place]))


def _digital_communes(places: Places, day: date, state: str) -> Iterator[Row]:
    share = float(curve({"2022-12": 5, "2023-12": 11, "2024-12": 19, "2025-12": 24}, [day])[0])
    best = set(np.argsort(-places.lean)[: round(share / 100 * len(places))].tolist())
    for place, code in enumerate(places.codes):
        yield _row("communes-digital", code, day, state, "1" if place in best else "0", "1")
