"""Maps of agencies: polygons that a workspace brings, else one hexagon for each agency."""
