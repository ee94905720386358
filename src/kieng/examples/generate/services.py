"""Synthetic catalogue of online services: the old scale of four levels, then full or partial."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from kieng.examples.generate.chance import Days, Flags, stream
from kieng.examples.generate.columns import numbered, words, yes_no
from kieng.examples.generate.files import GeneratedFile
from kieng.examples.generate.places import EAST, Maps
from kieng.examples.generate.stock import Stock, deliver_yearly

_OLD, _NEW_SCALE = np.datetime64("2019-01-01"), np.datetime64("2022-08-15")
_MERGED = np.datetime64("2025-03-01")
_NEVER = np.datetime64("NaT", "D")
_EACH = 14  # procedures of a department
#: Who has a department's procedures since March 2025, where the code changed.
_SUCCESSORS = {
    "STTTT": "SKHCN",
    "SLDTBXH": "SNV",
    "SKHDT": "STC",
    "SGTVT": "SXD",
    "SNNPTNT": "SNNMT",
    "STNMT": "SNNMT",
    "SVHTT": "SVHTTDL",
    "SDL": "SVHTTDL",
    "BDT": "SDTTG",
}


def write_services(maps: Maps, out: Path, until: date) -> list[GeneratedFile]:
    """Three lives of a service: on the old scale, partial, and full since some day."""
    rng = stream(maps.seed, "services")
    codes = np.repeat(maps.on(date(2022, 1, 3), "department", EAST).codes, _EACH)
    count = len(codes)
    eligible = rng.random(count) < 0.86
    full_since = _NEW_SCALE + (rng.beta(1.0, 2.2, count) * 1250).astype(np.int64).astype("m8[D]")
    full_since = np.where(rng.random(count) < 0.35, _NEW_SCALE, full_since)
    full_since = np.where(eligible & (rng.random(count) < 0.985), full_since, _NEVER)
    has_partial = ~(full_since == _NEW_SCALE)
    lives = [
        (np.ones(count, np.bool_), np.full(count, _OLD), np.full(count, _NEW_SCALE), 0),
        (has_partial, np.full(count, _NEW_SCALE), full_since, 1),
        (~np.isnat(full_since), full_since, np.full(count, _NEVER), 2),
    ]
    return list(deliver_yearly(_stock(rng, codes, eligible, lives), out, "service", until))


def _stock(
    rng: np.random.Generator,
    codes: np.ndarray[tuple[int], np.dtype[np.str_]],
    eligible: Flags,
    lives: list[tuple[Flags, Days, Days, int]],
) -> Stock:
    count = len(codes)
    level = rng.choice(4, count, p=[0.05, 0.3, 0.35, 0.3])
    row = np.concatenate([np.flatnonzero(held) for held, _, _, _ in lives])
    life = np.concatenate([np.full(int(held.sum()), kind) for held, _, _, kind in lives])
    begin = np.concatenate([start[held] for held, start, _, _ in lives])
    ends = np.concatenate([end[held] for held, _, end, _ in lives])
    owners = [_SUCCESSORS.get(c, c) if b >= _MERGED else c for c, b in zip(codes[row], begin, strict=True)]
    procedures = numbered("2.", count)
    return Stock(
        fixed={
            "MaBanGhi": numbered("DV-", len(row)),
            "CoQuan": pa.array([str(owner) for owner in owners]),
            "MaTTHC": procedures.take(pa.array(row)),
            "MucDo": words(("1", "2", "3", "4"), level[row], life == 0),
            "HinhThuc": words((None, "MP", "TT"), life),
            "DuDieuKien": yes_no(eligible[row]),
        },
        begin=("TuNgay", begin),
        later={"DenNgay": ends},
    )
