"""Benchmark 2, boring-semantic-layer: a model over the newest versions in the ledger's files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
from boring_semantic_layer import to_semantic_table
from indicators import CONDITIONS, INDICATORS, Counted, Counts, Job, contest

#: A measure of ours is made of a column's name: the conditions are columns of the model's table.
_COLUMNS = [f"c{n}" for n in range(len(CONDITIONS))]


def model(job: Job) -> Any:
    conditions = [
        f"({condition or 'true'}) AS {name}" for name, condition in zip(_COLUMNS, CONDITIONS, strict=True)
    ]
    connection = ibis.duckdb.connect()
    connection.raw_sql(
        "CREATE VIEW cases AS SELECT agency, date_trunc('month', received_at) AS month,"
        f" {', '.join(conditions)} FROM ({job.live})"
    )
    measures = {f"n{n}": _counting(name) for n, name in enumerate(_COLUMNS)}
    ratios = {one.name: _ratio(one) for one in INDICATORS}
    return (
        to_semantic_table(connection.table("cases"), name="cases")
        .with_dimensions(agency=lambda t: t.agency, month=lambda t: t.month)
        .with_measures(**measures, **ratios)
    )


def _counting(column: str) -> Callable[[Any], Any]:
    return lambda t: t.count(where=t[column])


def _ratio(one: Counted) -> Callable[[Any], Any]:
    numbers = [CONDITIONS.index(condition) for condition in one.conditions]
    if not one.is_ratio:
        return lambda t: t[f"n{numbers[0]}"]
    return lambda t: t[f"n{numbers[0]}"] / t[f"n{numbers[1]}"]


def main() -> None:
    job = Job.asked()
    by_place = model(job).group_by("agency", "month")

    def measure(request: list[Counted]) -> object:
        return by_place.aggregate(*(one.name for one in request)).execute()

    def count() -> Counts:
        names = [f"n{n}" for n in range(len(CONDITIONS))]
        found = by_place.aggregate(*names).execute()
        return found[["agency", "month", *names]].itertuples(index=False, name=None)

    contest(job, measure, count)


if __name__ == "__main__":
    main()
