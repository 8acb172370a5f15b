/* Zone numbers with their loads always, unit numbers when they can be read: one canvas above the map, repainted after
   every move, labels placed by importance, and left out rather than laid over another. */
gridmap.Labels = L.Layer.extend({
  READING_PX: 26,
  MARGIN: 0.15,

  initialize() { this.level = null; this.units = new Map(); },

  onAdd(map) {
    const pane = map.createPane("labels");
    pane.style.zIndex = 640;
    pane.style.pointerEvents = "none";
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated", pane);
    this.canvas.setAttribute("aria-hidden", "true");
    map.on("moveend resize", this.paint, this);
    map.on("zoomanim", this._follow, this);
  },

  _follow(event) {
    const scale = this._map.getZoomScale(event.zoom, this.zoom);
    const at = this._map._latLngToNewLayerPoint(this.corner, event.zoom, event.center);
    L.DomUtil.setTransform(this.canvas, at, scale);
  },

  paint() {
    if (!this._map || !this.level) return;
    const map = this._map;
    const size = map.getSize();
    const margin = size.multiplyBy(this.MARGIN).floor();
    this.origin = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
    this.corner = map.layerPointToLatLng(this.origin);
    this.zoom = map.getZoom();
    this.size = size.add(margin.multiplyBy(2));
    this.view = L.bounds(margin, margin.add(size));
    L.DomUtil.setPosition(this.canvas, this.origin);
    L.DomUtil.setTransform(this.canvas, this.origin, 1);
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.size.x * ratio;
    this.canvas.height = this.size.y * ratio;
    this.canvas.style.width = this.size.x + "px";
    this.canvas.style.height = this.size.y + "px";
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    this.pen.lineJoin = "round";
    this.taken = new Map();
    this.painted = { zones: [], units: [] };
    this._paintZones();
    this._paintUnits();
  },

  _at(lat, lon) { return this._map.latLngToLayerPoint([lat, lon]).subtract(this.origin); },

  _font(px, weight) { this.pen.font = `${weight} ${px}px ${gridmap.market.theme.font}`; },

  /* Boxes are kept in a grid of 64 px cells. */
  _take(box, test) {
    const cells = [];
    for (let i = Math.floor(box[0] / 64); i <= Math.floor(box[2] / 64); i++)
      for (let j = Math.floor(box[1] / 64); j <= Math.floor(box[3] / 64); j++) cells.push(i + ":" + j);
    if (cells.some((cell) => (this.taken.get(cell) || []).some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]))) return false;
    if (!test) for (const cell of cells) (this.taken.get(cell) || this.taken.set(cell, []).get(cell)).push(box);
    return true;
  },

  _paintZones() {
    const zones = gridmap.market.zones;
    const metre = gridmap.pixelsPerMetre(this._map);
    const rank = ({ zone }) => (zone === gridmap.chosen ? 2 : zones[zone].sign ? 1 : 0);
    const order = this.level.zones.features.map((feature) => feature.properties);
    order.sort((a, b) => rank(b) - rank(a) || b.room_m - a.room_m);
    for (const shape of order) {
      const zone = zones[shape.zone];
      const room = shape.room_m * metre;
      const at = this._clamped(this._at(...shape.at), room);
      if (at) this._paintZone(at, room, shape.zone, zone);
    }
  },

  /* A label whose place is outside the view is moved to the view's edge while it stays in the zone's inner circle. */
  _clamped(at, room) {
    const edge = 26;
    const { min, max } = this.view;
    const near = L.point(Math.max(min.x + edge, Math.min(max.x - edge, at.x)), Math.max(min.y + edge, Math.min(max.y - edge, at.y)));
    return near.distanceTo(at) <= Math.max(0, room - 20) ? near : at;
  },

  _paintZone(at, room, code, zone) {
    const load = zone.sign + gridmap.count(zone.merchants);
    this._font(12, 600);
    const tag = this.pen.measureText(load).width + 12;
    this._font(15, 700);
    const number = this.pen.measureText(code).width + 6;
    const width = Math.max(tag, number);
    const forms = [
      { full: true, w: width, h: 38, fits: room >= 19 },
      { full: false, w: number - 6 + (zone.sign ? 11 : 0), h: 15, fits: room >= 6 },
    ];
    for (const form of forms.filter((one) => one.fits)) {
      const slack = form.full ? Math.min(room, 60) : room;
      for (const [dx, dy] of [[0, 0], [0, -0.5], [0, 0.5], [-0.5, 0], [0.5, 0]]) {
        const x = at.x + dx * slack, y = at.y + dy * slack;
        if (!this._take([x - form.w / 2 - 2, y - form.h / 2 - 1, x + form.w / 2 + 2, y + form.h / 2 + 1])) continue;
        if (form.full) this._stacked(x, y, code, load, tag, zone); else this._short(x, y, code, form.w, zone);
        this.painted.zones.push(code);
        return;
      }
    }
  },

  _tagColours(zone) {
    const kind = gridmap.loadClass(zone);
    const fill = { over: gridmap.market.theme.danger, under: gridmap.market.load.farUnder, "": "#FFFFFF" }[kind];
    return { fill, line: kind ? fill : gridmap.market.theme.disabled, text: kind ? "#FFFFFF" : gridmap.market.theme.ink };
  },

  _tag(x, y, w, h, text, px, colours) {
    const pen = this.pen;
    pen.beginPath();
    pen.roundRect(x - w / 2, y - h / 2, w, h, 3);
    pen.fillStyle = colours.fill;
    pen.fill();
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    pen.stroke();
    this._font(px, 600);
    pen.fillStyle = colours.text;
    pen.fillText(text, x, y + 0.5);
  },

  _halo(x, y, text, colour = gridmap.market.theme.ink) {
    this.pen.strokeStyle = "rgba(255,255,255,.92)";
    this.pen.lineWidth = 4;
    this.pen.strokeText(text, x, y);
    this.pen.fillStyle = colour;
    this.pen.fillText(text, x, y);
  },

  _stacked(x, y, code, load, tag, zone) {
    this._font(15, 700);
    this._halo(x, y - 9, code);
    this._tag(x, y + 10, tag, 17, load, 12, this._tagColours(zone));
  },

  /* Where there is no room for the load: the number, and the sign of a load outside the band. */
  _short(x, y, code, w, zone) {
    const sign = zone.sign ? 11 : 0;
    this._font(13, 700);
    this._halo(x - sign / 2, y, code);
    if (!sign) return;
    this._font(11, 600);
    this._halo(x + w / 2 - sign / 2, y, zone.sign, this._tagColours(zone).fill);
  },

  /* Connectors stand above the canvas: no unit number under them. */
  _keepConnectorsClear() {
    if (gridmap.pixelsPerMetre(this._map) < 3) return;
    for (const { geometry } of this.level.connectors.features) {
      const at = this._at(geometry.coordinates[1], geometry.coordinates[0]);
      this._take([at.x - 13, at.y - 13, at.x + 13, at.y + 13]);
    }
  },

  _paintUnits() {
    this._keepConnectorsClear();
    const scale = 2 ** (this.zoom - 20);
    for (const unit of this._unitsOf(this.level)) {
      const width = unit.dot ? 0 : unit.width * scale;
      if (unit.dot ? 2.2 * gridmap.pixelsPerMetre(this._map) < this.READING_PX / 2 : width < this.READING_PX) continue;
      const at = this._at(...unit.at);
      if (at.x < 0 || at.y < 0 || at.x > this.size.x || at.y > this.size.y) continue;
      this._paintUnit(unit, at, width, unit.height * scale);
    }
  },

  _paintUnit(unit, at, width, height) {
    const px = unit.dot ? 11 : Math.max(10.5, Math.min(14, width / 2.6));
    this._font(px, 500);
    const long = this.pen.measureText(unit.code).width;
    if (!unit.dot && (long > width - 2 || px > height)) return;
    const x = unit.dot ? at.x + 12 + long / 2 : at.x;
    if (!this._take([x - long / 2 - 1, at.y - px / 2, x + long / 2 + 1, at.y + px / 2])) return;
    this.pen.fillStyle = unit.dark ? "#FFFFFF" : unit.quiet ? gridmap.market.theme.muted : gridmap.market.theme.ink;
    this.pen.fillText(unit.code, x, at.y + 0.5);
    this.painted.units.push(unit.code);
    if (height >= 52) this._paintMerchant(unit, at, width);
  },

  /* In a unit with room to spare, who trades there, below its number. */
  _paintMerchant(unit, at, width) {
    this._font(12, 400);
    const half = this.pen.measureText(unit.merchant).width / 2;
    const y = at.y + 17;
    if (!half || 2 * half > width - 6 || !this._take([at.x - half, y - 7, at.x + half, y + 7])) return;
    this.pen.fillText(unit.merchant, at.x, y);
  },

  /* Place and size of each unit's number, in pixels at zoom 20; computed once a level, when first read. */
  _unitsOf(level) {
    if (!this.units.has(level)) this.units.set(level, level.stalls.features.map((feature) => this._measure(feature)));
    return this.units.get(level);
  },

  _measure({ properties, geometry }) {
    const unit = {
      code: properties.stall, merchant: (properties.merchant_names || []).join("、"), quiet: !gridmap.isZoned(properties),
      dark: gridmap.market.planned && gridmap.isZoned(properties) && !properties.zone,
    };
    if (geometry.type === "Point") return { ...unit, dot: true, at: [geometry.coordinates[1], geometry.coordinates[0]], width: 0, height: 0 };
    const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
    const ring = rings.map((one) => one.map(([lon, lat]) => this._map.project([lat, lon], 20))).sort((a, b) => area(b) - area(a))[0];
    const box = L.bounds(ring).getSize();
    if (properties.at) {
      const across = 2 * properties.at[2] * (256 * 2 ** 20) / (40075016.686 * Math.cos((properties.at[0] * Math.PI) / 180));
      return { ...unit, at: properties.at.slice(0, 2), width: across * 1.2, height: across };
    }
    const middle = this._map.unproject(L.bounds(ring).getCenter(), 20);
    return { ...unit, at: [middle.lat, middle.lng], width: area(ring) / box.y, height: area(ring) / box.x };

    function area(points) {
      let twice = 0;
      for (let i = 0, j = points.length - 1; i < points.length; j = i++) twice += points[j].x * points[i].y - points[i].x * points[j].y;
      return Math.abs(twice) / 2;
    }
  },
});
