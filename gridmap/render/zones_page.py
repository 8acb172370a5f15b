"""The zones of one market on one page that needs no network: `gridmap map zones`."""

from pathlib import Path
from typing import Final

import shapely
from markupsafe import Markup

from gridmap.errors import NotFoundError
from gridmap.render.features import json_block
from gridmap.render.figure import BareMap, LevelFeatures, LevelGroup, Page, Raw, Start
from gridmap.render.inline import inline, with_policy
from gridmap.render.sources import source, template
from gridmap.render.theme import Theme, load_theme
from gridmap.render.views import MarketView
from gridmap.render.zones_data import LevelRow, level_blocks, level_rows, market_block
from gridmap.render.zones_frame import frame

SCRIPTS: Final = ("base.js", "layers.js", "labels.js", "cards.js", "panel.js", "start.js")
_PARTS: Final = ("floor", "zones", "stalls", "borders", "connectors")


def zones_page(view: MarketView, *, vendor: Path) -> str:
    """
    Draw a market's levels, zones, units and connectors as one HTML page.

    The page carries Leaflet, its data and its script; a content security policy inside it forbids the browser to load
    anything else or to run any other script. The same view gives the same text.

    Parameters
    ----------
    view
        The market. Without a plan its units are drawn and the page says that there is none.
    vendor
        Folder that holds `leaflet/leaflet.js` and `leaflet/leaflet.css` (`gridmap.render.inline.VENDOR`).

    Returns
    -------
    page
        HTML, about 0.4 kB a stall and 170 kB beside.

    Raises
    ------
    NotFoundError
        If the market has no level: there is nothing to draw.
    NotReadyError
        If a file of the web client is missing.
    """
    if not view.levels:
        raise NotFoundError("楼层 / level", view.market)
    theme = load_theme()
    rows = level_rows(view)
    page = Page()
    page.header.add_child(Raw(template("head.html").render(name=view.name, css=_css(theme)), "head"))
    page.html.add_child(Raw(frame(view, rows, theme), "frame"))
    page_map = BareMap(shapely.union_all([row.level.outline_lonlat.envelope for row in rows]))
    page_map.add_to(page)
    groups = [_group(row, page_map) for row in rows]
    page.html.add_child(Raw(_data(view, rows, theme), "data"))
    page.html.add_child(Raw(_own_scripts(), "scripts"))
    Start(page_map, groups).add_to(page_map)
    return with_policy(inline(page.render(), vendor))


def _group(row: LevelRow, page_map: BareMap) -> LevelGroup:
    group = LevelGroup(row.index, row.title)
    group.add_to(page_map)
    for part in _PARTS:
        LevelFeatures(row.index, part).add_to(group)
    return group


def _data(view: MarketView, rows: list[LevelRow], theme: Theme) -> str:
    blocks = [json_block("data-market", market_block(view, rows, theme))]
    blocks += [json_block(f"data-level{i}", block) for i, block in enumerate(level_blocks(view, rows))]
    return "".join(blocks)


def _css(theme: Theme) -> Markup:
    variables = [f"--{key}:{value}" for key, value in theme.colours.items()]
    variables += [f"--load-{key}:{value}" for key, value in theme.load.items()]
    return Markup(":root{" + ";".join([*variables, f"--font:{theme.font_family}"]) + "}\n" + source("page.css"))


def _own_scripts() -> str:
    return "<script>\n" + "\n".join(source(name) for name in SCRIPTS) + "</script>\n"
