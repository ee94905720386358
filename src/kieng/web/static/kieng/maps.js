// Zooming and panning of the picture that the server has drawn; without this script it is simply a picture.
"use strict";
(function () {
  const svg = document.getElementById("ban-do-hinh");
  if (!svg || !window.L) { return; }
  const box = svg.viewBox.baseVal;
  const holder = document.createElement("div");
  holder.style.aspectRatio = `${box.width} / ${box.height}`;
  svg.replaceWith(holder);
  const bounds = [[0, 0], [box.height, box.width]];
  const map = L.map(holder, {
    crs: L.CRS.Simple, attributionControl: false, minZoom: -3, zoomSnap: 0.25, scrollWheelZoom: false,
    maxBounds: [[-box.height / 2, -box.width / 2], [box.height * 1.5, box.width * 1.5]],
  });
  L.svgOverlay(svg, bounds, { interactive: true }).addTo(map);
  map.fitBounds(bounds);
  document.documentElement.dataset.ready = "map";
}());
