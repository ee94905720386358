"""MetricFlow, in process, on a DuckDB file of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from contest import Answer, Question, asked_folder, contest
from metricflow_project import ask as ask_engine
from metricflow_project import make_project, open_engine

PARQUET = "synthetic-figures.parquet"
_SEMANTICS = (Path(__file__).parent / "metricflow" / "figures.yml").read_text()


def main() -> None:
    folder = asked_folder() / "metricflow"
    table = f"CREATE OR REPLACE TABLE figures AS FROM '{asked_folder() / PARQUET}'"
    make_project(folder, folder / "synthetic.duckdb", table, _SEMANTICS)
    engine = open_engine(folder)

    def ask(question: Question) -> Answer:
        first = datetime.fromisoformat(question.first_day)
        last = datetime.fromisoformat(question.last_month_day)
        of_element = f"{{{{ Dimension('figure__element') }}}} = '{question.element}'"
        by = ["figure__district", "metric_time__month"]
        table = ask_engine(engine, ["ratio"], by, [of_element], first, last)
        names = list(table.column_names)
        order = [names.index(name) for name in [*by, "ratio"]]
        return [tuple(row[n] for n in order) for row in table.rows]

    contest(ask)


if __name__ == "__main__":
    main()
