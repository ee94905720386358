"""What a reader asks a public page for, read from the address and written back into links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest

from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.period import Period
from kieng.web.door import State

TODAY = "today"
#: Of an earlier day no clock here can tell the hour, and ``1/2/24`` is meant for 2024.
_FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Asked:
    """``map_`` is ``as-was`` or ``today``; ``as_of`` a day before the state's own; None: what is usual."""

    agency: str | None = None
    period: Period | None = None
    map_: str = str(AS_WAS)
    as_of: date | None = None

    def reading(self, state: State) -> Reading:
        return AS_WAS if self.map_ == str(AS_WAS) else state.today_map

    def but(self, **changes: object) -> Asked:
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def query(self) -> str:
        """``?agency=…&period=…``: what differs from the usual, so that one page has one address."""
        told = {
            "agency": self.agency,
            "period": self.period and str(self.period),
            "map": None if self.map_ == str(AS_WAS) else self.map_,
            "as_of": self.as_of and self.as_of.isoformat(),
        }
        found = urlencode({key: value for key, value in told.items() if value})
        return f"?{found}" if found else ""


def asked_of(request: HttpRequest, state: State) -> Asked:
    """What the address asks for. Raises BadRequest for what cannot be read, Http404 for an unknown agency."""
    agency = request.GET.get("agency") or None
    if agency is not None and agency not in state.definitions.tree.agencies:
        raise Http404
    map_ = request.GET.get("map") or str(AS_WAS)
    if map_ not in (str(AS_WAS), TODAY):
        raise BadRequest("map")
    return Asked(agency, _period(request), map_, _as_of(request, state))


def _period(request: HttpRequest) -> Period | None:
    text = request.GET.get("period")
    try:
        return Period.parse(text) if text else None
    except ValueError:
        raise BadRequest("period") from None


def _as_of(request: HttpRequest, state: State) -> date | None:
    day = day_of(request, "as_of")
    if day is not None and day > state.today:
        raise BadRequest("as_of")
    return None if day == state.today else day


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day in the address: ``2025-07-01``, or as people here write it, ``1/7/2025``."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        found = _day_in(text)
    except (ValueError, OverflowError):
        raise BadRequest(name) from None
    if found < _FIRST_DAY:
        raise BadRequest(name)
    return found


def _day_in(text: str) -> date:
    if "/" in text:
        day, month, year = (int(part) for part in text.split("/"))
        return date(year, month, day)
    return date.fromisoformat(text)
