"""Clock rules: when the time limit of a case ends, under which law's reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from kieng.plan.indicator import Source
from kieng.problems import Place
from kieng.words import Name


class Supplement(StrEnum):
    """What happens to the clock while the applicant completes the file.

    ``restart``: the whole limit runs anew once the file is complete (NĐ 61/2018 Art 19.4).
    ``subtract``: the time of waiting is taken out (QĐ 766/QĐ-TTg indicator 2.1).
    """

    RESTART = "restart"
    SUBTRACT = "subtract"


@dataclass(frozen=True)
class ClockRule:
    """A dated, named way of counting.

    ``day_cut_off``: a file received after it counts as received on the next working day's start
    (None: no cut-off). ``second_supplement_is_late``: asking twice makes the case overdue.
    ``pending_stops_at_request``: while waiting for a supplement the clock is read at the request.
    """

    id: str
    name: Name
    supplement: Supplement
    day_cut_off: time | None
    second_supplement_is_late: bool
    pending_stops_at_request: bool
    source: Source | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    place: Place = Place("")
