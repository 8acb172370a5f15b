"""The markets of a place from its programme: drawn, numbered, let to merchants, staffed. Totals are exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sin, sqrt

import numpy as np
import shapely
from shapely import Polygon

from gridmap.model.duty import Member
from gridmap.model.ids import BuildingCode, MarketCode, MemberCode, MerchantCode, StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import Layout, MarketKind, Role, UnitKind
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.programme import Programme, Site
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.stations import LeftOutPlace
from gridmap.services.place_names import market_name, person_names, shop_names
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, Places
from gridmap.spatial.halls import Drawing, HallOrder, draw_hall
from gridmap.spatial.levels import default_label
from gridmap.spatial.numbering import Numbering
from gridmap.spatial.staffing import members_by_market, shared_out
from gridmap.spatial.streets import StreetOrder, draw_street

_MAIN_TRADE = 0.85
"""Share of a market's shops that follow its main trade."""
_LEAST_FLOOR_M2 = 1250.0
"""No market has floors smaller than this, if fewer floors help it."""
_GOLDEN = pi * (3 - sqrt(5))


@dataclass(frozen=True)
class MarketWorld:
    """One market ready to be written: its members have no stall of their own yet."""

    draft: MarketDraft
    staff: tuple[Member, ...]
    site: int
    lonlat: tuple[float, float]
    area_m2: float
    parent: MarketCode | None = None
    left_out: tuple[LeftOutPlace, ...] = ()


@dataclass(frozen=True)
class _Lot:
    """Where a market goes, and what is asked of it."""

    number: int
    code: MarketCode
    name: str
    site: int
    lonlat: tuple[float, float]
    merchants: int
    trade: str


def place_markets(programme: Programme) -> list[MarketWorld]:
    """Generate a place's markets in the order of their codes; the same programme gives the same markets."""
    rng = np.random.default_rng(programme.generator.seed)
    lots = list(_lots(programme, rng))
    if programme.generator.layout is Layout.STREET:
        worlds = _street(programme, lots, rng)
    else:
        worlds = [_hall(programme, lot, np.random.default_rng([programme.generator.seed, lot.number])) for lot in lots]
    return _staffed(programme, worlds, rng)


def _lots(programme: Programme, rng: np.random.Generator) -> Iterator[_Lot]:
    given, count = programme.generator, programme.markets
    if given.layout is Layout.STREET:
        sizes = [programme.merchants - given.food_stalls, given.food_stalls]
    else:
        weights = rng.lognormal(0.0, given.spread, size=count)
        sizes = [given.least + n for n in shared_out(programme.merchants - given.least * count, weights.tolist())]
    site_of = [s for s, n in enumerate(shared_out(count, [1.0] * len(given.sites))) for _ in range(n)]
    trades = [trade.name for trade in programme.trades]
    turn = rng.permutation(len(trades)).tolist()
    digits = max(2, len(str(count)))
    for i, (site, size) in enumerate(zip(site_of, sizes, strict=True)):
        place, nth = given.sites[site], i - site_of.index(site)
        trade = trades[turn[i % len(trades)]]
        several = place.name if len(given.sites) > 1 else ""
        name = given.names[i] if given.layout is Layout.STREET else market_name(given.names, i, several, trade)
        code = MarketCode(f"{programme.code}-{i + 1:0{digits}d}")
        yield _Lot(i + 1, code, name, site, _around(place, nth, given.spacing_m, rng), size, trade)


def _around(site: Site, nth: int, spacing_m: float, rng: np.random.Generator) -> tuple[float, float]:
    """Place the n-th market of a site on a spiral that keeps neighbours about `spacing_m` apart."""
    radius_m, angle = spacing_m / 1.7 * sqrt(nth), _GOLDEN * nth + 0.7
    jitter_m = rng.uniform(-0.04, 0.04, size=2) * spacing_m
    lon, lat = crs.lonlat_of(
        radius_m * cos(angle) + jitter_m[0],
        radius_m * sin(angle) + jitter_m[1],
        crs.local_projection(site.lon, site.lat),
    )
    return float(lon), float(lat)


