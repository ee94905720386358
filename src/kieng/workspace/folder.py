"""A workspace: a folder of text, and below ``.kieng`` its ledger and stored measurements, put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from kieng.measurement.delivered import known_through
from kieng.measurement.examples import refuse_failing_examples, run_examples
from kieng.measurement.kept import KeptStore
from kieng.measurement.keys import Keys
from kieng.measurement.measure import ALL_TIME, Span, cut_off_day, measure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.measurement.store import MeasureRun
from kieng.measurement.update import OnProgress as OnMeasured
from kieng.measurement.update import PeriodsOf, Updating, nobody_looks
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.plan.load import load_text, read, text_of
from kieng.plan.period import Period
from kieng.problems import Place, Problem, Problems, UserError, refuse
from kieng.records.admission import Receipt
from kieng.records.batch import Origin, VersionedRecords
from kieng.records.disk import alone, close_to_others, writing_to
from kieng.records.intake import Intake, OnProgress, take_in
from kieng.records.ledger import Ledger, utc_now
from kieng.records.load_mappings import load_mappings
from kieng.records.mapping import Mapping as RecordMapping
from kieng.records.seal import Damaged
from kieng.records.verify import Finding
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.stores.reference.engine import ReferenceEngine
from kieng.stores.sql.choose import open_database
from kieng.stores.sql.database import Database
from kieng.stores.sql.manifest import SqlManifest
from kieng.stores.sql.measurements import SqlMeasurements
from kieng.workspace.kept_whole import FOLDER as FOLDER
from kieng.workspace.operations import Work, damage_told, noted
from kieng.workspace.place import refuse_half_restored, refuse_no_workspace
from kieng.workspace.secret import secret_in
from kieng.workspace.text_files import finish_cut_off, read_whole

#: Clocks of several machines, or one that is put right, may differ by so much.
_CLOCKS_DIFFER = timedelta(minutes=2)
_TEXTS = 4  # earlier texts that stay read
_NOTHING_BEGUN = ("nothing was begun", "try again")


@dataclass(frozen=True)
class Loaded:
    """What became of files given to :meth:`Workspace.take`. ``receipt`` is None for a dry run or when
    whole files were refused."""

    intake: Intake
    receipt: Receipt | None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.intake.problems + (self.receipt.refused if self.receipt else ())


class Workspace:
    """One open workspace. Raises :class:`~kieng.problems.UserError` with every problem of its text.

    ``now`` is the machine's clock, replaced in tests. With ``last_good``, for those who only show, a text
    with faults (then in ``text_faults``) is none: the one that was last measured with takes its place.
    ``restoring``: it is being made of a backup, by the one who asks.
    """

    def __init__(
        self,
        root: Path,
        now: Callable[[], datetime] = utc_now,
        last_good: bool = False,
        restoring: bool = False,
    ) -> None:
        refuse_no_workspace(root)
        if not restoring:
            refuse_half_restored(root)
        self.root = root
        self._now = now
        self.folder = root / FOLDER
        definitions, self.text_faults = read_whole(root)
        if definitions is None and not last_good:
            raise UserError(self.text_faults)
        with writing_to(root, *_NOTHING_BEGUN):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            close_to_others(self.folder)
        self.definitions = definitions or self._last_good()

    def _last_good(self) -> Definitions:
        known = self.ledger.plan_as_of(self._now())
        if known is None:
            raise UserError(self.text_faults)
        return definitions_of(known.files)

    @cached_property
    def database(self) -> Database:
        return open_database(self.folder)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(SqlManifest(self.database), self.folder)

    @cached_property
    def stored(self) -> KeptStore:
        return SqlMeasurements(self.database)

    @cached_property
    def engine(self) -> DuckdbEngine:
        return DuckdbEngine()

    @cached_property
    def _trying(self) -> ReferenceEngine:
        """What worked examples are tried on: for tables of four rows it takes an eighth of the time."""
        return ReferenceEngine()

    @cached_property
    def _keys(self) -> Keys:
        return Keys(self.definitions)

    @cached_property
    def _periods(self) -> PeriodsOf:
        return {}

    @cached_property
    def mappings(self) -> Mapping[str, RecordMapping]:
        problems = Problems()
        found = load_mappings(self.root, self.definitions, problems)
        if problems:
            raise UserError(problems)
        return found

    @cached_property
    def secret(self) -> bytes:
        return secret_in(self.folder)

    # --- records in ---

    def take(
        self,
        record_type: str,
        files: Sequence[Path],
        mapping: str,
        *,
        origin: Origin,
        by: str,
        citation: str | None = None,
        recorded_at: datetime | None = None,
        on_progress: OnProgress | None = None,
    ) -> Loaded:
        """Read ``files`` through ``mapping`` and add what is sound to the ledger, in one batch.

        Raises UserError for an unknown mapping, a published figure without its citation, and a stated
        moment before the last measuring: the figures shown as of that moment would change.
        """
        intake = self.read(record_type, files, mapping, on_progress)
        return self.add(intake, origin=origin, by=by, citation=citation, recorded_at=recorded_at)

    def read(
        self,
        record_type: str,
        files: Sequence[Path],
        mapping: str,
        on_progress: OnProgress | None = None,
    ) -> Intake:
        """The first half of :meth:`take`: what stands in the files. The ledger is not touched."""
        chosen = self._mapping(mapping, record_type)
        return take_in(files, chosen, self.definitions, secret=self.secret, on_progress=on_progress)

    def add(
        self,
        intake: Intake,
        *,
        origin: Origin,
        by: str,
        citation: str | None = None,
        recorded_at: datetime | None = None,
    ) -> Loaded:
        """The second half of :meth:`take`: what was sound goes into the ledger."""
        if (
            origin is Origin.PUBLISHED
            and not citation
            and "citation" not in intake.mapping.record_type.fields
        ):
            raise refuse(
                "", "no-citation", "A published figure needs its citation.", "Name it with --citation."
            )
        self._refuse_hindsight(recorded_at)
        if not intake.sound or not intake.rows.num_rows:
            return Loaded(intake, None)
        delivery = intake.delivery(origin=origin, by=by, citation=citation, recorded_at=recorded_at)
        return Loaded(intake, self.ledger.append(delivery))

    def _refuse_hindsight(self, recorded_at: datetime | None) -> None:
        run = self.stored.run()
        if recorded_at is not None and run is not None and recorded_at <= run.as_of:
            why = f"Figures were measured as of {run.as_of.isoformat()}; nothing can have been known before."
            remedy = "Load it without --recorded-at: it then counts as known from now on."
            raise refuse("", "recorded-before-measuring", why, remedy, recorded_at.isoformat())

    def _mapping(self, name: str, record_type: str) -> RecordMapping:
        mapping = self.mappings.get(name)
        if mapping is None:
            known = ", ".join(sorted(self.mappings)) or "none"
            raise refuse(
                "", "unknown-mapping", f"No mapping has this id; there are: {known}.", "Use one.", name
            )
        if mapping.record_type.id != record_type:
            why = f"This mapping makes {mapping.record_type.id} records."
            raise refuse(
                "", "other-record-type", why, f"Write `kieng load {mapping.record_type.id} …`.", record_type
            )
        return mapping

    @noted(Work.VERIFY, lambda found: not any(one.damage for one in found), damage_told)
    def verify(self) -> list[Finding]:
        """Whatever is kept and contradicts what was written: of the ledger (see :mod:`kieng.records.verify`),
        of measured figures, of the database itself."""
        broken = [
            Finding("broken-database", None, self.database.place, one)
            for one in self.database.contradictions()
        ]
        return [*broken, *self.ledger.verify(), *self.stored.findings()]

    # --- numbers out ---

    @noted(Work.MEASURE)
    def measure(self, full: bool = False, on_progress: OnMeasured = nobody_looks) -> MeasureRun:
        """Bring the stored measurements up to date, in both readings, after every worked example holds.

        Only what new records, a new day or a changed text touch is measured; with ``full`` everything is.
        One measuring at a time: another waits, then goes on from what the first has done.
        """
        # A text that fails is never kept.
        self._examples_hold  # noqa: B018 worked out once: the text of an open workspace does not change
        with alone(self.folder / "measuring"):
            self.ledger.refuse_changed_rows()
            run = self._new_run(self._moment_after_the_last())
            self.ledger.remember_plan(text_of(self.root), run.plan_fingerprint, run.as_of)
            try:
                self._bring_up_to_date(run, full, on_progress)
            except Damaged:
                self._bring_up_to_date(run, True, on_progress)
        return run

    def _bring_up_to_date(self, run: MeasureRun, anew: bool, on_progress: OnMeasured) -> None:
        if anew:
            self.stored.forget_bases()
            self._periods.clear()
        kept = (self.ledger, self.stored, self._keys)
        Updating(
            self.definitions, self.engine, *kept, run, on_progress, self._periods, anew
        ).bring_up_to_date()

    def _moment_after_the_last(self) -> datetime:
        """Now. Raises UserError when the clock stands before the last measuring: figures of a moment at which
        less was known would take the place of newer ones, without a word."""
        now = self._now()
        try:
            last = self.stored.run()
        except Damaged:
            return now
        if last is None or now >= last.as_of:
            return now
        if last.as_of - now <= _CLOCKS_DIFFER:
            return last.as_of
        zone = ZoneInfo(self.definitions.time_zone)
        told = [f"{one.astimezone(zone):%H:%M %d/%m/%Y}" for one in (now, last.as_of)]
        raise UserError(
            Problem(
                Place(str(self.root)),
                "clock-set-back",
                f"The clock of this machine says {told[0]}, before the last measuring ({told[1]}).",
                "Set the clock right, then measure again.",
                vietnamese=(
                    f"Đồng hồ của máy đang là {told[0]}, sớm hơn lần đo trước ({told[1]}).",
                    "Chỉnh lại đồng hồ rồi đo lại.",
                ),
            )
        )

    @cached_property
    def _examples_hold(self) -> bool:
        refuse_failing_examples(self.definitions, self._trying)
        return True

    def _new_run(self, moment: datetime) -> MeasureRun:
        return MeasureRun(
            as_of=moment,
            plan_fingerprint=self.definitions.fingerprint,
            through_batch=self.ledger.through(moment),
            map_day=cut_off_day(self.definitions, moment),
            known=json.dumps(self._known(self.definitions, moment), default=date.isoformat),
        )

    def _known(self, definitions: Definitions, moment: datetime) -> Mapping[str, date]:
        batches = self.ledger.batches(moment)
        return known_through(definitions, batches, cut_off_day(definitions, moment))

    def measurements(
        self,
        definitions: Definitions,
        as_of: datetime,
        readings: Sequence[Reading],
        indicators: Sequence[Indicator] | None = None,
        span: Span = ALL_TIME,
        name_missing: bool = True,
    ) -> Iterator[Measurement]:
        """Figures made from the records known at ``as_of``, by the rules of ``definitions``."""
        refuse_failing_examples(definitions, self._trying)
        self.ledger.refuse_changed_rows()

        def records_of(record_type: str) -> VersionedRecords:
            return self.ledger.records(definitions.record_types[record_type], as_of)

        known = self._known(definitions, as_of)
        return measure(
            definitions, self.engine, records_of, as_of, readings, indicators, span, name_missing, known
        )

    def definitions_as_of(self, as_of: datetime | None) -> Definitions:
        """The text that was in force when the figures of ``as_of`` were made; today's when none was kept."""
        known = self.ledger.plan_as_of(as_of) if as_of else None
        if known is None or known.fingerprint == self.definitions.fingerprint:
            return self.definitions
        return definitions_of(known.files)


