"""Bringing stored measurements up to date: only what new records, a new day or a changed text touch.

First the bases: each month of the ledger that needs it, kept as soon as it is done, so that work that
was cut off goes on where it was. Then the figures: the periods in which a base has changed are rolled up
again, in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.base_upkeep import (
    Work,
    by_month,
    codes_in,
    put_in,
    steps,
    together_stale,
    work_of,
)
from kieng.measurement.closure import Variant
from kieng.measurement.coverage import Coverages
from kieng.measurement.engine_work import (
    SMALL_BASES,
    SMALL_FILES,
    BaseEngine,
    Making,
    Roll,
    Rolling,
    looks_back,
)
from kieng.measurement.figures_table import table_of
from kieng.measurement.fuse import Pass, passes
from kieng.measurement.kept import BasePart, KeptStore, Renewed, Stale
from kieng.measurement.keys import Keys, way_name
from kieng.measurement.measure import (
    Span,
    asks_by_record_type,
    figure_tables,
    first_looked_at,
    kept_readings,
    only,
)
from kieng.measurement.one_ahead import Job, one_ahead
from kieng.measurement.parts import TOTAL
from kieng.measurement.request import Ask, Request
from kieng.measurement.silence import reach_in, silent_now
from kieng.measurement.store import MeasureRun
from kieng.measurement.unplaced import unplaced_in
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.records.ledger import Ledger
from kieng.records.manifest import Piece

OnProgress = Callable[[str, int, int], None]
#: Of a kept part (record type, way, month): which one it was, and the codes of the periods in it.
PeriodsOf = dict[tuple[str, str, str], tuple[BasePart, frozenset[int]]]


def nobody_looks(_what: str, _done: int, _of: int) -> None:
    """No progress is shown."""


@dataclass
class Updating:
    """One run of bringing the figures up to date. ``run`` says for which moment, batch and map.

    ``periods`` is what earlier runs of this process have seen of the kept parts; it grows. ``anew``: whatever
    there is of an earlier run, every figure is renewed.
    """

    definitions: Definitions
    engine: BaseEngine
    ledger: Ledger
    store: KeptStore
    keys: Keys
    run: MeasureRun
    on_progress: OnProgress = nobody_looks
    periods: PeriodsOf = field(default_factory=dict)
    anew: bool = False
    _coverages: Coverages = field(init=False)

    def __post_init__(self) -> None:
        self._coverages = self.engine.coverages(self.definitions, self.run.map_day)
        self._span = Span(self.definitions.measured_from)
        self._previous = None if self.anew else self.store.run()

    def bring_up_to_date(self) -> int:
        """Measure what has to be measured; how many blocks of figures were renewed, beside whole indicators.

        Raises UserError when the disk is full; the months done before are kept.
        """
        asks = asks_by_record_type(list(self.definitions.indicators.values()))
        requests = [self._request(record_type, some) for record_type, some in asks.items()]
        for making, parts in one_ahead(self._makings(requests), self.engine.interrupt):
            self._keep(making, parts)
            del making, parts  # while the next are made
        return self._renew_figures(requests)

    def _request(self, record_type: str, asks: tuple[Ask, ...]) -> Request:
        return Request(
            definitions=self.definitions,
            record_type=record_type,
            asks=asks,
            readings=kept_readings(self.definitions, self.run.as_of),
            as_of=self.run.as_of,
            cut_off=self.run.map_day,
            first=first_looked_at(self._span, asks),
        )

    # --- bases ------------------------------------------------------------------------------

    def _makings(self, requests: Sequence[Request]) -> Iterator[Job[Making, list[pa.Table]]]:
        """The bases to be made anew, of some months at a time."""
        for number, request in enumerate(requests):
            self.on_progress(request.record_type, number, 2 * len(requests))
            keys = {_way(p): self.keys.base(self.engine.queries(p).base) for p in passes(request)}
            works = self._works(request, keys)
            if not works:
                continue
            kind = self.definitions.record_types[request.record_type]
            partitions = self.ledger.partitions(kind, self.run.as_of, {work.month for work in works})
            for step in steps(works, partitions):
                making = Making(request, keys, step)
                yield Job(making, making.by(self.engine), step.size < SMALL_FILES)

    def _works(self, request: Request, keys: Mapping[str, str]) -> list[Work]:
        """What has to be done to the bases of each month of a record type."""
        kind = request.record_type
        kept = {(part.way, part.month): part for part in self.store.parts(kind)}
        news: dict[str, list[Piece]] = {}
        seen = self._previous.through_batch if self._previous is not None and kept else 0
        for piece in self.ledger.touched(seen, self.run.through_batch):
            if piece.record_type == kind:
                news.setdefault(piece.month, []).append(piece)
        found = []
        for month in sorted({*news, *(month for _, month in kept)}):
            parts = [kept.get((way, month)) for way in keys]
            work = work_of(month, parts, news.get(month, ()), keys, self.run.map_day)
            if work is not None:
                found.append(work)
        return found

    def _keep(self, making: Making, made: Sequence[pa.Table]) -> None:
        """Keep the bases that were made of some months, marking the periods they change as stale."""
        request, step = making.request, making.step
        parts: list[tuple[BasePart, pa.Table]] = []
        stale: dict[tuple[str, str], Stale] = {}
        placed = step.records.record_type.placed_in is not None
        for pass_, rows in zip(passes(request), made, strict=True):
            way, new = _way(pass_), by_month(rows)
            place = (request.record_type, way)
            for work in step.works:
                before = next(iter(self.store.bases(*place, [work.month])), None)
                base, changed = put_in(before, new.get(work.month, rows.slice(0, 0)), work, placed)
                stale[place] = together_stale(stale.get(place, {}), changed)
                key = making.keys[way]
                part = BasePart(*place, work.month, key, self.run.map_day, self.run.through_batch)
                parts.append((part, base))
        self.store.keep(parts, stale)

    # --- figures ----------------------------------------------------------------------------

    def _renew_figures(self, requests: Sequence[Request]) -> int:
        requests = [replace(request, reach=self._reach(request.record_type)) for request in requests]
        reach = {request.record_type: request.reach for request in requests}
        previous, keys = self._previous, self._indicator_keys(reach)
        changed = self._changed(previous, keys)
        rolls = [roll for request in requests for roll in self._rolls(request, changed)]
        blocks = [block for roll in rolls for block in roll.blocks()]
        gone = set(_keys_of(previous)) - set(keys)
        renewed = Renewed(
            indicators=frozenset(changed | gone),
            blocks=blocks,
            rolled=[request.record_type for request in requests],
            all=changed == set(keys),
        )
        run = replace(self.run, ground=self.keys.ground, indicators=json.dumps(keys))
        self.store.renew_tables(run, renewed, self._figures(rolls))
        return len(blocks)

    def _reach(self, record_type: str) -> date | None:
        return reach_in({part.month for part in self.store.parts(record_type)}, self.run.map_day)

    def _indicator_keys(self, reach: Mapping[str, date | None]) -> dict[str, str]:
        """The keys of the text; of an indicator whose records have fallen silent, since when as well."""
        silent = {
            one: silent_now(self.definitions, one, reach, self.run.map_day) for one in self.keys.indicators
        }
        return {one: f"{key} {silent[one]}".strip() for one, key in self.keys.indicators.items()}

    def _changed(self, previous: MeasureRun | None, keys: Mapping[str, str]) -> set[str]:
        """The indicators whose figures must all be made anew, whatever the records."""
        if previous is None or previous.ground != self.keys.ground:
            return set(keys)
        if self._map_has_changed(previous):
            return set(keys)
        before = _keys_of(previous)
        return {indicator for indicator, key in keys.items() if before.get(indicator) != key}

    def _map_has_changed(self, previous: MeasureRun) -> bool:
        """Whether today's map is another than that of the last run."""
        events = (event.day for event in self.definitions.reorganisations)
        days = {*self.definitions.tree.change_days, *events}
        return any(previous.map_day < day <= self.run.map_day for day in days)

    def _rolls(self, request: Request, changed: set[str]) -> Iterator[Roll]:
        stale = self.store.stale(request.record_type)
        for pass_ in passes(request):
            anew = tuple(ask for ask in pass_.asks if ask.indicator in changed)
            some = tuple(ask for ask in pass_.asks if ask.indicator not in changed)
            if anew:
                yield Roll(replace(request, asks=anew), _way(pass_), None)
            if some and stale.get(_way(pass_)):
                wanted = _and_those_that_look_back(some, self._counting(request, some, stale[_way(pass_)]))
                yield Roll(replace(request, asks=some), _way(pass_), wanted)

    def _counting(self, request: Request, asks: Sequence[Ask], stale: Stale) -> Stale:
        """The agencies that count the records of those whose own have changed, or the stock of those whose
        place they take, on any map that is read."""
        variants = {Variant.of(ask.rule) for ask in asks}
        found: dict[int, frozenset[str] | None] = {}
        for code, agencies in stale.items():
            if agencies is None:
                found[code] = None
                continue
            period, maps = Period.of_code(code), self._coverages.maps
            ways = [maps.ways_up(period, r, v) for r in request.readings for v in variants]
            touched = agencies.union(*(maps.displaced_by(agency, period) for agency in agencies))
            found[code] = agencies.union(*(ways_up[agency] for ways_up in ways for agency in touched))
        return found

    def _figures(self, rolls: Sequence[Roll]) -> Iterator[pa.Table]:
        for rolling, cells in one_ahead(self._rollings(rolls), self.engine.interrupt):
            for table in self._rolled(rolling, cells):
                yield only(rolling.roll.of(table), self._span.has)
            del rolling, cells, table  # while the next are rolled

    def _rollings(self, rolls: Sequence[Roll]) -> Iterator[Job[Rolling, pa.Table]]:
        for number, roll in enumerate(rolls):
            self.on_progress(roll.request.record_type, len(rolls) + number, 2 * len(rolls))
            bases = self._bases(roll)
            if bases:
                rolling = Rolling(roll, bases)
                yield Job(rolling, rolling.by(self.engine), sum(map(len, bases)) < SMALL_BASES)

    def _bases(self, roll: Roll) -> list[pa.Table]:
        """What a roll needs of the kept parts. Those known to hold nothing of it are not read."""
        place, needed = (roll.request.record_type, roll.way), roll.needed()
        if needed is None:
            return self.store.bases(*place)
        parts = {part.month: part for part in self.store.parts(place[0]) if part.way == place[1]}
        months = []
        for month, part in sorted(parts.items()):
            seen, codes = self.periods.get((*place, month), (None, frozenset()))
            if seen != part or codes & needed:
                months.append(month)
        bases = self.store.bases(*place, months)
        for month, base in zip(months, bases, strict=True):
            self.periods[*place, month] = (parts[month], codes_in(base))
        return [rows for rows in (_of_periods(base, needed) for base in bases) if rows.num_rows]

    def _rolled(self, rolling: Rolling, cells: pa.Table) -> Iterator[pa.Table]:
        request, theirs = rolling.roll.request, rolling.roll.agencies()
        (pass_,) = passes(request)
        own = _own(rolling.bases, self.engine.queries(pass_).records)
        if theirs is not None:
            cells = cells.filter(pc.is_in(cells["agency"], value_set=pa.array(sorted(theirs), pa.string())))
            own = {place: count for place, count in own.items() if place[0] in theirs}
        yield from figure_tables(request, cells, self._coverages)
        yield table_of(unplaced_in(request, own, self._coverages.maps))


