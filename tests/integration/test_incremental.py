"""Measuring only what changed gives what measuring everything gives: the ministry of ``foreign``, changed in
every way there is. The truth is made from the records in one go, without anything that was kept."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.integration.foreign.ministry import AS_OF, made

from kieng.measurement.figures_table import measurements_of
from kieng.measurement.measure import kept_readings
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.plan.period import Grain, Period
from kieng.records.batch import Delivery, Origin, intake_schema
from kieng.records.rewriting import Policy
from kieng.workspace.folder import Workspace

Changed = Callable[[Path], None]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ministry with everything loaded and measured on 15 March 2026."""
    root = made(tmp_path_factory.mktemp("ministry")).workspace.root
    Workspace(root, now=lambda: AS_OF).measure()
    return root


@pytest.fixture(scope="module")
def original_now(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, measured once more just now."""
    root = tmp_path_factory.mktemp("now") / "w"
    shutil.copytree(original, root)
    Workspace(root).measure()
    return root


@pytest.fixture
def root_then(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def root(original_now: Path, tmp_path: Path) -> Path:
    shutil.copytree(original_now, tmp_path / "w")
    return tmp_path / "w"


def told(figures: list[Measurement]) -> dict[tuple[object, ...], Measurement]:
    """By place, but for the moment. No place may come twice."""
    found = {(f.indicator, f.agency, f.period, f.reading, f.breakdown, f.reason): f for f in figures}
    assert len(found) == len(figures)
    return {place: replace(f, as_of=AS_OF) for place, f in found.items()}


def assert_up_to_date(workspace: Workspace) -> None:
    run = workspace.stored.run()
    assert run is not None
    readings = kept_readings(workspace.definitions, run.as_of)
    truth = workspace.measurements(workspace.definitions, run.as_of, readings, name_missing=False)
    stored, expected = told(workspace.stored.read(breakdowns=True)), told(list(truth))
    assert stored.keys() == expected.keys()
    wrong = [(stored[place], expected[place]) for place in stored if stored[place] != expected[place]]
    assert wrong[:2] == []


def correct(workspace: Workspace, record_type: str, chance: random.Random, count: int) -> None:
    """A batch of corrections: records withdrawn, sent to another agency, or given another's values."""
    kind = workspace.definitions.record_types[record_type]
    partitions = workspace.ledger.partitions(kind).values()
    rows = [row for part in partitions for row in _rows(part.segments, part.tail)]
    picked = chance.sample(rows, count)
    for row in picked:
        other = chance.choice(rows)
        if chance.random() < 0.2:
            row["_withdrawn"] = True
        elif chance.random() < 0.3:
            row[kind.agency_field] = other[kind.agency_field]
        else:
            row |= {name: other[name] for name in kind.fields if name not in (kind.id_field, kind.anchor)}
    unique = {row["_key"]: row for row in picked}
    table = pa.Table.from_pylist(list(unique.values()), schema=intake_schema(kind))
    key = f"correction {chance.random()}"
    workspace.ledger.append(Delivery(kind, table, "test", key, Origin.MEASURED, "test", "plain", "0" * 64))


def _rows(paths: tuple[Path, ...], tail: pa.Table) -> list[dict[str, object]]:
    return [row for table in [*(pq.read_table(path) for path in paths), tail] for row in table.to_pylist()]


def test_the_first_measuring(root_then):
    assert_up_to_date(Workspace(root_then))


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.heavy) for n in range(1, 8))])
def test_corrections_of_some_records(root, seed):
    workspace, chance = Workspace(root), random.Random(seed)
    workspace.measure()
    for count in (1, 10):
        for record_type in ("inspection", "permit", "yearbook"):
            correct(workspace, record_type, chance, count)
        if chance.random() < 0.5:
            workspace.ledger.tidy(workspace.definitions.record_types.values(), Policy.everything())
        workspace.measure()
        assert_up_to_date(workspace)


def test_one_record_renews_the_figures_of_those_who_count_it_and_no_others(root, monkeypatch):
    workspace = Workspace(root)
    workspace.measure()
    correct(workspace, "permit", random.Random(4), 1)
    store, renewed = workspace.stored, []
    renew = type(store).renew_tables

    def counting(self, run, what, figures):
        listed = list(figures)
        renewed.extend(one for table in listed for one in measurements_of(table, run.as_of, run.map_day))
        renew(self, run, what, listed)

    monkeypatch.setattr(type(store), "renew_tables", counting)
    workspace.measure()
    assert 0 < len(renewed) < workspace.stored.count() / 10
    assert {one.indicator for one in renewed} < set(workspace.definitions.indicators)
    assert_up_to_date(workspace)


def test_nothing_new_renews_nothing(root, monkeypatch):
    workspace = Workspace(root)
    workspace.measure()
    monkeypatch.setattr(type(workspace.engine), "bases", _forbidden)
    monkeypatch.setattr(type(workspace.engine), "roll", _forbidden)
    workspace.measure()
    assert_up_to_date_without_engine(workspace)


def _forbidden(*_: object) -> None:
    raise AssertionError("nothing had to be measured")


