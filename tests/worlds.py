"""Tiny named worlds, as model values ready to be stored."""

from dataclasses import replace
from datetime import date

from shapely import Point, Polygon, box

from gridmap.model.duty import Member
from gridmap.model.ids import BuildingCode, MarketCode, MemberCode, MerchantCode, StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind, UnitKind
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.spatial import crs

OPENED = date(2026, 1, 1)
LON, LAT = 121.49, 31.225
MAIN = BuildingCode("main")


def rectangle(projection: str, x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """Return a rectangle given in metres around (LON, LAT), in lon/lat."""
    return crs.to_lonlat(box(x0, y0, x1, y1), projection)


def two_floors_one_stair(code: str = "two-floors", *, stalls_a_floor: int = 40) -> MarketDraft:
    """Build two equal floors, one above the other, joined by one stair; every stall holds one merchant."""
    projection = crs.local_projection(LON, LAT)
    rows, columns = 4, stalls_a_floor // 4
    floor = rectangle(projection, 0, 0, columns * 3.0 + 4, rows * 5.0 + 4)
    levels = [Level(LevelKey(MAIN, o), label, floor) for o, label in ((0, "1F"), (1, "2F"))]
    stalls = [
        Stall(
            code=StallCode(f"{level.label}-{row * columns + column + 1:03d}"),
            level=level.key,
            place_lonlat=rectangle(projection, x := 2 + column * 3.0, y := 2 + row * 5.0, x + 3, y + 3),
        )
        for level in levels
        for row in range(rows)
        for column in range(columns)
    ]
    merchants = [Merchant(MerchantCode(f"m-{s.code}"), f"商户{s.code}") for s in stalls]
    stair = crs.to_lonlat(Point(1, 1), projection)
    return MarketDraft(
        market=Market(MarketCode(code), "两层一梯市场", MarketKind.MARKET, Layout.BUILDING, projection),
        buildings=(Building(MAIN, "主楼"),),
        levels=tuple(levels),
        connectors=(Connector("S1", ConnectorKind.STAIRS, levels[0].key, stair, levels[1].key, stair, walk_m=12.0),),
        stalls=tuple(stalls),
        merchants=tuple(merchants),
        occupancies=tuple(Occupancy(m.code, s.code, OPENED) for m, s in zip(merchants, stalls, strict=True)),
    )


def few_merchants(code: str, merchants: int) -> MarketDraft:
    """Build the two floors with so many merchants, 16 at the most, whose codes are the market's own."""
    draft = two_floors_one_stair(code, stalls_a_floor=8)
    own = {m.code: MerchantCode(f"{code}-{m.code}") for m in draft.merchants[:merchants]}
    return replace(
        draft,
        merchants=tuple(replace(m, code=own[m.code]) for m in draft.merchants if m.code in own),
        occupancies=tuple(replace(o, merchant=own[o.merchant]) for o in draft.occupancies if o.merchant in own),
    )


def with_other_units(draft: MarketDraft) -> MarketDraft:
    """Turn the last stall of the ground floor into parking; nobody trades there."""
    last = max(s.code for s in draft.stalls if s.level.ordinal == 0)
    stalls = tuple(
        Stall(s.code, s.level, s.place_lonlat, UnitKind.PARKING, s.name) if s.code == last else s for s in draft.stalls
    )
    gone = {o.merchant for o in draft.occupancies if o.stall == last}
    return MarketDraft(
        market=draft.market,
        buildings=draft.buildings,
        levels=draft.levels,
        connectors=draft.connectors,
        stalls=stalls,
        merchants=tuple(m for m in draft.merchants if m.code not in gone),
        occupancies=tuple(o for o in draft.occupancies if o.stall != last),
    )


def members_at(*homes: str) -> list[Member]:
    """Build one member for each home stall."""
    return [
        Member(MemberCode(f"W{i:03d}"), f"网格员{i}", office_contact="0573-8400000", home_stall=StallCode(home))
        for i, home in enumerate(homes, start=1)
    ]