def _hall(programme: Programme, lot: _Lot, rng: np.random.Generator) -> MarketWorld:
    given = programme.generator
    doubles = round(lot.merchants * given.double)
    vacant = round((lot.merchants + doubles) * given.vacant)
    floor_m2 = given.m2_per_merchant * lot.merchants
    if given.floor_m2 is not None:
        floor_m2 = given.floor_m2 * lot.merchants / programme.merchants
    ordinals = given.levels[int(rng.integers(len(given.levels)))]
    houses = 2 if rng.random() < given.two_houses else 1
    if floor_m2 / houses / len(ordinals) < _LEAST_FLOOR_M2:
        houses = 1
    while len(ordinals) > 1 and floor_m2 / houses / len(ordinals) < _LEAST_FLOOR_M2:
        ordinals = ordinals[:-1] if ordinals[-1] > 0 else ordinals[1:]
    order = HallOrder(
        stalls=lot.merchants + doubles + vacant,
        floor_m2=floor_m2,
        ordinals=ordinals,
        houses=houses,
        numbering=tuple(Numbering)[int(rng.integers(2))],
    )
    return _world(programme, lot, draw_hall(order, rng), doubles, rng)


def _street(programme: Programme, lots: Sequence[_Lot], rng: np.random.Generator) -> list[MarketWorld]:
    """Draw the street with its food hall, which is a market of its own inside the street."""
    given = programme.generator
    street, hall = lots
    drawn = draw_street(StreetOrder(street.merchants, hall.merchants, given.homes, given.offices), rng)
    projection = crs.local_projection(*street.lonlat)
    left_out = tuple(
        LeftOutPlace(street.code, place.kind, crs.to_lonlat(place.place_m, projection)) for place in drawn.left_out
    )
    hall = replace(hall, lonlat=street.lonlat, trade=programme.trades[-1].name)
    food = _world(programme, hall, drawn.food_hall, 0, rng, kind=MarketKind.MARKET, layout=Layout.BUILDING)
    return [
        replace(_world(programme, street, drawn.street, 0, rng), left_out=left_out),
        replace(food, parent=street.code),
    ]


def _world(
    programme: Programme,
    lot: _Lot,
    drawing: Drawing,
    doubles: int,
    rng: np.random.Generator,
    *,
    kind: MarketKind | None = None,
    layout: Layout | None = None,
) -> MarketWorld:
    given = programme.generator
    projection = crs.local_projection(*lot.lonlat)
    houses = list(dict.fromkeys(level.house for level in drawing.levels))
    names = {"main": "主楼", "a": "A座", "b": "B座"}
    levels: list[Level] = []
    stalls: list[Stall] = []
    for level in drawing.levels:
        key = LevelKey(BuildingCode(level.house), level.ordinal)
        levels.append(Level(key, default_label(level.ordinal), crs.to_lonlat(level.outline_m, projection)))
        word = lot.name.removesuffix("街区") if given.layout is Layout.STREET and kind is None else ""
        places = _all_to_lonlat(level.stalls_m, projection)
        stalls += [
            Stall(StallCode(code), key, place, name=f"{word}{int(code)}号" if word else "")
            for code, place in zip(level.codes, places, strict=True)
        ]
    kinds, holder = _let(stalls, lot.merchants, doubles, rng)
    stalls = [s if k is UnitKind.STALL else replace(s, kind=k) for s, k in zip(stalls, kinds, strict=True)]
    merchants, occupancies = _merchants(programme, lot, stalls, holder, rng)
    draft = MarketDraft(
        market=Market(lot.code, lot.name, kind or given.kind, layout or given.layout, projection),
        buildings=tuple(Building(BuildingCode(house), names[house]) for house in houses),
        levels=tuple(levels),
        connectors=tuple(_connectors(drawing, projection)),
        stalls=tuple(stalls),
        merchants=tuple(merchants),
        occupancies=tuple(occupancies),
    )
    return MarketWorld(draft, (), lot.site, lot.lonlat, round(drawing.floor_m2, 1))