def _way(pass_: Pass) -> str:
    return way_name(pass_.asks[0])


def _keys_of(run: MeasureRun | None) -> dict[str, str]:
    found: dict[str, str] = json.loads(run.indicators) if run is not None and run.indicators else {}
    return found


def _and_those_that_look_back(asks: Sequence[Ask], wanted: Stale) -> Stale:
    """Also the later periods whose figures change with those of ``wanted``."""
    if not looks_back(asks):
        return wanted
    found = wanted
    for code, agencies in wanted.items():
        period = Period.of_code(code)
        later = (period.shift(1).code, period.years_before(-1).code)
        found = together_stale(found, dict.fromkeys(later, agencies))
    return found


def _of_periods(base: pa.Table, codes: frozenset[int]) -> pa.Table:
    return base.filter(pc.is_in(base["period"], value_set=pa.array(sorted(codes), pa.int32())))


def _own(bases: Sequence[pa.Table], records: str) -> dict[tuple[str, Period], int]:
    """How many records each agency has itself in each period."""
    names = ["agency", "period", "by_field", records]
    rows = pa.concat_tables([base.select(names) for base in bases])
    totals = rows.filter(pc.and_(pc.equal(rows["by_field"], TOTAL), pc.is_valid(rows["agency"])))
    counted = totals.group_by(["agency", "period"]).aggregate([(records, "sum")])
    agencies, codes = counted["agency"].to_pylist(), counted["period"].to_pylist()
    numbers = counted[f"{records}_sum"].to_pylist()
    return {
        (agency, Period.of_code(code)): int(number)
        for agency, code, number in zip(agencies, codes, numbers, strict=True)
    }
