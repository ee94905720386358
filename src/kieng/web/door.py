"""The one module that opens a workspace for the pages.

A :class:`State` is all that was measured at one moment. A page is made from one State: when another
measuring ends while a page is being made, :class:`StateMoved` is raised and the page is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from django.conf import settings

from kieng.measurement.measure import cut_off_day, declared_figure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, Reading
from kieng.measurement.silence import newest_day, reach_in
from kieng.measurement.store import MeasureRun
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.problems import UserError
from kieng.records.batch import Batch, Origin
from kieng.records.reading import dataset_of
from kieng.web.folder_text import FolderText
from kieng.web.totals import Totals
from kieng.words import Name
from kieng.workspace.explanation import Explanation, explain
from kieng.workspace.figures import Asked, Figures, figures
from kieng.workspace.folder import Workspace

#: A new measuring is seen at the latest this many seconds after it ended.
FRESH = 0.3

#: So many slow answers are kept, and one waits at most so many seconds for the turn to make another.
_FEW, _PATIENCE = 4, 20.0

#: A state keeps what it made until so many figures lie in it (about 1 kB each); what was not asked for
#: longest goes first. In a nation's tree every agency's pages together would not fit.
KEPT_FIGURES = 300_000
#: What a page made of figures counts as so many, unless it has a ``weight``: it holds the figures of an
#: agency's indicator. Of a text so many characters count as one.
_A_PAGE, _A_FIGURE = 100, 1_000
_slow = threading.Semaphore(1)

Made = TypeVar("Made")


class StateMoved(Exception):
    """What is read has been measured anew since the page was begun."""


class Busy(Exception):
    """Slow questions are being answered already, and the wait is too long."""


class NothingMeasured(Exception):
    """The workspace has no measurements yet."""


#: Why there is no state to make a page of: nothing is measured, or what is kept is damaged, out of reach.
NO_STATE = (NothingMeasured, UserError)


@dataclass
class State:
    """One state of the data. ``version`` is short, and differs whenever a figure or a text may differ.

    What a page makes of it is kept by :meth:`once`, for as long as the state lasts.
    """

    definitions: Definitions
    run: MeasureRun
    version: str
    faults: int = 0  # of the folder's text, which is then not the one shown
    _made: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _weight: int = 0
    _making: dict[Hashable, threading.RLock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def today(self) -> date:
        """The cut-off day of the measuring: what "today" means on every page."""
        return cut_off_day(self.definitions, self.run.as_of)

    @property
    def today_map(self) -> Reading:
        return Reading(self.run.map_day)

    @property
    def place(self) -> Name:
        """Whose figures these are: the one agency at the top of today's tree. Where several are, or none,
        the workspace's own name."""
        tree = self.definitions.tree
        top = [one for one, parent in tree.on(self.today).parent_of.items() if parent is None]
        return tree.name(top[0], self.today) if len(top) == 1 else self.definitions.name

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made once per state and key for as long as there is room for it."""
        made = self._made.get(key, _NOT_MADE)
        if made is _NOT_MADE:
            made = self._make(key, make)
        else:
            with contextlib.suppress(KeyError):  # another thread may have dropped it meanwhile
                self._made.move_to_end(key)
        found: Made = made
        return found

    def _make(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Who asks for the same waits; who asks for something else does not: some things take seconds."""
        with self._lock:
            making = self._making.setdefault(key, threading.RLock())
        with making:
            made = self._made.get(key, _NOT_MADE)
            if made is _NOT_MADE:
                try:
                    made = make()
                    self._keep(key, made)
                finally:
                    self._making.pop(key, None)
        return made

    def _keep(self, key: Hashable, made: Any) -> None:
        with self._lock:
            self._made[key] = made
            self._weight += _weight(made)
            while self._weight > KEPT_FIGURES and len(self._made) > 1:
                self._weight -= _weight(self._made.popitem(last=False)[1])

    @property
    def batches(self) -> Sequence[Batch]:
        """The deliveries that the figures rest on, in the order they came in."""
        return self.once("batches", lambda: tuple(workspace().ledger.batches(self.run.as_of)))

    @property
    def has_made_up(self) -> bool:
        """Whether anything made up has been delivered."""
        return any(one.origin is Origin.SYNTHETIC for one in self.batches)

    def explain(self, indicator: str, agency: str, period: Period, map_: str) -> Explanation:
        """The trail of one figure of this state, made from its records: takes seconds, so pages make it
        apart. UserError where there is no such figure; ``map_`` is ``as-was`` or ``today``."""
        return explain(workspace(), indicator, agency, period, map_, self.run.as_of)

    def of_period(
        self, indicator: str, period: Period, reading: Reading = AS_WAS
    ) -> Mapping[str, Measurement]:
        """Every agency's total of one indicator and period."""
        return self.once(
            ("period", indicator, period, str(reading)),
            lambda: {one.agency: one for one in self._read(indicator, None, period, str(reading))},
        )

    def lookup(
        self, indicator: str, agency: str, period: Period, reading: Reading = AS_WAS
    ) -> Measurement | None:
        """An agency's figure, or that the plan declares it not applicable; None without either."""
        found = self.of_period(indicator, period, reading).get(agency)
        return found or declared_figure(self.definitions, indicator, agency, period, reading, self.run.as_of)

    def read_period(self, indicator: str, period: Period, reading: Reading = AS_WAS) -> list[Measurement]:
        """The same, not kept: for what is made of many periods and is itself kept."""
        return self._read(indicator, None, period, str(reading))

    def of_agency(
        self, indicator: str, agency: str, reading: Reading = AS_WAS, breakdowns: bool = False
    ) -> list[Measurement]:
        """One agency's figures of one indicator, every period, in the order of time."""
        asked = (indicator, agency, None, str(reading), breakdowns)
        return self.once(("agency", *asked), lambda: sorted(self._read(*asked), key=_in_time))

    def all_of_agency(self, agency: str) -> Mapping[str, Mapping[Period, Measurement]]:
        """Every total of one agency as it was, by indicator, in the order of time: the first of a level
        takes long, the others next to nothing."""
        return self.once(("totals of", agency), lambda: self._all_of_agency(agency))

    def _all_of_agency(self, agency: str) -> Mapping[str, Mapping[Period, Measurement]]:
        levels = {one.value for one in self.definitions.tree.agencies[agency].levels}
        found = [m for level in [*levels, ""] for m in self.totals(level).of(agency, self.run)]
        series: dict[str, dict[Period, Measurement]] = {}
        for one in sorted(found, key=_in_time):
            series.setdefault(one.indicator, {})[one.period] = one
        return series

    def totals(self, level: str, reading: Reading = AS_WAS) -> Totals:
        """Every total of the agencies of a level."""
        read = workspace().stored.totals
        key = ("totals", level, str(reading))
        return self.once(key, lambda: Totals(self._unmoved(read(str(reading), level))))

    def whole(self, indicator: str, reading: str) -> pa.Table:
        """Every figure of an indicator on one reading, breakdowns too; not kept."""
        return self._unmoved(workspace().stored.whole(indicator, reading))

    def _forget_old_but_few(self) -> None:
        with self._lock:
            old = [key for key in list(self._made) if isinstance(key, tuple) and key[0] == "known"]
            for key in old[:-_FEW]:
                self._weight -= _weight(self._made.pop(key))

    def figures(self, asked: Asked) -> Figures:
        """What somebody asks for, all of it read. Of another moment or map it is made from the records: slow,
        so one at a time, and the last few are kept. UserError as of ``kieng.workspace.figures``; Busy when
        the wait is too long."""
        if asked.as_of is None and asked.map_ in (str(AS_WAS), "today"):
            return self._unmoved(self._all_of(asked))
        key = ("known", asked)
        with contextlib.nullcontext() if key in self._made else _turn():
            known = self.once(key, lambda: self._all_of(asked))
        self._forget_old_but_few()
        return known

    @staticmethod
    def _all_of(asked: Asked) -> Figures:
        found = figures(workspace(), asked)
        found.listed  # noqa: B018 read now, not when the store may hold others
        return found

    def turns(self) -> list[tuple[str, datetime, str]]:
        """Every moment at which something else became known, oldest first: kind (``batch``, ``text``,
        ``measuring``), moment, and the batch's number, the text's or the measuring's fingerprint."""
        return self.once("turns", lambda: sorted(self._turns(), key=lambda one: (one[1], one[0])))

    def _turns(self) -> Iterator[tuple[str, datetime, str]]:
        ledger = workspace().ledger
        yield from (("batch", one.recorded_at, str(one.sequence)) for one in ledger.batches(self.run.as_of))
        yield from (("text", at, fingerprint) for fingerprint, at in ledger.plan_texts(self.run.as_of))
        runs = workspace().stored.runs()
        yield from (("measuring", one.as_of, _version(one, 0)) for one in runs if one.as_of <= self.run.as_of)

    def newest_record(self, record_type: str) -> date | None:
        """The newest day that some record of a type is about: what is said of later days is not known."""
        kind = self.definitions.record_types[record_type]

        def newest() -> date | None:
            """Only the newest month with a base is read, however long the history is."""
            month = reach_in({part.month for part in workspace().stored.parts(record_type)}, self.today)
            if month is None:
                return None
            read = workspace().ledger.partitions(kind, self.run.as_of, {f"{month:%Y-%m}"})
            return max((day for one in read.values() if (day := newest_day(one, self.today))), default=None)

        return self.once(("known-through", record_type), newest)

    def reported(self) -> pa.Table:
        """Every version there ever was of the figures that somebody reported or published."""
        return self.once("reported", self._reported)

    def _reported(self) -> pa.Table:
        ledger, tables = workspace().ledger, []
        for kind in self.definitions.record_types.values():
            if kind.carries_figures and "figure" in kind.fields:
                tables.append(dataset_of(ledger.history(kind, self.run.as_of)).to_table())
        return pa.concat_tables(tables, promote_options="default") if tables else pa.table({})

    def _read(
        self,
        indicator: str,
        agency: str | None,
        period: Period | None,
        reading: str,
        breakdowns: bool = False,
    ) -> list[Measurement]:
        return self._unmoved(workspace().stored.read(indicator, agency, period, reading, breakdowns))

    def _unmoved(self, read: Made) -> Made:
        """What was read, if it is of this state. Runs only follow each other: when the newest is still this
        one, so it was while reading."""
        if workspace().stored.run() != self.run:
            raise _moved()
        return read


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One slow answer at a time. Raises Busy when the wait is too long."""
    if not _slow.acquire(timeout=_PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _slow.release()


_NOT_MADE = object()


def _weight(made: object) -> int:
    """How many figures lie in what was made, about."""
    match made:
        case Mapping():
            return max(1, sum(len(one) if isinstance(one, Mapping) else 1 for one in made.values()))
        case list() | tuple():
            return max(1, len(made))
        case str():
            return 1 + len(made) // _A_FIGURE
        case _:
            return int(getattr(made, "weight", _A_PAGE))


def _in_time(one: Measurement) -> tuple[date, int]:
    return one.period.start, one.period.grain.months


_of_thread = threading.local()
_current: State | None = None
_looked = 0.0
_changing = threading.Lock()
_text = FolderText()


def workspace() -> Workspace:
    """The workspace, opened once for each thread: a database connection serves one thread."""
    root = Path(settings.WORKSPACE)
    if getattr(_of_thread, "root", None) != root:
        _of_thread.workspace, _of_thread.root = Workspace(root, last_good=True), root
    found: Workspace = _of_thread.workspace
    return found


@contextlib.contextmanager
def one_state() -> Iterator[None]:
    """While this lasts, :func:`state` gives this thread the state it gave first, lest the foot of a page
    tell of a newer one than its figures."""
    _of_thread.of_page = []
    try:
        yield
    finally:
        del _of_thread.of_page


def state() -> State:
    """The newest state; within :func:`one_state` the page's. NothingMeasured before the first measuring."""
    of_page: list[State] | None = getattr(_of_thread, "of_page", None)
    if of_page is None:
        return _newest()
    if not of_page:
        of_page.append(_newest())
    return of_page[0]


