"use strict";
/* The page's own script. Text from the data reaches the page through textContent only, never as HTML. */
const gridmap = { data: JSON.parse(document.getElementById("data-hotspots").textContent) };

/* Darkness grows with the evidence, so that a grey print tells the same; what is not known has a pattern. */
gridmap.grades = [
  { grade: 3, fill: "#6B1009", word: "远高于预期,证据很强", share: 0.02 },
  { grade: 2, fill: "#BE3A22", word: "高于预期,证据强", share: 0.2 },
  { grade: 1, fill: "#EE9A72", word: "高于预期,有证据", share: 1 },
  { grade: 0, fill: "#E6EAED", word: "未见异常" },
  { grade: -1, pattern: "few", word: "走访次数不足,暂不判定" },
  { grade: -2, pattern: "unvisited", word: "未走访,情况不明" },
];

gridmap.el = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

gridmap.start = (map) => {
  const { data, el } = gridmap;
  const stalls = data.stalls.features;
  const buttons = [...document.querySelectorAll(".levels button")];
  const slider = document.getElementById("period");
  const density = document.getElementById("density");
  const shown = L.layerGroup().addTo(map);
  let level = 0;
  let period = data.periods[0];
  map.createPane("numbers").style.zIndex = 610;

  const look = (grade) => {
    const { fill, pattern } = gridmap.grades.find((one) => one.grade === grade);
    const hot = grade > 0;
    return { color: hot ? "#16222E" : "#9AA5AD", weight: hot ? 1 : 0.5, fillColor: fill || "#FFFFFF", fillOpacity: 1, className: pattern ? `grade-${pattern}` : "" };
  };

  /* Blue, so that nobody takes the picture for the classes of evidence. */
  const shade = (share) => ({ color: "#9AA5AD", weight: 0.5, fillColor: "#1E4E82", fillOpacity: 0.9 * share });

  const number = (value) => (value >= 100 ? String(Math.round(value)) : value.toFixed(1));
  const times = (observed, expected) => (expected > 0 ? `${number(observed / expected)} 倍` : "-");

  const card = (i) => {
    const grade = gridmap.grades.find((one) => one.grade === period.grades[i]);
    const visits = period.visits[i];
    const rows = [["走访", `${visits} 次`], ["发现", `${period.observed[i]} 件`], ["按本市场其余铺位预期", visits ? `${number(period.expected[i])} 件` : "-"]];
    if (visits) rows.push(["p", String(period.p[i])], ["q", String(period.q[i])]);
    if (period.place[i] >= 0) rows.push(["高发处", `第 ${period.place[i] + 1} 处`]);
    const list = el("dl", {});
    for (const [name, value] of rows) list.append(el("dt", {}, name), el("dd", {}, value));
    return el("div", { "data-testid": "stall-card" }, el("h3", {}, stalls[i].properties.stall), el("div", {}, grade.word), list);
  };

  const draw = () => {
    shown.clearLayers();
    shown.addLayer(L.geoJSON(data.floors[level], { interactive: false, style: { color: "#5C6B77", weight: 1.5, fillColor: "#FAF9F6", fillOpacity: 1 } }));
    const here = stalls.filter(({ properties }) => properties.on === level);
    shown.addLayer(L.geoJSON(here, {
      style: ({ properties }) => (density.checked ? shade(period.density[properties.n - 1]) : look(period.grades[properties.n - 1])),
      pointToLayer: (_, at) => L.circleMarker(at, { radius: 5 }),
      onEachFeature: ({ properties }, layer) => layer.bindPopup(() => card(properties.n - 1)),
    }));
    if (!density.checked) period.places.forEach((place, k) => {
      if (stalls[place.stalls[0]].properties.on !== level) return;
      const bounds = L.geoJSON(place.stalls.map((i) => stalls[i])).getBounds();
      const icon = L.divIcon({ className: "place-number", html: `高发 ${k + 1}`, iconSize: [48, 20], iconAnchor: [24, 24] });
      shown.addLayer(L.marker([bounds.getNorth(), bounds.getCenter().lng], { icon, interactive: false, pane: "numbers" }));
    });
    tell(here);
  };

  const tell = (here) => {
    const body = document.querySelector(".legend tbody");
    body.replaceChildren();
    for (const { grade, fill, pattern, word, share } of gridmap.grades) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      svg.setAttribute("class", "swatch");
      for (const [name, value] of [["width", "26"], ["height", "16"], ["fill", pattern ? `url(#${pattern})` : fill], ["stroke", "#566572"]]) rect.setAttribute(name, value);
      svg.append(rect);
      const mark = share ? ` q ≤ ${Number((share * period.level).toPrecision(1))}` : "";
      const count = here.filter(({ properties }) => period.grades[properties.n - 1] === grade).length;
      const cell = el("td", {});
      cell.append(svg);
      body.append(el("tr", {}, cell, el("td", {}, word + mark), el("td", {}, String(count))));
    }
    const list = document.querySelector(".places");
    list.replaceChildren();
    period.places.forEach((place, k) => {
      const on = stalls[place.stalls[0]].properties.on;
      const text = el("span", {}, el("b", {}, `${data.levels[on]} · ${place.stalls.length} 个铺位相连`), el("br", {}), el("small", {}, `${place.visits} 次走访,${place.observed} 件;预期 ${number(place.expected)} 件;q = ${place.q}`));
      const button = el("button", { type: "button", "data-testid": "hot-place" }, el("b", {}, String(k + 1)), text, el("span", { class: "times" }, times(place.observed, place.expected)));
      button.addEventListener("click", () => {
        show(on);
        map.fitBounds(L.geoJSON(place.stalls.map((i) => stalls[i])).getBounds().pad(0.6), { maxZoom: 22, animate: false });
      });
      list.append(el("li", {}, button));
    });
    document.querySelector(".number").textContent = String(period.places.length);
    document.querySelector(".none").hidden = period.places.length > 0;
    buttons.forEach((button, index) => {
      const n = period.places.filter((place) => stalls[place.stalls[0]].properties.on === index).length;
      button.querySelector("small").textContent = n ? `${n} 处` : "";
      button.setAttribute("aria-pressed", String(index === level));
    });
    const whole = period === data.periods[0];
    document.querySelector("output").textContent = `${whole ? "全部 " : ""}${period.first} 至 ${period.last},共 ${period.observed.reduce((a, b) => a + b, 0)} 件`;
  };

  const show = (index) => {
    level = index;
    map.closePopup();
    draw();
  };
  const fit = () => map.fitBounds(L.geoJSON(data.floors[level]).getBounds(), { padding: [16, 16], animate: false });

  /* Where a stall of the shown level stands on the screen, or null. */
  gridmap.locate = (code) => {
    const found = stalls.find(({ properties }) => properties.stall === code);
    if (!found || found.properties.on !== level) return null;
    const point = map.latLngToContainerPoint(L.geoJSON(found).getBounds().getCenter());
    const frame = map.getContainer().getBoundingClientRect();
    return { x: point.x + frame.left, y: point.y + frame.top };
  };

  for (const button of buttons) button.addEventListener("click", () => { show(Number(button.dataset.level)); fit(); });
  slider.addEventListener("input", () => { period = data.periods[Number(slider.value)]; show(level); });
  density.addEventListener("change", () => {
    document.querySelector(".density").hidden = !density.checked;
    draw();
  });
  slider.disabled = data.periods.length < 2;
  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 96, position: "bottomleft" }).addTo(map);
  window.addEventListener("resize", () => map.invalidateSize());
  const ordinals = buttons.map((button) => Math.abs(Number(button.dataset.ordinal)));
  level = period.places.length ? stalls[period.places[0].stalls[0]].properties.on : ordinals.indexOf(Math.min(...ordinals));
  fit();
  show(level);
};
window.gridmap = gridmap;
