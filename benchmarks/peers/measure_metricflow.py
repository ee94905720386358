"""Benchmark 2, MetricFlow: a semantic model over the newest versions in the ledger's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indicators import CONDITIONS, INDICATORS, Counted, Counts, Job, contest
from metricflow_project import ask, make_project, open_engine

_BY = ["case__agency", "metric_time__month"]


def semantics() -> str:
    """Model and metrics, as JSON, which is YAML: a measure per condition, a metric per indicator."""
    measures = [
        {"name": f"n{n}", "agg": "sum", "expr": f"CASE WHEN {condition or 'true'} THEN 1 ELSE 0 END"}
        for n, condition in enumerate(CONDITIONS)
    ]
    month = {"name": "received_at", "type": "time", "type_params": {"time_granularity": "day"}}
    model = {
        "name": "cases",
        "model": "ref('figures')",
        "defaults": {"agg_time_dimension": "received_at"},
        "primary_entity": "case",
        "dimensions": [{"name": "agency", "type": "categorical"}, month],
        "measures": measures,
    }
    simple = [_metric(one["name"], "simple", measure=one["name"]) for one in measures]
    return json.dumps({"semantic_models": [model], "metrics": [*simple, *map(_metric_of, INDICATORS)]})


def _metric_of(one: Counted) -> dict[str, Any]:
    names = [f"n{CONDITIONS.index(condition)}" for condition in one.conditions]
    if not one.is_ratio:
        return _metric(one.name, "simple", measure=names[0])
    return _metric(one.name, "ratio", numerator=names[0], denominator=names[1])


def _metric(name: str, kind: str, **parameters: str) -> dict[str, Any]:
    return {"name": name, "label": name, "type": kind, "type_params": parameters}


def main() -> None:
    job = Job.asked()
    folder = Path(job.work) / f"metricflow-{job.view}"
    make_project(
        folder, folder / "cases.duckdb", f"CREATE OR REPLACE VIEW figures AS {job.live}", semantics()
    )
    engine = open_engine(folder)

    def measure(request: list[Counted]) -> object:
        return ask(engine, [one.name for one in request], _BY)

    def count() -> Counts:
        names = [f"n{n}" for n in range(len(CONDITIONS))]
        table = ask(engine, names, _BY)
        order = [list(table.column_names).index(name) for name in [*_BY, *names]]
        return [tuple(row[n] for n in order) for row in table.rows]

    contest(job, measure, count)


if __name__ == "__main__":
    main()