def fresh_version() -> str:
    """The version of the newest state where that is known without asking the database; else ""."""
    known = _current
    return known.version if known is not None and time.monotonic() - _looked < FRESH else ""


def newest_version() -> str:
    """The version of the newest state, looked up where need be; "" before the first measuring."""
    try:
        return _newest().version
    except NO_STATE:
        return ""


def _newest() -> State:
    global _current, _looked
    if _current is not None and time.monotonic() - _looked < FRESH:
        return _current
    run = workspace().stored.run()
    if run is None:
        raise NothingMeasured
    with _changing:
        faults = _text.faults(len(workspace().text_faults))
        if _current is None or _current.run != run:
            _current = State(workspace().definitions_as_of(run.as_of), run, _version(run, faults), faults)
        elif _current.faults != faults:  # what was made of it stays
            _current = replace(_current, version=_version(run, faults), faults=faults)
        _looked = time.monotonic()
        return _current


def _moved() -> StateMoved:
    """The next :func:`state` looks anew: a page that is made again must not find the old one still."""
    global _looked
    _looked = 0.0
    return StateMoved()


def forget() -> None:
    """Drop what is known, so that the next page looks anew. For tests, which change the workspace."""
    global _current
    _current = None
    _of_thread.root = None
    _text.forget()


def _version(run: MeasureRun, faults: int) -> str:
    told = f"{run.as_of.isoformat()} {run.plan_fingerprint} {run.through_batch} {faults or ''}".rstrip()
    return hashlib.sha256(told.encode()).hexdigest()[:12]
