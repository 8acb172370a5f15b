/* The list of zones, and the finder of units, merchants, zones and members. */
(() => {
  const { el, market, levels } = gridmap;
  const MOST_HITS = 8;
  const panel = document.getElementById("panel");
  const toggle = document.getElementById("panel-toggle");
  const list = panel.querySelector(".zones");
  const items = list ? [...list.children] : [];
  const finder = document.getElementById("finder");
  const hits = document.getElementById("hits");
  const narrow = window.matchMedia("(max-width: 720px)");
  let wholeMarket = false;

  gridmap.openPanel = (open) => {
    document.body.classList.toggle("closed", !open);
    toggle.setAttribute("aria-expanded", String(open));
    if (gridmap.map) gridmap.map.invalidateSize({ pan: false });
  };

  const matches = (item, text) => {
    const code = item.querySelector(".zone").dataset.zone;
    const zone = market.zones[code];
    return [code, zone.name, zone.member].some((part) => part.toLowerCase().includes(text));
  };

  gridmap.listZones = () => {
    if (!list) return;
    const text = finder.value.trim().toLowerCase();
    const here = String(gridmap.shown.index);
    let onLevel = 0;
    for (const item of items) {
      const onThis = item.dataset.levels.split(" ").includes(here);
      onLevel += onThis;
      item.hidden = text ? !matches(item, text) : !(wholeMarket || onThis);
    }
    document.querySelector("#scope-level b").textContent = onLevel;
    document.getElementById("scope-level").setAttribute("aria-pressed", String(!wholeMarket));
    document.getElementById("scope-all").setAttribute("aria-pressed", String(wholeMarket));
  };

  const findUnits = (text) => {
    const found = [];
    for (const exact of [true, false])
      for (const level of levels)
        for (const { properties } of level.stalls.features) {
          if (found.length >= MOST_HITS) return found;
          const words = [properties.stall, ...(properties.merchant_names || [])].map((word) => word.toLowerCase());
          const same = words.includes(text);
          if (same === exact && words.some((word) => word.includes(text))) found.push({ level, properties });
        }
    return found;
  };

  const showHits = () => {
    const text = finder.value.trim().toLowerCase();
    const found = text ? findUnits(text) : [];
    hits.replaceChildren(...found.map(({ level, properties }) => {
      const button = el("button", { type: "button", "data-stall": properties.stall }, el("b", {}, properties.stall),
        el("span", {}, (properties.merchant_names || []).join("、")), el("small", {}, level.title));
      button.addEventListener("click", () => { away(); gridmap.goToUnit(properties.stall); });
      return el("li", {}, button);
    }));
    if (text && !found.length && !items.some((item) => !item.hidden)) hits.append(el("li", {}, el("p", {}, "没有找到。换一个铺位号、商户名或姓名。")));
  };

  const away = () => { if (narrow.matches) gridmap.openPanel(false); };

  finder.addEventListener("input", () => { gridmap.listZones(); showHits(); });
  finder.addEventListener("keydown", (event) => {
    const first = hits.querySelector("button") || items.filter((item) => !item.hidden).map((item) => item.querySelector(".zone"))[0];
    if (event.key === "Enter" && finder.value.trim() && first) first.click();
  });
  toggle.addEventListener("click", () => gridmap.openPanel(document.body.classList.contains("closed")));
  for (const item of items) {
    const button = item.querySelector(".zone");
    button.addEventListener("click", () => { away(); gridmap.goToZone(button.dataset.zone); });
  }
  if (list) {
    document.getElementById("scope-level").addEventListener("click", () => { wholeMarket = false; gridmap.listZones(); });
    document.getElementById("scope-all").addEventListener("click", () => { wholeMarket = true; gridmap.listZones(); });
  }

  gridmap.markRow = (code) => {
    for (const item of items) {
      const button = item.querySelector(".zone");
      if (button.dataset.zone === code) {
        button.setAttribute("aria-current", "true");
        if (!item.hidden) item.scrollIntoView({ block: "nearest" });
      } else button.removeAttribute("aria-current");
    }
  };

  for (const swatch of document.querySelectorAll("canvas[data-cover]")) {
    const paint = swatch.getContext("2d");
    paint.fillStyle = paint.createPattern(gridmap.tile(swatch.dataset.cover), "repeat");
    paint.fillRect(0, 0, swatch.width, swatch.height);
  }

  gridmap.openPanel(!narrow.matches);
})();
