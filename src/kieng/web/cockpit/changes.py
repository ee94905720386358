"""What changed of an agency since somebody last looked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kieng.judgement.phrases import both, figure
from kieng.judgement.standing import Standing
from kieng.plan.period import Period
from kieng.web.cockpit.reads import board_of, newest, watched
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class Change:
    """``weight``: 0 a standing, 1 a corrected figure, 2 a figure of a new period."""

    weight: int
    indicator: str
    name: Name
    said: Name


def seen_now(state: State, agency: str) -> dict[str, Any]:
    """The newest figure of each indicator and the standing of each target, as they can be kept."""
    return state.once(("cockpit-seen", agency), lambda: _seen(state, agency))


def _seen(state: State, agency: str) -> dict[str, Any]:
    figures = {}
    for indicator in watched(state, agency):
        found = newest(state, indicator.id, agency)
        if found is not None and found.value is not None:
            figures[indicator.id] = [str(found.period), str(found.value)]
    standings = {row.target.id: row.standing.value for row in board_of(state, agency).rows}
    return {"figures": figures, "standings": standings}


def changes(state: State, agency: str, before: dict[str, Any]) -> list[Change]:
    """Standings that changed, figures that were corrected, then figures of new periods."""
    found = _standings(state, agency, before.get("standings", {}))
    found += _figures(state, agency, before.get("figures", {}))
    return sorted(found, key=lambda change: change.weight)


def _standings(state: State, agency: str, before: dict[str, str]) -> list[Change]:
    found = []
    for row in board_of(state, agency).rows:
        was = before.get(row.target.id)
        if was is not None and was in list(Standing) and was != row.standing:
            vi, en = "{asks}: từ “{was}” thành “{now}”", "{asks}: from “{was}” to “{now}”"
            said = both(vi, en, asks=row.asks, was=Standing(was).words, now=row.standing.words)
            found.append(Change(0, row.indicator.id, row.indicator.name, said))
    return found


def _figures(state: State, agency: str, before: dict[str, list[str]]) -> list[Change]:
    now = seen_now(state, agency)["figures"]
    found = []
    for indicator in watched(state, agency):
        was, told = before.get(indicator.id), now.get(indicator.id)
        if told is None or was == told:
            continue
        value = figure(Decimal(told[1]), indicator)
        if was is None or was[0] != told[0]:
            said = both("kỳ {p}: {v}", "{p}: {v}", p=Period.parse(told[0]), v=value)
            found.append(Change(2, indicator.id, indicator.name, said))
        else:
            old = figure(Decimal(was[1]), indicator, Decimal(told[1]))
            vi, en = "kỳ {p} sửa từ {old} thành {v}", "{p} corrected from {old} to {v}"
            said = both(vi, en, p=Period.parse(told[0]), old=old, v=value)
            found.append(Change(1, indicator.id, indicator.name, said))
    return found
