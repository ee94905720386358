"""The ledger between the records and the engines: random deliveries, sent in order, again, and in another
order, give the same cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.formulas import called, conditions, numbers
from tests.generative.requests import Case, cases, rules
from tests.helpers import postgres
from tests.helpers.cells import ENGINES, rows_of
from tests.helpers.ledger import newest, open_ledger

from kieng.plan.formula.nodes import Aggregate, AggregateKind
from kieng.records.batch import Delivery, Origin, intake_schema
from kieng.records.ledger import Ledger

ENGINE = ENGINES["duckdb"]
FEWER = settings().max_examples // 3  # each example writes files and waits for the disk
FEWEST = settings().max_examples // 6  # each makes databases

sums = st.one_of(
    st.builds(Aggregate, st.just(AggregateKind.COUNT), st.none(), conditions),
    st.builds(Aggregate, st.just(AggregateKind.SUM), numbers, conditions),
)
sums_only = called("sums_only", rules(sums))
small = st.sampled_from([0, 50_000])  # every delivery in segments, or all in the tail


@given(case=cases(), small=small)
@settings(max_examples=FEWER)
def test_sending_again_changes_nothing(case: Case, small: int) -> None:
    sending_again_changes_nothing(case, small)


@given(case=cases(), small=small)
@settings(max_examples=FEWEST)
def test_sending_again_to_a_server_changes_nothing(case: Case, small: int) -> None:
    with on_a_server():
        sending_again_changes_nothing(case, small)


def sending_again_changes_nothing(case: Case, small: int) -> None:
    with TemporaryDirectory() as folder:
        ledger = open_ledger(Path(folder), small=small)
        sent = deliveries(case)
        send(ledger, sent)
        before = cells(case, ledger)
        send(ledger, sent)
        known = newest(ledger.records(case.kind))
        send(ledger, [replace(d, key=f"again-{d.key}") for d in _grouped(case, known.values())])
        assert cells(case, ledger) == before


@given(case=cases(sums_only), small=small, random=st.randoms(use_true_random=False))
@settings(max_examples=FEWER)
def test_the_order_of_deliveries_does_not_matter(case: Case, small: int, random: Any) -> None:
    the_order_of_deliveries_does_not_matter(case, small, random)


@given(case=cases(sums_only), small=small, random=st.randoms(use_true_random=False))
@settings(max_examples=FEWEST)
def test_the_order_of_deliveries_to_a_server_does_not_matter(case: Case, small: int, random: Any) -> None:
    with on_a_server():
        the_order_of_deliveries_does_not_matter(case, small, random)


def the_order_of_deliveries_does_not_matter(case: Case, small: int, random: Any) -> None:
    """Of deliveries that do not hold the same record: which version is newer is a question of order."""
    case = replace(case, versions=tuple({v["_key"]: v for v in case.versions}.values()))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        in_order, shuffled = (open_ledger(Path(folder), small=small) for folder in (one, other))
        sent = deliveries(case)
        send(in_order, sent)
        random.shuffle(sent)
        send(shuffled, sent)
        assert without_absence(cells(case, shuffled)) == without_absence(cells(case, in_order))


@contextmanager
def on_a_server() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(postgres.SERVER, postgres.server())
        yield


def deliveries(case: Case) -> list[Delivery]:
    """The case's versions as deliveries; without a date that never changes nothing can be delivered."""
    return _grouped(case, (version for version in case.versions if version["happened"] is not None))


def _grouped(case: Case, versions: Iterable[dict[str, Any]]) -> list[Delivery]:
    groups: dict[tuple[int, int], dict[str, dict[str, Any]]] = {}
    for version in versions:
        groups.setdefault((version["_batch"], version["_origin"]), {})[version["_key"]] = version
    return [
        Delivery(
            record_type=case.kind,
            rows=_rows(case, groups[group].values()),
            source="test",
            key=f"{group}",
            origin=next(origin for origin in Origin if origin.bit == group[1]),
            by="test",
            mapping="plain",
            mapping_hash="0" * 64,
        )
        for group in sorted(groups)
    ]


def _rows(case: Case, versions: Iterable[dict[str, Any]]) -> pa.Table:
    schema = intake_schema(case.kind)
    return pa.Table.from_pylist([{name: v[name] for name in schema.names} for v in versions], schema=schema)


def send(ledger: Ledger, sent: Iterable[Delivery]) -> None:
    for delivery in sent:
        ledger.append(delivery)


def cells(case: Case, ledger: Ledger) -> list[dict[str, Any]]:
    """What is measured from all that the ledger knows."""
    records = ledger.records(case.kind)
    request = replace(case.request, as_of=records.as_of + timedelta(days=1))
    return rows_of(ENGINE.cells(request, replace(records, as_of=request.as_of)))


def without_absence(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest record's absence depends, between records of one day, on which was recorded last."""
    return [{**row, "absence": None} for row in rows]
