"""A standing that would tell a hidden figure is told on no page: in no word, no tally and no list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from kieng.judgement.attention import Call
from kieng.judgement.board import BoardRow, board
from kieng.judgement.standing import Standing
from kieng.web import door, middleware
from kieng.web.public import reads
from kieng.web.public.reads import plan_at_a_glance, target_row
from kieng.web.public.shown import line_shown, shown

pytestmark = pytest.mark.django_db


def withheld_rows() -> Iterator[BoardRow]:
    """Of every target put to several the one line that misses it with a hidden figure, alone."""
    state = door.state()
    for row in board(state.definitions, state.lookup, state.today):
        for line in row.lines:
            if line.judgement.standing.is_lost and line_shown(line, partial(shown, state)).hidden:
                yield row.of(line.agency)
                break


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BoardRow]]:
    """The plan as if each of these targets were put to that one agency alone."""
    rows = list(withheld_rows())
    door.forget()
    monkeypatch.setattr(middleware, "_kept", middleware._Kept(1_000_000))  # of this state others have pages
    monkeypatch.setattr(reads, "board", lambda *_: rows)
    yield rows
    door.forget()


def test_the_plan_does_not_tell_it(hidden: list[BoardRow]) -> None:
    assert hidden
    plan = plan_at_a_glance(door.state())
    assert (plan.lost, plan.first) == ((), ())
    assert (plan.told.tally, plan.told.withheld, plan.told.worst) == ((), len(hidden), None)
    for pillar in plan.pillars:
        assert "không công bố" in pillar.summary.vi
        assert "0 trong 0" not in pillar.summary.vi
    content = re.sub(r"<[^>]+>", " ", Client().get("/").content.decode().split("<h2>")[0])
    assert "Không đạt" not in content.split("Mức đạt nghĩa là")[0]


def test_one_of_many_is_counted_apart() -> None:
    """Nor can it be told by what is lacking in the tally."""
    state = door.state()
    for row in board(state.definitions, state.lookup, state.today):
        found = target_row(state, row)
        hidden = [one for one in row.lines if line_shown(one, partial(shown, state)).hidden]
        assert found.told.withheld == len(hidden)
        assert sum(count for _, count in found.told.tally) == len(row.lines) - len(hidden)
        if hidden and found.told.worst is not None:  # a hidden line could stand no worse
            assert found.told.worst in (Standing.MISSED, Standing.LATE)
        if len(hidden) == len(row.lines) > 0:
            assert found.urgency.call is Call.NOTHING


def test_the_page_of_an_agency_counts_it_apart() -> None:
    row = next(withheld_rows())
    page = Client().get(f"/co-quan/{row.lines[0].agency}/").content.decode()
    tally = page.split('<ul class="tally big">')[1].split("</ul>")[0]
    assert "không công bố" in tally
