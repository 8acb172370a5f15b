/* Levels: one is shown at a time; everything of the others is off the map. */
gridmap.start = (map, groups) => {
  const { levels, market } = gridmap;
  const buttons = [...document.querySelectorAll(".levels button")];
  const ring = L.layerGroup();
  const labels = new gridmap.Labels();
  gridmap.map = map;
  gridmap.groups = groups;
  gridmap.labels = labels;

  /* Fit beside the level switch or below it, whichever shows more. */
  gridmap.fit = (bounds, most) => {
    const { offsetWidth, offsetHeight } = document.querySelector(".levels");
    const wide = map.getSize().x > 600;
    const right = wide ? 64 : 10;
    const room = (left, top) => map.getBoundsZoom(bounds, false, L.point(left + right, top + 14));
    const beside = [offsetWidth + (wide ? 28 : 16), 14];
    const below = [wide ? 64 : 10, offsetHeight + 24];
    map.fitBounds(bounds, {
      paddingTopLeft: room(...below) > room(...beside) ? below : beside, paddingBottomRight: [right, 14], maxZoom: most, animate: false,
    });
  };

  gridmap.showLevel = (index, { keepView = false } = {}) => {
    if (gridmap.shown) map.removeLayer(groups[gridmap.shown.index]);
    map.closePopup();
    gridmap.shown = levels[index];
    if (!keepView) gridmap.fit(L.geoJSON(levels[index].floor).getBounds());
    map.addLayer(groups[index]);
    gridmap.fitSizes(map, groups[index]);
    for (const button of buttons) {
      const pressed = Number(button.dataset.level) === index;
      button.setAttribute("aria-pressed", String(pressed));
      if (pressed) button.scrollIntoView({ block: "nearest" });
    }
    labels.level = levels[index];
    gridmap.choose(null);
    gridmap.listZones();
  };

  /* Ring the chosen zone in ink over white, and the chosen unit. */
  gridmap.choose = (code, stall) => {
    gridmap.chosen = code;
    gridmap.chosenUnit = stall || null;
    ring.clearLayers();
    const add = (feature, weight, color) => feature && ring.addLayer(L.geoJSON(feature, {
      renderer: gridmap.canvas, interactive: false, style: { fill: false, weight, color, lineJoin: "round" },
      pointToLayer: (one, at) => L.circleMarker(at, { renderer: gridmap.canvas, radius: 9, interactive: false }),
    }));
    const zone = gridmap.shown.zones.features.find(({ properties }) => properties.zone === code);
    const unit = stall && gridmap.shown.stalls.features.find(({ properties }) => properties.stall === stall);
    add(zone, 7, "#FFFFFF");
    add(zone, 3.6, market.theme.ink);
    add(unit, 5, "#FFFFFF");
    add(unit, 2.6, market.theme.ink);
    gridmap.markRow(code);
    labels.paint();
  };

  gridmap.goToZone = (code) => {
    const on = market.zones[code].levels;
    if (!on.length) return gridmap.showZone(code, map.getCenter());
    if (!on.some(([index]) => index === gridmap.shown.index)) gridmap.showLevel([...on].sort((a, b) => b[1] - a[1])[0][0]);
    const feature = gridmap.shown.zones.features.find(({ properties }) => properties.zone === code);
    if (!feature) return gridmap.showZone(code, map.getCenter());
    gridmap.fit(L.geoJSON(feature).getBounds().pad(0.2), 23);
    return gridmap.showZone(code, feature.properties.at);
  };

  const find = (code) => {
    for (const level of levels) {
      const feature = level.stalls.features.find(({ properties }) => properties.stall === code);
      if (feature) return { level, feature };
    }
    return null;
  };

  gridmap.goToUnit = (code) => {
    const { level, feature } = find(code);
    if (level !== gridmap.shown) gridmap.showLevel(level.index);
    gridmap.fit(L.geoJSON(feature).getBounds().pad(1.5), 22);
    gridmap.showUnit(feature.properties, L.geoJSON(feature).getBounds().getCenter());
  };

  /* Where a unit of the shown level stands on the screen, or null. */
  gridmap.locate = (code) => {
    const found = find(code);
    if (!found || found.level !== gridmap.shown) return null;
    const [lat, lon] = labels._measure(found.feature).at;
    const point = map.latLngToContainerPoint([lat, lon]);
    const frame = map.getContainer().getBoundingClientRect();
    return { x: point.x + frame.left, y: point.y + frame.top };
  };

  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 96, position: "bottomleft" }).addTo(map);
  map.on("zoomend", () => { if (gridmap.shown) gridmap.fitSizes(map, groups[gridmap.shown.index]); });
  map.on("popupclose", () => gridmap.choose(null));
  for (const button of buttons) button.addEventListener("click", () => gridmap.showLevel(Number(button.dataset.level)));
  document.querySelector(".levels").addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const next = step && buttons[buttons.indexOf(document.activeElement) + step];
    if (next) { next.focus(); event.preventDefault(); }
  });
  map.addLayer(labels).addLayer(ring);
  const ordinals = buttons.map((button) => Math.abs(Number(button.dataset.ordinal)));
  gridmap.showLevel(ordinals.indexOf(Math.min(...ordinals)));
  window.addEventListener("resize", () => map.invalidateSize());
};
window.gridmap = gridmap;
