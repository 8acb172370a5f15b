/* Cards that open on a click: a unit, a zone, a connector. */
(() => {
  const { el, market, levels, count } = gridmap;

  const rows = (list, pairs) => {
    for (const [term, value, strong] of pairs) {
      if (value === "" || value === null) continue;
      list.append(el("dt", {}, term), el("dd", strong ? { class: "strong" } : {}, value));
    }
    return list;
  };

  const load = (zone) => el("span", { class: gridmap.loadClass(zone) }, `${zone.sign}${count(zone.merchants)} 户`);

  const member = (zone) => [
    [zone.role, zone.member || el("em", {}, "暂无人负责"), true],
    ["办公联系", zone.office],
  ];

  const title = (text, chip, small) => {
    const mark = chip ? el("i", { class: "chip" }) : null;
    if (mark) mark.style.background = chip;
    return el("h3", {}, mark, text, small ? el("small", {}, small) : null);
  };

  const fill = (zone) => market.fills[zone.colour % market.fills.length].stall;

  const zoneTitle = (code, zone) => title(`责任区 ${code}`, fill(zone), zone.name && zone.name !== code && zone.name !== `责任区 ${code}` ? zone.name : "");

  const open = (at, ...parts) => {
    const card = el("div", { class: "card", "data-testid": "card" }, ...parts);
    const popup = L.popup({ minWidth: 224, maxWidth: 304, autoPanPaddingTopLeft: [84, 16], autoPanPaddingBottomRight: [60, 16] })
      .setLatLng(at).setContent(card).openOn(gridmap.map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) { close.setAttribute("aria-label", "关闭"); close.setAttribute("title", "关闭"); }
  };

  gridmap.showZone = (code, at) => {
    const zone = market.zones[code];
    const places = el("ul", {}, ...zone.levels.map(([index, merchants, stalls]) => el("li", {}, `${levels[index].title}:${count(merchants)} 户,${count(stalls)} 个铺位`)));
    open(at, zoneTitle(code, zone), rows(el("dl", {}), [
      ...member(zone),
      ["户数", load(zone), true],
      ["铺位", count(zone.stalls)],
      ["楼层", places],
    ]));
    gridmap.choose(code);
  };

  gridmap.showUnit = (unit, at) => {
    const zone = Object.hasOwn(market.zones, unit.zone || "") ? market.zones[unit.zone] : null;
    const vacant = gridmap.isZoned(unit) && !unit.merchants;
    const names = unit.merchant_names || [];
    const merchants = names.length ? el("ul", {}, ...names.map((name) => el("li", {}, name))) : unit.merchants ? `${count(unit.merchants)} 户` : "";
    const parts = [
      title(`${gridmap.isZoned(unit) ? "铺位" : market.units[unit.kind]} ${unit.stall}`, "", vacant ? "空置" : ""),
      rows(el("dl", {}), [["楼层", gridmap.shown.title], [names.length > 1 ? `商户 ${names.length} 户` : "商户", merchants]]),
    ];
    if (zone) parts.push(el("hr"), zoneTitle(unit.zone, zone), rows(el("dl", {}), [...member(zone), ["全区户数", load(zone)]]));
    else if (market.planned && !market.covers && gridmap.isZoned(unit)) parts.push(el("hr"), el("em", {}, "未划入责任区"));
    if (unit.cover) {
      const gaps = unit.gaps || [];
      parts.push(el("hr"), rows(el("dl", {}), [["覆盖", gaps.length ? el("ul", {}, ...gaps.map((gap) => el("li", {}, el("em", {}, market.gapWords[gap])))) : "已覆盖"]]));
    }
    open(at, ...parts);
    gridmap.choose(zone ? unit.zone : null, unit.stall);
  };

  gridmap.showConnector = (connector, at) => {
    const ways = connector.ways.map((way) => el("li", {}, `${way.ends.join(" ↔ ")},步行 ${way.walk_m} 米`));
    open(at, title(connector.word, "", connector.assumed ? "推定" : ""), el("div", { class: "card" }, el("ul", {}, ...ways)),
      connector.assumed ? el("small", {}, "位置为系统推定,尚未核实。") : null);
  };
})();
