"""Polygons that a workspace brings in ``boundaries.geojson``, drawn on a plane."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "boundaries.geojson"
#: The property of a feature that names the agency: its id or its official code.
_NAMES = ("agency", "code")

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Shape:
    """Rings in degrees: (longitude, latitude). Holes are told by the even-odd rule."""

    rings: tuple[Ring, ...]


def read_boundaries(root: Path) -> dict[str, Shape]:
    """Shapes by an agency's id or official code (RFC 7946); empty when the workspace brings none.

    ValueError when the file is no GeoJSON of polygons.
    """
    path = root / FILE
    if not path.is_file():
        return {}
    told = json.loads(path.read_text("utf-8"))
    try:
        return dict(_shapes(told["features"]))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{path}: no GeoJSON FeatureCollection of polygons") from error


def _shapes(features: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Shape]]:
    for feature in features:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        rings = tuple(
            tuple((float(point[0]), float(point[1])) for point in ring)
            for polygon in polygons
            for ring in polygon
        )
        names = feature["properties"]
        yield str(next(names[name] for name in _NAMES if name in names)), Shape(rings)


def on_plane(shapes: Mapping[str, Shape], width: float) -> tuple[dict[str, tuple[Ring, ...]], float]:
    """The rings on a plane ``width`` wide, y downwards, and the plane's height (equirectangular, which for
    one province is true to a fraction of a per cent)."""
    points = [point for shape in shapes.values() for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = width / ((east - west) * shrink or 1.0)
    drawn = {
        agency: tuple(
            tuple(((x - west) * shrink * scale, (north - y) * scale) for x, y in ring) for ring in shape.rings
        )
        for agency, shape in shapes.items()
    }
    return drawn, (north - south) * scale
