"""Synthetic cases (hồ sơ thủ tục hành chính), a month at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np

from kieng.examples.generate.calibration import CASE_CURVES
from kieng.examples.generate.chance import Days, Flags, Floats, Ints, chosen, curve, pick, stream
from kieng.examples.generate.columns import time_of_day, within_day
from kieng.examples.generate.places import EAST, WEST, Maps, Places
from kieng.examples.generate.procedures import COUNTS, NONE, Procedures, catalogue
from kieng.examples.generate.volumes import MERGER, WorkingDays

DIRECT, ONLINE, POST = 0, 1, 2
DONE, REFUSED, WITHDRAWN = 0, 1, 2
#: Part of the cases that each level takes, while there are districts and after them.
_LEVELS = {"department": (0.30, 0.32), "district": (0.17, 0.0), "commune": (0.53, 0.68)}
_SECOND, _CLOSING = np.timedelta64(1, "s"), np.timedelta64(17 * 3600, "s")
_NEVER = np.datetime64("NaT", "s")


@dataclass(frozen=True)
class Cases:
    """What really happened to some cases, one place in each array per case; NaT is never."""

    place: Any  # official code
    procedure: Any
    serial: Ints  # within its day
    applicant_kind: Ints
    applicant: Ints
    channel: Ints
    offer: Ints
    received: Days
    due: Days
    limit: Ints
    asked: Days
    supplied: Days
    times_asked: Ints
    finished: Days
    outcome: Ints
    fee: Ints
    paid_online: Flags
    needs_paper: Flags
    e_result: Flags
    digitised: Flags
    reused: Flags
    population_data: Flags
    rated: Flags
    satisfied: Flags

    def __len__(self) -> int:
        return len(self.received)

    def only(self, rows: Any) -> Cases:
        return Cases(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def followed_by(self, others: Cases) -> Cases:
        pairs = {f.name: (getattr(self, f.name), getattr(others, f.name)) for f in fields(self)}
        return Cases(**{name: np.concatenate(pair) for name, pair in pairs.items()})

    def as_known_on(self, day: date) -> Cases:
        """What had happened up to the end of ``day``."""
        end = np.datetime64(day, "s") + np.timedelta64(86_400, "s")
        return replace(
            self,
            finished=np.where(self.finished < end, self.finished, _NEVER),
            asked=np.where(self.asked < end, self.asked, _NEVER),
            supplied=np.where(self.supplied < end, self.supplied, _NEVER),
            times_asked=np.where(self.asked < end, self.times_asked, 0),
        )


@dataclass(frozen=True)
class CaseMaker:
    """Makes cases for the days it is asked for."""

    maps: Maps
    working: WorkingDays
    seed: int

    def months(self, days: Days, volumes: Ints) -> Iterator[tuple[date, Cases]]:
        """Cases of each month of ``days`` (with its first day), received in order of the days."""
        months = days.astype("M8[M]")
        for month in np.unique(months):
            held = (months == month) & (volumes > 0)
            if held.any():
                yield (month.astype("M8[D]").item(), self._made(days[held], volumes[held], str(month)))

    def _made(self, days: Days, volumes: Ints, key: str) -> Cases:
        rng = stream(self.seed, "cases", key)
        received_on: Days = np.repeat(days, volumes)
        level = self._levels(rng, received_on)
        place, lean = self._places(rng, received_on, level)
        procedure, facts = self._procedures(rng, level)
        shares = {name: float(curve(anchors, days).mean()) / 100 for name, anchors in CASE_CURVES.items()}
        flags = _flags(rng, shares, lean, facts)
        received = self._received(rng, received_on, flags["online"])
        clock = self._clock(rng, received, facts["limit"], ~flags["on_time"])
        count = len(received)
        return Cases(
            place=place,
            procedure=procedure,
            serial=within_day(received_on),
            applicant_kind=rng.choice(3, count, p=[0.86, 0.125, 0.015]).astype(np.int64),
            applicant=rng.integers(0, 2**40, count),
            channel=np.where(flags["online"], ONLINE, np.where(rng.random(count) < 0.06, POST, DIRECT)),
            offer=facts["offer"],
            received=received,
            limit=facts["limit"],
            outcome=rng.choice(3, count, p=[0.978, 0.016, 0.006]).astype(np.int64),
            fee=facts["fee"],
            paid_online=flags["paid"],
            needs_paper=facts["needs_paper"],
            e_result=flags["e_result"],
            digitised=flags["digitised"],
            reused=flags["reused"],
            population_data=flags["population"],
            rated=rng.random(count) < 0.22,
            satisfied=flags["satisfied"],
            **clock,
        )

    def _levels(self, rng: np.random.Generator, days: Days) -> Ints:
        shares = np.array(list(_LEVELS.values()))
        after = (days >= MERGER).astype(np.int64)
        edges = np.cumsum(shares, axis=0)[:, after]
        level: Ints = (rng.random(len(days)) > edges).sum(axis=0).clip(0, 2)
        return level

    def _places(self, rng: np.random.Generator, days: Days, level: Ints) -> tuple[Any, Floats]:
        codes = np.empty(len(days), dtype="U8")
        lean = np.zeros(len(days))
        for start, end in self.maps.spans(days[0].item(), days[-1].item()):
            held = (days >= np.datetime64(start)) & (days < np.datetime64(end))
            for number, name in enumerate(_LEVELS):
                rows = np.flatnonzero(held & (level == number))
                if len(rows):
                    self._place(rng, self._open(start, name), rows, codes, lean)
        return codes, lean

    def _open(self, day: date, level: str) -> list[Places]:
        """Where cases come in: the west only since it is the same province."""
        wheres = (EAST, WEST) if np.datetime64(day) >= MERGER else (EAST,)
        return [places for where in wheres if len(places := self.maps.on(day, level, where))]

    def _place(
        self, rng: np.random.Generator, found: list[Places], rows: Ints, codes: Any, lean: Floats
    ) -> None:
        people = np.concatenate([places.people for places in found])
        drawn = pick(rng, people**0.85, len(rows))
        codes[rows] = np.concatenate([np.array(places.codes) for places in found])[drawn]
        lean[rows] = np.concatenate([places.lean for places in found])[drawn]

    def _procedures(self, rng: np.random.Generator, level: Ints) -> tuple[Any, Mapping[str, Any]]:
        codes = np.empty(len(level), dtype="U10")
        facts = {name: np.zeros(len(level), np.int64) for name in ("limit", "fee", "offer", "needs_paper")}
        for number, name in enumerate(COUNTS):
            rows = np.flatnonzero(level == number)
            known: Procedures = catalogue(self.seed, name)
            drawn = pick(rng, known.popularity, len(rows))
            codes[rows] = np.array(known.codes)[drawn]
            for fact, values in zip(
                facts, (known.limits, known.fees, known.offer, known.needs_paper), strict=True
            ):
                facts[fact][rows] = values[drawn]
        return codes, {**facts, "needs_paper": facts["needs_paper"].astype(bool)}

    def _received(self, rng: np.random.Generator, days: Days, online: Flags) -> Days:
        office = time_of_day(rng, len(days))
        any_time = rng.integers(6 * 3600, 22 * 3600, len(days)).astype("m8[s]")
        at_home = online & (rng.random(len(days)) < 0.4)
        moments: Days = days.astype("M8[s]") + np.where(at_home, any_time, office)
        return moments

    def _clock(self, rng: np.random.Generator, received: Days, limit: Ints, late: Flags) -> dict[str, Any]:
        """Deadline, supplement and end of each case, so that just the ``late`` ones are late (QĐ 766).

        Numbers are working days since the calendar's beginning.
        """
        days, count = received.astype("M8[D]"), len(received)
        start = self.working.ordinal(days) + ~self.working.working(days)
        due = start + limit
        asks = (limit >= 3) & (rng.random(count) < np.where(late, 0.25, 0.07))
        asked = start + 1 + (rng.random(count) * (limit - 1)).astype(np.int64)
        waited = 1 + rng.geometric(0.3, count)
        in_time = start + np.ceil(limit * rng.beta(2.2, 2.0, count)).astype(np.int64)
        after_asking = np.minimum(asked + waited + rng.integers(0, 3, count), due + waited)
        end = np.where(asks, np.maximum(after_asking, asked + waited), in_time)
        end = np.where(late, due + np.where(asks, waited, 0) + rng.geometric(0.25, count), end)
        again = asks & late & (rng.random(count) < 0.3)
        return {
            "due": self.working.nth(due).astype("M8[s]") + _CLOSING,
            "asked": np.where(asks, self._during(rng, asked), _NEVER),
            "supplied": np.where(asks, self._during(rng, asked + waited), _NEVER),
            "times_asked": np.where(again, 2, asks.astype(np.int64)),
            "finished": np.maximum(self._during(rng, end), received + 600 * _SECOND),
        }

    def _during(self, rng: np.random.Generator, ordinals: Ints) -> Days:
        moments: Days = self.working.nth(ordinals).astype("M8[s]") + time_of_day(rng, len(ordinals))
        return moments


def _flags(
    rng: np.random.Generator, shares: Mapping[str, float], lean: Floats, facts: Mapping[str, Any]
) -> dict[str, Flags]:
    """Yes or no for each case, in the month's exact shares. Online cases are likelier to be all the rest."""
    everyone = np.ones(len(lean), dtype=np.bool_)
    lean = lean - 0.25 * (facts["offer"] == NONE)
    online = chosen(rng, shares["online"], lean, everyone)
    lean = lean + 0.3 * online
    eligible = {"paid": facts["fee"] > 0, "e_result": facts["needs_paper"]}
    found = {"online": online}
    for name in ("paid", "e_result", "digitised", "population", "reused", "satisfied", "on_time"):
        leaning = lean * 0.5 if name in ("satisfied", "on_time") else lean
        found[name] = chosen(rng, shares[name], leaning, eligible.get(name, everyone))
    return found
