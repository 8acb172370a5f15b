"""Where trouble gathers in one market, on one page that needs no network: `gridmap map hotspots`."""

from pathlib import Path
from typing import Final

import shapely
from markupsafe import Markup

from gridmap.errors import NotFoundError
from gridmap.render.features import Json, collection, feature, json_block, rounded
from gridmap.render.figure import BareMap, Page, Raw, Start
from gridmap.render.hotspots_view import HotspotPeriod, HotspotView
from gridmap.render.inline import inline, with_policy
from gridmap.render.sources import source, template
from gridmap.render.theme import load_theme
from gridmap.render.views import MarketView
from gridmap.render.zones_data import LevelRow, level_rows

UNVISITED, TOO_FEW, NORMAL = -2, -1, 0
"""Classes of stalls that are not hot; hot ones have 1, 2, 3 by the strength of the evidence."""
_STRONGER: Final = (0.2, 0.02)
"""Shares of the level at which evidence is strong, and very strong: q 0.01 and 0.001 at a level of 0.05."""
_FOLDER: Final = "hotspots"


def hotspots_page(view: HotspotView, *, vendor: Path) -> str:
    """
    Draw a market's hot places level by level, over the whole span and period by period, as one HTML page.

    Parameters
    ----------
    view
        The market.
    vendor
        Folder that holds Leaflet (`gridmap.render.inline.VENDOR`).

    Raises
    ------
    NotFoundError
        If the market has no level: there is nothing to draw.
    NotReadyError
        If a file of the web client is missing.
    """
    if not view.levels:
        raise NotFoundError("楼层 / level", view.market)
    rows = level_rows(MarketView(view.market, view.name, view.levels, view.stalls, buildings=view.buildings))
    page = Page()
    page.header.add_child(Raw(template("head.html", _FOLDER).render(name=view.name, css=_css()), "head"))
    page.html.add_child(Raw(template("frame.html", _FOLDER).render(view=view, rows=rows), "frame"))
    page_map = BareMap(shapely.union_all([row.level.outline_lonlat.envelope for row in rows]))
    page_map.add_to(page)
    page.html.add_child(Raw(_data(view, rows), "data"))
    page.html.add_child(Raw(f"<script>\n{source('page.js', _FOLDER)}</script>\n", "scripts"))
    Start(page_map, []).add_to(page_map)
    return with_policy(inline(page.render(), vendor))


def grade(period: HotspotPeriod, stall: int) -> int:
    """Return the class of a stall: unvisited, too few visits, normal, or hot by the strength of the evidence."""
    if period.place[stall] >= 0:
        return 1 + sum(period.q[stall] <= share * period.level for share in _STRONGER)
    if not period.visits[stall]:
        return UNVISITED
    return NORMAL if period.told[stall] else TOO_FEW


def _css() -> Markup:
    theme = load_theme()
    variables = [f"--{key}:{value}" for key, value in theme.colours.items()]
    return Markup(
        ":root{" + ";".join([*variables, f"--font:{theme.font_family}"]) + "}\n" + source("page.css", _FOLDER)
    )


def _data(view: HotspotView, rows: list[LevelRow]) -> str:
    where = {row.level.key: row.index for row in rows}
    stalls = [
        feature(place, {"stall": mark.code, "on": where[mark.level], "n": n + 1})
        for n, (mark, place) in enumerate(
            zip(view.stalls, rounded(mark.place_lonlat for mark in view.stalls), strict=True)
        )
    ]
    floors = [feature(place, {}) for place in rounded(row.level.outline_lonlat for row in rows)]
    block: dict[str, Json] = {
        "levels": [row.title for row in rows],
        "floors": floors,
        "stalls": collection(stalls),
        "periods": [_period(one) for one in (view.whole, *view.periods)],
    }
    return json_block("data-hotspots", block)


def _period(one: HotspotPeriod) -> dict[str, Json]:
    stalls = range(len(one.visits))
    return {
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "level": one.level,
        "grades": [grade(one, i) for i in stalls],
        "visits": one.visits,
        "observed": one.observed,
        "expected": one.expected,
        "q": [float(f"{q:.2g}") for q in one.q],
        "p": [float(f"{p:.2g}") for p in one.p],
        "place": one.place,
        "density": one.density,
        "places": [
            {
                "stalls": place.stalls,
                "visits": place.visits,
                "observed": place.observed,
                "expected": place.expected,
                "q": float(f"{place.q:.2g}"),
            }
            for place in one.places
        ],
    }
