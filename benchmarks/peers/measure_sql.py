"""Benchmark 2, the floors: SQL by hand on the ledger's files, a query per indicator or one for all."""

from __future__ import annotations

import duckdb
from indicators import CONDITIONS, Counted, Counts, Job, contest


def query(job: Job, conditions: list[str]) -> str:
    counted = [f"count(*) FILTER ({condition})" if condition else "count(*)" for condition in conditions]
    return (
        f"SELECT agency, date_trunc('month', received_at) AS month, {', '.join(counted)}"
        f" FROM ({job.live}) GROUP BY ALL"
    )


def main() -> None:
    job = Job.asked()

    def measure(request: list[Counted]) -> object:
        conditions = list(dict.fromkeys(condition for one in request for condition in one.conditions))
        with duckdb.connect() as connection:
            return connection.execute(query(job, conditions)).fetchall()

    def count() -> Counts:
        with duckdb.connect() as connection:
            return connection.execute(query(job, CONDITIONS)).fetchall()

    contest(job, measure, count)


if __name__ == "__main__":
    main()