def assert_up_to_date_without_engine(workspace: Workspace) -> None:
    run = workspace.stored.run()
    assert run is not None
    assert run.through_batch == len(workspace.ledger.batches())


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(timedelta(hours=1), id="same day", marks=pytest.mark.heavy),
        pytest.param(timedelta(days=1), id="next day"),
        pytest.param(timedelta(days=20), id="next month"),
        pytest.param(timedelta(days=250), id="half a year on", marks=pytest.mark.heavy),
    ],
)
def test_time_goes_by(root_then, later):
    workspace = Workspace(root_then, now=lambda: AS_OF + later)
    workspace.measure()
    assert_up_to_date(workspace)


def test_over_a_reorganisation(root_then):
    """Measured on the day before an event and on its day: nothing but today's map has changed."""
    day = date(2026, 4, 1)
    (root_then / "agencies/reorganisations/2026-04-01.yaml").write_text(TO_COME, "utf-8")
    with (root_then / "agencies/parents.csv").open("a", encoding="utf-8") as file:
        file.write(f"at-bac,cap-phep,{day},\n")
    edited("agencies/parents.csv", "at-bac,giam-sat,2025-07-01,", f"at-bac,giam-sat,2025-07-01,{day}")(
        root_then
    )
    counted = []
    for moment in (datetime(2026, 3, 31, 5, tzinfo=UTC), datetime(2026, 4, 1, 5, tzinfo=UTC)):
        workspace = Workspace(root_then, now=lambda moment=moment: moment)
        run = workspace.measure()
        assert_up_to_date(workspace)
        today = workspace.stored.read("inspections", "giam-sat", JUNE, str(Reading(run.map_day)))
        counted.append([one.value for one in today])
    assert counted[0] != counted[1]


TO_COME = """
id: chuyen-2026
name: {vi: Phòng An toàn phía Bắc về Vụ Cấp phép, en: The Northern Division goes to Licensing}
day: 2026-04-01
kind: new_parent
basis: SX
moves: [{from: at-bac, to: at-bac}]
"""
JUNE = Period(date(2025, 6, 1), Grain.MONTH)


def edited(path: str, old: str, new: str) -> Changed:
    def edit(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new, 1), "utf-8")

    return edit


LICENSING = "indicators/licensing.yaml"
SHARES = "agencies/reorganisations/2025-10-01.csv"
TEXT = {
    "a formula": edited(LICENSING, "count(where channel = 'post')", "count(where channel = 'online')"),
    "a breakdown": edited(LICENSING, "breakdowns: [channel, sector]", "breakdowns: [channel]"),
    "a grain": edited(LICENSING, "period: month and quarter and year, by", "period: quarter and year, by"),
    "a weight": edited(SHARES, "0.6,SX\ncp-cang,cp-cang-nam,0.4", "0.7,SX\ncp-cang,cp-cang-nam,0.3"),
    "a holiday": edited("kieng.yaml", "country: VN", "country: SG"),
    "the first period": edited("kieng.yaml", "measured_from: 2024-01-01", "measured_from: 2024-07-01"),
}


#: One of each file is tried each time, all of them in the heavy run.
FEW = ("a formula", "a weight", "a holiday")


@pytest.mark.parametrize(
    "what", [what if what in FEW else pytest.param(what, marks=pytest.mark.heavy) for what in TEXT]
)
def test_the_text_changes(root, what):
    Workspace(root).measure()
    TEXT[what](root)
    workspace = Workspace(root)
    workspace.measure()
    assert_up_to_date(workspace)


def test_a_changed_rule_reads_only_the_records_it_counts(root, monkeypatch):
    Workspace(root).measure()
    TEXT["a formula"](root)
    workspace, read = Workspace(root), []
    bases = type(workspace.engine).bases

    def noting(self, request, *arguments):
        read.append(request.record_type)
        return bases(self, request, *arguments)

    monkeypatch.setattr(type(workspace.engine), "bases", noting)
    workspace.measure()
    assert set(read) == {"permit"}


def test_words_heads_and_targets_change_no_figure(root, monkeypatch):
    Workspace(root).measure()
    edited(LICENSING, "Permit applications", "Applications for permits")(root)
    edited("agencies/heads.csv", "Minister,", "The Minister,")(root)
    workspace = Workspace(root)
    monkeypatch.setattr(type(workspace.engine), "bases", _forbidden)
    monkeypatch.setattr(type(workspace.engine), "roll", _forbidden)
    workspace.measure()
    assert workspace.stored.run().plan_fingerprint == workspace.definitions.fingerprint


@pytest.mark.parametrize("dies_at", [1, *(pytest.param(n, marks=pytest.mark.heavy) for n in (0, 2, 3))])
def test_measuring_that_was_cut_off_goes_on_where_it_was(root, monkeypatch, dies_at):
    workspace, chance = Workspace(root), random.Random(dies_at)
    workspace.measure()
    for record_type in ("inspection", "permit"):
        correct(workspace, record_type, chance, 30)
    left = [dies_at]

    def dying(method: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            method(*arguments)

        return call

    with monkeypatch.context() as patch:
        for name in ("keep", "renew_tables"):
            patch.setattr(type(workspace.stored), name, dying(getattr(type(workspace.stored), name)))
        with pytest.raises(KeyboardInterrupt):
            workspace.measure(full=dies_at > 0)
    again = Workspace(root)
    again.measure()
    assert_up_to_date(again)
