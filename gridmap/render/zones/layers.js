/* What is drawn on a level, as Leaflet GeoJSON layers; one canvas holds them, in the order of drawing. */
(() => {
  const { market, levels, layers } = gridmap;
  const ink = market.theme.ink;
  gridmap.canvas = L.canvas({ padding: 0.3, tolerance: 3 });
  const own = { renderer: gridmap.canvas, smoothFactor: 0.4 };

  const fillOf = (code) => {
    const zone = Object.hasOwn(market.zones, code || "") ? market.zones[code] : null;
    return zone ? market.fills[zone.colour % market.fills.length] : null;
  };

  /* Fill by how a unit is covered: a pattern beside the colour, so that colour alone never tells. */
  const rising = [[-2, 10, 10, -2], [-2, 2, 2, -2], [6, 10, 10, 6]];
  const falling = [[-2, -2, 10, 10], [6, -2, 10, 2], [-2, 6, 2, 10]];
  const strokes = {
    rising, falling, cross: [...rising, ...falling], rows: [[0, 2, 8, 2], [0, 6, 8, 6]], columns: [[2, 0, 2, 8], [6, 0, 6, 8]],
  };
  const tiles = {};
  gridmap.tile = (cover) => {
    if (tiles[cover]) return tiles[cover];
    const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const paint = tile.getContext("2d");
    const { fill, ink: colour, pattern } = market.covers[cover];
    paint.fillStyle = fill;
    paint.fillRect(0, 0, 8, 8);
    paint.fillStyle = paint.strokeStyle = colour;
    paint.lineWidth = 1.4;
    for (const [x0, y0, x1, y1] of strokes[pattern] || []) { paint.beginPath(); paint.moveTo(x0, y0); paint.lineTo(x1, y1); paint.stroke(); }
    if (pattern === "dots") for (const at of [1, 5]) paint.fillRect(at, at, 2.4, 2.4);
    tiles[cover] = tile;
    return tile;
  };
  const brush = document.createElement("canvas").getContext("2d");
  const patterns = {};
  const coverFill = (cover) => (patterns[cover] = patterns[cover] || brush.createPattern(gridmap.tile(cover), "repeat"));

  const unitStyle = (feature) => {
    const unit = feature.properties;
    if (market.covers && gridmap.isZoned(unit)) {
      const gap = unit.cover && unit.cover !== "covered";
      return { weight: gap ? 1 : 0.8, opacity: 1, fillOpacity: 1, color: gap ? market.covers[unit.cover].ink : "#FFFFFF", fillColor: unit.cover ? coverFill(unit.cover) : "#FFFFFF" };
    }
    const line = { weight: 0.8, opacity: 1, fillOpacity: 1, color: "#FFFFFF" };
    if (!gridmap.isZoned(unit)) return { ...line, color: market.other.line, fillColor: unit.kind === "void" ? market.theme.ground : market.other.fill };
    const fill = fillOf(unit.zone) || (market.planned ? { stall: ink, vacant: market.theme.muted } : market.plain);
    if (unit.merchants) return { ...line, fillColor: fill.stall };
    return { ...line, color: fill.stall, weight: 1.2, fillColor: fill.vacant };
  };

  layers.floor = (index) => L.geoJSON(levels[index].floor, {
    ...own, interactive: false,
    style: { color: market.theme.floorLine, weight: 1.5, fillColor: market.theme.floor, fillOpacity: 1 },
  });

  layers.zones = (index) => L.geoJSON(levels[index].zones, {
    ...own,
    style: (feature) => ({ stroke: false, fillColor: market.covers ? market.theme.floor : fillOf(feature.properties.zone).floor, fillOpacity: 1 }),
    onEachFeature: (feature, layer) => layer.on("click", (event) => gridmap.showZone(feature.properties.zone, event.latlng)),
  });

  layers.stalls = (index) => L.geoJSON(levels[index].stalls, {
    ...own,
    style: unitStyle,
    pointToLayer: (feature, latlng) => L.circleMarker(latlng, { ...own, radius: 4 }),
    onEachFeature: (feature, layer) => layer.on("click", (event) => gridmap.showUnit(feature.properties, event.latlng)),
  });

  /* Zone borders again, above the units that they run along. */
  layers.borders = (index) => L.geoJSON(levels[index].zones, {
    ...own, interactive: false, borders: true,
    style: { fill: false, color: ink, weight: 1.4, opacity: 0.9, lineJoin: "round" },
  });

  layers.connectors = (index) => L.geoJSON(levels[index].connectors, {
    pointToLayer: (feature, latlng) => {
      const { kind, word, assumed } = feature.properties;
      const glyph = { stairs: "梯", escalator: "扶", lift: "电", bridge: "廊", door: "门" }[kind];
      const icon = L.divIcon({ className: "spot", iconSize: [24, 24], html: gridmap.el("i", { class: assumed ? "link assumed" : "link" }, glyph) });
      const name = word + (assumed ? "(推定)" : "");
      return L.marker(latlng, { icon, title: name, alt: name }).on("click", () => gridmap.showConnector(feature.properties, latlng));
    },
  });

  /* What follows the zoom: dots of point markets grow between what can be seen and what does not hide its neighbours;
     borders and connectors are lighter on a small map. */
  gridmap.fitSizes = (map, group) => {
    const metre = gridmap.pixelsPerMetre(map);
    const radius = Math.max(2, Math.min(10, metre * 1.1));
    map.getContainer().classList.toggle("far", metre < 3);
    group.eachLayer((part) => {
      if (part.options.borders) part.setStyle({ weight: metre < 3 ? 0.9 : 1.4 });
      else part.eachLayer((layer) => { if (layer instanceof L.CircleMarker && !(layer instanceof L.Circle)) layer.setRadius(radius); });
    });
  };

  gridmap.pixelsPerMetre = (map) => {
    const latitude = (map.getCenter().lat * Math.PI) / 180;
    return (256 * 2 ** map.getZoom()) / (40075016.686 * Math.cos(latitude));
  };
})();
