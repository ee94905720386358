"""The map: hexagons laid out fairly, polygons when the workspace brings them, a table that says the same."""

from __future__ import annotations

import json
import math
import random
from decimal import Decimal

import pytest
from django.test import Client

from kieng.web import door
from kieng.web.maps import boundaries, reads
from kieng.web.maps.hexagons import WIDTH, layout

pytestmark = pytest.mark.django_db


def places(count: int, seed: int = 1) -> dict[str, tuple[float, float]]:
    chance = random.Random(seed)
    return {f"a{n}": (13 + chance.random(), 108 + chance.random()) for n in range(count)}


def test_every_agency_has_a_cell_of_its_own_and_the_layout_is_always_the_same():
    where = places(160)
    cells = layout(where)
    assert cells == layout(dict(reversed(where.items())))
    centres = {(round(cell.x, 6), round(cell.y, 6)) for cell in cells.values()}
    assert len(centres) == 160
    nearest = min(math.dist(a, b) for a in centres for b in centres if a != b)
    assert nearest == pytest.approx(WIDTH, abs=1e-5)


def test_neighbours_stay_near_neighbours():
    where = places(160)
    cells = layout(where)

    def far(one: str, other: str) -> float:
        return math.hypot(cells[one].x - cells[other].x, cells[one].y - cells[other].y)

    pairs = [
        (one, min((o for o in where if o != one), key=lambda o: math.dist(where[one], where[o])))
        for one in where
    ]
    assert sum(far(*pair) < 2.1 * WIDTH for pair in pairs) > 0.85 * len(pairs)


def test_one_place_and_none():
    assert layout({}) == {}
    assert len(layout({"a": (13.0, 109.0)})) == 1
    assert len(layout({"a": (13.0, 109.0), "b": (13.0, 109.0)})) == 2


def test_polygons_are_read_by_code_or_agency(tmp_path):
    square = [[108.0, 13.0], [109.0, 13.0], [109.0, 14.0], [108.0, 13.0]]
    told = {
        "type": "FeatureCollection",
        "features": [
            {"properties": {"code": "21583"}, "geometry": {"type": "Polygon", "coordinates": [square]}},
            {
                "properties": {"agency": "a"},
                "geometry": {"type": "MultiPolygon", "coordinates": [[square], [square]]},
            },
        ],
    }
    (tmp_path / boundaries.FILE).write_text(json.dumps(told))
    shapes = boundaries.read_boundaries(tmp_path)
    assert {name: len(shape.rings) for name, shape in shapes.items()} == {"21583": 1, "a": 2}
    drawn, height = boundaries.on_plane(shapes, 100)
    assert height == pytest.approx(100 / math.cos(math.radians(13.5)))
    assert drawn["a"][0][2][1] == 0


def test_a_file_that_is_no_map_says_so(tmp_path):
    (tmp_path / boundaries.FILE).write_text("{}")
    with pytest.raises(ValueError, match="GeoJSON"):
        boundaries.read_boundaries(tmp_path)


def test_shades_hold_every_figure_once():
    state = door.state()
    level = next(iter(reads.levels_with_map(state)))
    indicator = state.definitions.indicators["cases-online"]
    period = reads.newest_period(state, indicator, level)
    assert period is not None
    drawn = reads.map_of(state, indicator, level, period, state.today_map)
    assert sum(step.count for step in drawn.steps) == sum(area.figure.has_figure for area in drawn.rows)
    for area in drawn.rows:
        if area.figure.has_figure:
            value = area.figure.measurement.value
            assert [s.shade for s in drawn.steps if s.low <= value <= s.high] == [area.shade]
        else:
            assert area.shade == 0


def test_equal_figures_have_one_shade():
    state = door.state()
    indicator = state.definitions.indicators["cases-online"]
    steps = reads._steps([Decimal(100)] * 9 + [Decimal(1)], indicator)
    assert [(s.low, s.count) for s in steps] == [(1, 1), (100, 9)]


@pytest.mark.parametrize("query", ["", "?map=today", "?period=2025-05", "?level=district&period=2025-03"])
def test_the_page_says_in_a_table_what_it_shows(query):
    page = Client().get(f"/ban-do/{query}")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("<path ") > 10
    assert text.count('<th scope="row">') >= text.count("<path ")


@pytest.mark.parametrize("query", ["?map=mars", "?period=x", "?level=ward"])
def test_what_cannot_be_read_is_refused(query):
    assert Client().get(f"/ban-do/{query}").status_code == 400


def test_an_unknown_indicator_is_not_there():
    assert Client().get("/ban-do/?indicator=none").status_code == 404
