"use strict";
/* The page's own script. Text from the data reaches the page through textContent only, never as HTML. */
const gridmap = { layers: {} };

gridmap.read = (id) => JSON.parse(document.getElementById(id).textContent);
gridmap.market = gridmap.read("data-market");
gridmap.levels = gridmap.market.levels.map((level, index) => ({ ...level, ...gridmap.read("data-level" + index), index }));

/* Make an element: el("b", {class: "x"}, "text", otherElement). */
gridmap.el = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
};

gridmap.count = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

gridmap.loadClass = (zone) => (zone.sign === "▲" ? "over" : zone.sign === "▼" ? "under" : "");

/* Units that a plan shares out. */
gridmap.isZoned = (unit) => unit.kind === "stall" || unit.kind === "vacant";
