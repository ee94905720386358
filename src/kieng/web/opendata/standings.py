"""Every target with every agency that answers for it, as the public may see it: of all formats one source."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from kieng.judgement.board import Line
from kieng.web.door import State
from kieng.web.opendata.licence import is_synthetic
from kieng.web.opendata.published import standing_lines
from kieng.web.public.shown import shown
from kieng.workspace.json_format import Json, flat_row, json_text
from kieng.workspace.standing_json import FLAT_STANDING, standing_json

COLUMNS = (*FLAT_STANDING, "synthetic", "licence", "version")


def public_standing(state: State, line: Line) -> Json:
    """One line; of a hidden figure neither numbers nor the standing."""
    return standing_json(state.definitions, line, lambda one: shown(state, one).hidden)


def standings_csv(state: State) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for line in standing_lines(state):
        made_up = line.measurement is not None and is_synthetic(line.measurement)
        told = {
            "synthetic": str(made_up).lower(),
            "licence": state.definitions.licence.url,
            "version": state.version,
        }
        writer.writerow(flat_row(public_standing(state, line), FLAT_STANDING) | told)
    yield buffer.getvalue()


def standings_ndjson(state: State) -> Iterator[str]:
    for line in standing_lines(state):
        yield json_text(public_standing(state, line)) + "\n"