def definitions_of(files: Mapping[str, bytes]) -> Definitions:
    """Definitions from text kept elsewhere than in a folder (an earlier version, a bundle)."""
    return _read_once(tuple(sorted(files.items())))


@lru_cache(maxsize=_TEXTS)
def _read_once(files: tuple[tuple[str, bytes], ...]) -> Definitions:
    """Who reads a text again gets the same object, whose worked examples need not be tried again."""
    try:
        definitions, problems = load_text(dict(files))
    except ValueError as error:
        raise refuse("", "foreign-text", f"This is {error}.", "Do not use this file.") from error
    if definitions is None:
        raise UserError(problems.sorted())
    return definitions


def check(root: Path) -> list[Problem]:
    """Every problem in the text of a workspace, mappings and worked examples included.

    Raises UserError where there is no workspace.
    """
    refuse_no_workspace(root)
    finish_cut_off(root)
    definitions, problems = read(root)
    if definitions is not None:
        load_mappings(root, definitions, problems)
        if not problems:
            problems.extend(run_examples(definitions, ReferenceEngine()))
    return problems.sorted()


def agency_of(definitions: Definitions, text: str, period: Period | None) -> str:
    """An agency's id from an id or an official code (as of the period, else its newest bearer)."""
    tree = definitions.tree
    if text in tree.agencies:
        return text
    found = tree.by_code(text, period.last_day) if period else None
    found = found or tree.newest_with_code(text)
    if found is None:
        remedy = "Look for it in agencies/agencies.csv."
        raise refuse("", "unknown-agency", "No agency has this id or code.", remedy, text)
    return found.id


def moment_in(definitions: Definitions, moment: datetime) -> datetime:
    """``moment`` in UTC; one without an offset is wall time in the workspace's zone."""
    zone = ZoneInfo(definitions.time_zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def moment_asked(definitions: Definitions, moment: datetime) -> datetime:
    """:func:`moment_in` for a moment that somebody asks about; UserError for a day that has not come."""
    asked = moment_in(definitions, moment)
    if cut_off_day(definitions, asked) > cut_off_day(definitions, datetime.now(UTC)):
        why = "Nobody knows yet what will be known then."
        raise refuse("", "moment-to-come", why, "Name a moment up to today.", asked.isoformat())
    return asked
