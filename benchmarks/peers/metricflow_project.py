"""A dbt project for MetricFlow, written where a benchmark wants it: tables there are, models only name them.

Runs in MetricFlow's Python. dbt parses the project (once, untimed), MetricFlow answers in process.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

_PROJECT = """
name: benchmark
version: "1.0.0"
config-version: 2
profile: benchmark
"""
_PROFILE = """
benchmark:
  target: here
  outputs:
    here: {{type: duckdb, path: "{database}", threads: {threads}}}
"""
_SPINE = """
models:
  - name: time_spine
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
"""


def make_project(folder: Path, database: Path, tables: str, semantics: str) -> None:
    """``tables`` is SQL that makes the table ``figures``, ``semantics`` the YAML of models and metrics."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").write_text(_PROJECT)
    (folder / "profiles.yml").write_text(_PROFILE.format(database=database, threads=os.cpu_count()))
    (folder / "models" / "time_spine.sql").write_text("SELECT 1")
    (folder / "models" / "figures.sql").write_text("SELECT 1")
    (folder / "models" / "spine.yml").write_text(_SPINE)
    (folder / "models" / "semantics.yml").write_text(semantics)
    with duckdb.connect(str(database)) as connection:
        days = "range(DATE '2020-01-01', DATE '2027-01-01', INTERVAL 1 DAY)"
        connection.execute(
            f"CREATE OR REPLACE TABLE time_spine AS SELECT range::DATE AS date_day FROM {days}"
        )
        connection.execute(tables)


def open_engine(folder: Path) -> Any:
    """MetricFlow's engine for the project in ``folder``."""
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.chdir(folder)
    with contextlib.redirect_stdout(sys.stderr):
        from dbt.cli.main import dbtRunner
        from dbt_metricflow.cli.cli_configuration import CLIConfiguration

        parsed = dbtRunner().invoke(["parse", "--project-dir", str(folder), "--profiles-dir", str(folder)])
        if not parsed.success:
            raise RuntimeError(f"dbt does not parse the project: {parsed.exception}")
        configuration = CLIConfiguration()
        configuration.setup(folder, folder, configure_file_logging=False)
        return configuration.mf


def ask(
    engine: Any,
    metrics: Sequence[str],
    by: Sequence[str],
    where: Sequence[str] = (),
    first: datetime | None = None,
    last: datetime | None = None,
) -> Any:
    """The table of one request, as MetricFlow gives it: ``column_names`` and ``rows``."""
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    request = MetricFlowQueryRequest.create_with_random_request_id(
        metric_names=list(metrics),
        group_by_names=list(by),
        where_constraints=list(where) or None,
        time_constraint_start=first,
        time_constraint_end=last,
    )
    return engine.query(request).result_df