def _all_to_lonlat(places_m: Places, projection: str) -> list[Polygon]:
    """Project all stalls in one call: one by one takes most of the time of loading a city."""

    def project(xy: FloatArray) -> FloatArray:
        return np.column_stack(crs.lonlat_of(xy[:, 0], xy[:, 1], projection))

    return list(shapely.transform(places_m, project))


def _let(
    stalls: Sequence[Stall], merchants: int, doubles: int, rng: np.random.Generator
) -> tuple[list[UnitKind], list[int]]:
    """Choose the vacant stalls, and the merchant of each other one: neighbours where one has two, -1 for vacant."""
    let = merchants + doubles
    vacant = set(rng.choice(len(stalls), size=len(stalls) - let, replace=False).tolist())
    second: set[int] = set()
    for i in rng.permutation(len(stalls)).tolist():
        if len(second) == doubles:
            break
        pair_free = not {i, i - 1, i + 1} & second and not {i, i - 1} & vacant
        if i > 0 and pair_free and stalls[i].level == stalls[i - 1].level:
            second.add(i)
    kinds = [UnitKind.VACANT if i in vacant else UnitKind.STALL for i in range(len(stalls))]
    holder = np.cumsum([i not in vacant and i not in second for i in range(len(stalls))]) - 1
    if len(second) < doubles:
        raise ValueError("too many merchants with two stalls for so few stalls")
    return kinds, [-1 if i in vacant else int(holder[i]) for i in range(len(stalls))]


def _merchants(
    programme: Programme, lot: _Lot, stalls: Sequence[Stall], holder: Sequence[int], rng: np.random.Generator
) -> tuple[list[Merchant], list[Occupancy]]:
    others = [trade.name for trade in programme.trades]
    mixed = programme.generator.layout is Layout.STREET and lot.trade != others[-1]
    draws = rng.random(lot.merchants)
    any_trade = rng.integers(len(others), size=lot.merchants).tolist()
    share = 0.0 if mixed else _MAIN_TRADE
    trades = [lot.trade if draw < share else others[other] for draw, other in zip(draws, any_trade, strict=True)]
    merchants = [
        Merchant(MerchantCode(f"{lot.code}-{i:04d}"), name, trade)
        for i, (name, trade) in enumerate(zip(shop_names(rng, trades), trades, strict=True), start=1)
    ]
    since = programme.generator.opened
    occupancies = [
        Occupancy(merchants[m].code, stall.code, since) for stall, m in zip(stalls, holder, strict=True) if m >= 0
    ]
    return merchants, occupancies


def _connectors(drawing: Drawing, projection: str) -> Iterator[Connector]:
    for c in drawing.connectors:
        (house, ordinal), (other, to_ordinal) = c.start, c.end
        yield Connector(
            code=c.code,
            kind=c.kind,
            from_level=LevelKey(BuildingCode(house), ordinal),
            from_lonlat=crs.to_lonlat(c.start_m, projection),
            to_level=LevelKey(BuildingCode(other), to_ordinal),
            to_lonlat=crs.to_lonlat(c.end_m, projection),
            walk_m=c.walk_m,
        )


def _staffed(programme: Programme, worlds: list[MarketWorld], rng: np.random.Generator) -> list[MarketWorld]:
    """Give the markets their members, so that the greatest load is least, and their operator."""
    sizes = [len(world.draft.merchants) for world in worlds]
    counts = members_by_market(sizes, programme.count(programme.members.count))
    names = iter(person_names(rng, sum(counts)))
    staffed: list[MarketWorld] = []
    for world, count in zip(worlds, counts, strict=True):
        market = world.draft.market
        staff = [
            Member(
                code=MemberCode(f"{market.code}-w{i:02d}"),
                name=next(names),
                role=Role.LEADER if programme.members.leaders and i == 1 else Role.MEMBER,
                office_contact=f"{market.name}管理办公室 分机 8{i:02d}",
            )
            for i in range(1, count + 1)
        ]
        if programme.members.operators:
            contact = f"{market.name}管理办公室 总机"
            staff.append(Member(MemberCode(f"{market.code}-op"), f"{market.name}管理方", Role.OPERATOR, contact))
        staffed.append(replace(world, staff=tuple(staff)))
    return staffed
