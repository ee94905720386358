"""boring-semantic-layer, in process, on the DuckDB file."""

from __future__ import annotations

from datetime import date

import ibis
from boring_semantic_layer import to_semantic_table
from contest import Answer, Question, asked_folder, contest

DUCKDB = "synthetic-figures.duckdb"


def main() -> None:
    figures = ibis.duckdb.connect(asked_folder() / DUCKDB, read_only=True).table("figures")
    model = (
        to_semantic_table(figures, name="figures")
        .with_dimensions(district=lambda t: t.district, element=lambda t: t.element, month=lambda t: t.month)
        .with_measures(
            over=lambda t: t.numerator.sum(),
            under=lambda t: t.denominator.sum(),
            ratio=lambda t: t.over / t.under,
        )
    )

    def ask(question: Question) -> Answer:
        first, last = date.fromisoformat(question.first_day), date.fromisoformat(question.last_month_day)
        wanted = model.filter(
            lambda t: (t.element == question.element) & (t.month >= first) & (t.month <= last)
        )
        found = wanted.group_by("district", "month").aggregate("ratio").execute()
        return found[["district", "month", "ratio"]].itertuples(index=False, name=None)

    contest(ask)


if __name__ == "__main__":
    main()
