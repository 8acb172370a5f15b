"""What stands around the map of the zones page: title bar, zone list, level switch, legend."""

from dataclasses import dataclass
from typing import Final

from gridmap.model.coverage import GAP_WORDS
from gridmap.model.kinds import UnitKind
from gridmap.render.sources import template
from gridmap.render.theme import Theme
from gridmap.render.views import MarketView, ZoneMark
from gridmap.render.words import count, day, plan_words, short_role
from gridmap.render.zones_data import ZONED_KINDS, LevelRow, load_sign, natural, other_fills, plain_fills

_STRIP_SPAN: Final = 15
"""The little load scale in the list reaches this many merchants beyond the band on both sides."""


def frame(view: MarketView, rows: list[LevelRow], theme: Theme) -> str:
    """Return the HTML before the map; every text of the view is escaped."""
    state, dates = plan_words(view.plan, view.as_of)
    return template("frame.html").render(
        view=view,
        state=state,
        dates=dates,
        shown_state="none" if view.plan is None else view.plan.state.value,
        rows=rows,
        zone_rows=_zone_rows(view, rows, theme),
        legend=_legend(view, theme),
        stalls=sum(stall.kind in ZONED_KINDS for stall in view.stalls),
        merchants=sum(stall.merchants for stall in view.stalls),
        as_of=day(view.as_of) if view.as_of else "",
        count=count,
        share=_share(view),
        moment=f"{view.coverage.as_of:%Y-%m-%d %H:%M}" if view.coverage else "",
        gap_words={gap: words[0] for gap, words in GAP_WORDS.items()},
    )


def _share(view: MarketView) -> str:
    """Return the share of merchants covered, rounded down: never 100 % while somebody is not."""
    if view.coverage is None or not view.coverage.merchants:
        return "-"
    return f"{1000 * view.coverage.covered // view.coverage.merchants / 10:.1f}%"


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A line of the zone list; `dot`, `low`, `high` are places on the load scale in per cent."""

    zone: ZoneMark
    fill: str
    sign: str
    member: str
    role: str
    levels: str
    level_indices: str
    dot: float
    low: float
    high: float


def _zone_rows(view: MarketView, rows: list[LevelRow], theme: Theme) -> list[ZoneRow]:
    titles = {row.level.key: (row.index, row.title) for row in rows}
    low, high = view.band.low - _STRIP_SPAN, view.band.high + _STRIP_SPAN

    def place(merchants: int) -> float:
        return round(100 * (min(max(merchants, low), high) - low) / (high - low), 1)

    shown: list[ZoneRow] = []
    for zone in sorted(view.zones, key=lambda zone: natural(zone.code)):
        on = sorted(titles[shape.level] for shape in zone.shapes if shape.level in titles)
        shown.append(
            ZoneRow(
                zone=zone,
                fill=theme.zone_fill(zone.colour),
                sign=load_sign(zone, view),
                member=zone.member_name or "",
                role=short_role(zone.member_role),
                levels="、".join(title for _, title in reversed(on)),
                level_indices=" ".join(str(index) for index, _ in on),
                dot=place(zone.merchants),
                low=place(view.band.low),
                high=place(view.band.high),
            )
        )
    return shown


@dataclass(frozen=True, slots=True)
class Legend:
    """Which signs occur on the page, and the fills to show them in."""

    fills: tuple[str, ...]
    vacant: bool
    vacant_fill: str
    vacant_line: str
    plain_fill: str
    other_fill: str
    other_line: str
    others: bool
    unassigned: bool
    over: bool
    under: bool
    connectors: bool
    assumed: bool


def _legend(view: MarketView, theme: Theme) -> Legend:
    signs = {load_sign(zone, view) for zone in view.zones}
    units = [stall for stall in view.stalls if stall.kind in ZONED_KINDS]
    plain = plain_fills(theme)
    return Legend(
        fills=theme.zone_fills if view.zones else (),
        vacant_fill=plain[1] if not view.zones else theme.vacant(0),
        vacant_line=plain[0] if not view.zones else theme.zone_fill(0),
        plain_fill=plain[0],
        other_fill=other_fills(theme)[0],
        other_line=other_fills(theme)[1],
        vacant=any(stall.kind is UnitKind.VACANT or stall.merchants == 0 for stall in units),
        others=len(units) < len(view.stalls),
        unassigned=view.plan is not None and any(stall.zone is None for stall in units),
        over="▲" in signs,
        under="▼" in signs,
        connectors=any(not connector.assumed for connector in view.connectors),
        assumed=any(connector.assumed for connector in view.connectors),
    )
