"""A cartogram: every agency one hexagon of equal size, neighbours near neighbours.

Small communes are as visible as large ones, and no boundary file is needed, only a coordinate for each.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: A hexagon standing on its point: width √3, rows 1.5 apart, in units of its side.
WIDTH, ROW = math.sqrt(3.0), 1.5
#: How much of the grid within the agencies' outline is left free, so that gulfs and mountains show.
_ROOM = 1.25
_ROUNDS = 30

Cell = tuple[int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Hexagon:
    """Its centre, in units of a hexagon's side; y grows downwards."""

    x: float
    y: float

    @property
    def corners(self) -> tuple[Point, ...]:
        half = WIDTH / 2
        around = ((0, -1), (half, -0.5), (half, 0.5), (0, 1), (-half, 0.5), (-half, -0.5))
        return tuple((self.x + dx, self.y + dy) for dx, dy in around)


def layout(places: Mapping[str, Point]) -> dict[str, Hexagon]:
    """A hexagon for each of ``places``: (latitude, longitude) in degrees by agency.

    Each is put into the free cell nearest to where it lies, those in the middle first; then neighbours
    change places as long as that brings them nearer. The same places always give the same layout.
    """
    if not places:
        return {}
    wanted = _scaled(places)
    cells = _first(wanted)
    _improve(cells, wanted)
    return {agency: Hexagon(*_centre(cell)) for agency, cell in cells.items()}


def _scaled(places: Mapping[str, Point]) -> dict[str, Point]:
    """Where each lies on a plane on which a hexagon has room for one agency on average."""
    middle = sum(latitude for latitude, _ in places.values()) / len(places)
    shrink = math.cos(math.radians(middle))
    flat = {agency: (lon * shrink, -lat) for agency, (lat, lon) in places.items()}
    area = _outline_area(list(flat.values()))
    cell_area = WIDTH * ROW
    scale = math.sqrt(len(places) * cell_area * _ROOM / area) if area > 0 else 1.0
    x0 = sum(x for x, _ in flat.values()) / len(flat)
    y0 = sum(y for _, y in flat.values()) / len(flat)
    return {agency: ((x - x0) * scale, (y - y0) * scale) for agency, (x, y) in flat.items()}


def _outline_area(points: list[Point]) -> float:
    """The area of the convex outline of points (Andrew's monotone chain, then the shoelace formula)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return 0.0
    outline = _half(ordered)[:-1] + _half(ordered[::-1])[:-1]
    pairs = zip(outline, outline[1:] + outline[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _half(points: list[Point]) -> list[Point]:
    half: list[Point] = []
    for point in points:
        while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
            half.pop()
        half.append(point)
    return half


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _first(wanted: Mapping[str, Point]) -> dict[str, Cell]:
    """The nearest free cell for each, from the middle outwards."""
    cells: dict[str, Cell] = {}
    taken: set[Cell] = set()
    for agency in sorted(wanted, key=lambda one: (math.hypot(*wanted[one]), one)):
        cell = _nearest_free(wanted[agency], taken)
        taken.add(cell)
        cells[agency] = cell
    return cells


def _nearest_free(point: Point, taken: set[Cell]) -> Cell:
    start = _cell_at(point)
    for radius in range(len(taken) + 2):
        free = [cell for cell in _ring(start, radius) if cell not in taken]
        if free:
            # A cell of the next ring may lie nearer than a corner of this one.
            free += [cell for cell in _ring(start, radius + 1) if cell not in taken]
            return min(free, key=lambda cell: (_distance(cell, point), cell))
    raise AssertionError("a ring of cells beyond all that are taken is free")


def _cell_at(point: Point) -> Cell:
    row = round(point[1] / ROW)
    return round(point[0] / WIDTH - (0.5 if row % 2 else 0.0)), row


def _centre(cell: Cell) -> Point:
    column, row = cell
    return (column + (0.5 if row % 2 else 0.0)) * WIDTH, row * ROW


def _ring(start: Cell, radius: int) -> Iterator[Cell]:
    """The cells whose rows or columns are ``radius`` away: a square ring, enough to look around."""
    column, row = start
    if radius == 0:
        yield start
        return
    for across in range(-radius, radius + 1):
        yield column + across, row - radius
        yield column + across, row + radius
    for down in range(-radius + 1, radius):
        yield column - radius, row + down
        yield column + radius, row + down


def _distance(cell: Cell, point: Point) -> float:
    x, y = _centre(cell)
    return (x - point[0]) ** 2 + (y - point[1]) ** 2


def _improve(cells: dict[str, Cell], wanted: Mapping[str, Point]) -> None:
    """Let agencies change places, or move to a free cell, while that brings them nearer in sum."""
    at = {cell: agency for agency, cell in cells.items()}
    for _ in range(_ROUNDS):
        moved = False
        for agency in sorted(cells):
            here = cells[agency]
            for there in (*_ring(here, 1), *_ring(here, 2)):
                if _gain(agency, here, there, at, wanted) > 1e-9:
                    _swap(agency, here, there, at, cells)
                    moved, here = True, there
        if not moved:
            return


def _gain(agency: str, here: Cell, there: Cell, at: Mapping[Cell, str], wanted: Mapping[str, Point]) -> float:
    gain = _distance(here, wanted[agency]) - _distance(there, wanted[agency])
    other = at.get(there)
    if other is not None:
        gain += _distance(there, wanted[other]) - _distance(here, wanted[other])
    return gain


def _swap(agency: str, here: Cell, there: Cell, at: dict[Cell, str], cells: dict[str, Cell]) -> None:
    other = at.pop(there, None)
    at[there], cells[agency] = agency, there
    if other is None:
        del at[here]
    else:
        at[here], cells[other] = other, here
