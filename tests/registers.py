"""Random small markets, and the comparison of what two registers hold."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.mojibake import damages
from gridmap.model.duty import Assignment, Member, MetricValue, Plan, Zone, ZoneShape, Zoning
from gridmap.model.ids import BuildingCode, MarketCode, MemberCode, MerchantCode, PlanCode, StallCode, ZoneCode
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind, PlanState, Role, UnitKind
from gridmap.model.organisations import Formed, LedgerOrganisation, Organisation, Parent, Relation, Side, Tie, Tier
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.provenance import SOURCE_WORDS, Source, Verification
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.shifts import Shift, ShiftDay
from gridmap.services import markets as markets_service
from gridmap.services.register_applying import make_changes
from gridmap.services.register_changes import ledger_changes
from gridmap.services.zonings import write_zoning
from gridmap.spatial import crs
from gridmap.store import exports, history, markets, members, organisation_ledger, plans, stalls
from gridmap.store import tables as t
from gridmap.store.session import Connection, Database
from tests.worlds import LAT, LON

TODAY = date(2026, 11, 25)
PROJECTION = crs.local_projection(LON, LAT)
RISKY = [
    "=1+1", "+86 571", "-1", "@sum", "'=a", "''@b", "'quoted'", 'with "quotes", commas; tabs', "龙门🐉酒家", "=",
    "007", "1e5", "NULL", "nan", "true", "2026-01-01", "<b>&amp;</b>", "_x0041_", "长" * 90,
]  # fmt: skip
WORDS = st.sampled_from(RISKY) | st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12
).filter(lambda text: text.isprintable() and text == text.strip() and not damages(text))
CODES = WORDS.filter(lambda word: len(word) <= 64)
SHIFTS = st.builds(
    lambda day, start, length: Shift(day, start, start + length),
    st.sampled_from(ShiftDay), st.integers(0, 1439), st.integers(1, 1440),
)  # fmt: skip
OTHER_SOURCES = CODES.filter(lambda word: word not in SOURCE_WORDS.values())
SOURCES = st.just("") | st.sampled_from(Source).map(str) | OTHER_SOURCES
CHECKED = st.none() | st.sampled_from(Verification)
WHEN = st.dates(date(2019, 1, 1), date(2027, 12, 31))


def credit_code(number: int) -> str:
    """Make a unified social credit code with its check character (GB 32100)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"92330100MA{number:07d}"
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + letters[-total % 31]


def place(x: float, y: float, width: float = 3.0) -> BaseGeometry:
    return crs.to_lonlat(box(x, y, x + width, y + 3.0), PROJECTION)


@st.composite
def drafts(draw: st.DrawFn) -> MarketDraft:
    """Draw a market with two buildings at most, three levels each, and some stalls on a grid."""
    buildings = draw(st.lists(CODES, min_size=1, max_size=2, unique=True))
    keys = sorted(
        LevelKey(BuildingCode(building), ordinal)
        for building in buildings
        for ordinal in draw(st.lists(st.integers(-2, 3), min_size=1, max_size=3, unique=True))
    )
    shift = {building: 60.0 * i for i, building in enumerate(buildings)}
    floors = [crs.to_lonlat(_floor(shift[key.building], draw(st.booleans())), PROJECTION) for key in keys]
    spot = st.tuples(st.sampled_from(keys), st.integers(0, 4), st.integers(0, 2))
    spots = draw(st.lists(spot, unique=True, max_size=9))
    codes = draw(st.lists(CODES, min_size=len(spots), max_size=len(spots), unique=True))
    standing = [_stall(draw, code, at, shift[at[0].building]) for code, at in zip(codes, spots, strict=True)]
    merchants, occupancies = _trade(draw, [s.code for s in standing if s.kind is UnitKind.STALL])
    organisations = _organisations(draw)
    people = _members(draw, [s.code for s in standing], [o.code for o in organisations if o.tie is not None])
    kinds, layouts = st.sampled_from(MarketKind), st.sampled_from(Layout)
    return MarketDraft(
        market=Market(MarketCode("round"), draw(WORDS), draw(kinds), draw(layouts), PROJECTION),
        buildings=tuple(Building(BuildingCode(building), draw(WORDS)) for building in sorted(buildings)),
        levels=tuple(Level(key, draw(WORDS)[:32], floor) for key, floor in zip(keys, floors, strict=True)),
        connectors=tuple(_connector(draw, i, keys, shift) for i in range(draw(st.integers(0, 3)))),
        stalls=tuple(standing),
        merchants=tuple(merchants),
        occupancies=tuple(occupancies),
        members=tuple(people),
        organisations=tuple(organisations),
        zoning=_zoning(draw, standing, dict(zip(keys, floors, strict=True)), people),
    )


def _floor(x: float, in_two: bool) -> BaseGeometry:
    """A floor of 30 by 20 m, or the same in two pieces."""
    return MultiPolygon([box(x, 0, x + 11, 20), box(x + 11.1, 0, x + 30, 20)]) if in_two else box(x, 0, x + 30, 20)


def _stall(draw: st.DrawFn, code: str, spot: tuple[LevelKey, int, int], shift: float) -> Stall:
    key, column, row = spot
    x, y = shift + 1 + column * 5.7, 1 + row * 6.0
    drawn = draw(st.sampled_from(["polygon", "parts", "holes"]))
    area = {
        "polygon": box(x, y, x + 3, y + 3),
        "parts": MultiPolygon([box(x, y, x + 1, y + 3), box(x + 2, y, x + 3, y + 3)]),
        "holes": box(x, y, x + 3, y + 3).difference(box(x + 1, y + 1, x + 2, y + 2)),
    }[drawn]
    name = draw(st.just("") | WORDS)
    return Stall(StallCode(code), key, crs.to_lonlat(area, PROJECTION), draw(st.sampled_from(UnitKind)), name)


def _trade(draw: st.DrawFn, stalls_: list[StallCode]) -> tuple[list[Merchant], list[Occupancy]]:
    merchants: list[Merchant] = []
    occupancies: list[Occupancy] = []
    for i, code in enumerate(draw(st.lists(CODES, max_size=6 if stalls_ else 0, unique=True))):
        uscc = draw(st.none() | st.just(credit_code(i)))
        said = draw(SOURCES), draw(CHECKED)
        merchants.append(Merchant(MerchantCode(code), draw(WORDS), draw(st.just("") | WORDS), uscc, *said))
        for stall in draw(st.lists(st.sampled_from(stalls_), min_size=1, max_size=3, unique=True)):
            days = sorted(draw(st.lists(WHEN, min_size=1, max_size=4, unique=True)))
            spells = [(days[j], days[j + 1] if j + 1 < len(days) else None) for j in range(0, len(days), 2)]
            occupancies += [Occupancy(MerchantCode(code), stall, since, until) for since, until in spells]
    return merchants, occupancies


def _connector(draw: st.DrawFn, i: int, keys: list[LevelKey], shift: dict[str, float]) -> Connector:
    start, end = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
    first = crs.to_lonlat(Point(shift[start.building] + 5, 10), PROJECTION)
    last = crs.to_lonlat(Point(shift[end.building] + 9, 12), PROJECTION)
    upright = start != end and start.building == end.building and draw(st.booleans())
    kind, walk_m, assumed = draw(st.sampled_from(ConnectorKind)), draw(st.floats(0.5, 900)), draw(st.booleans())
    hours = tuple(sorted(draw(st.lists(SHIFTS, max_size=3, unique=True)), key=str))
    ends = (start, first, end, first if upright else last)
    return Connector(f"=C{i}", kind, *ends, walk_m, assumed, hours, draw(st.booleans()))


def _days(draw: st.DrawFn) -> tuple[date | None, date | None]:
    first, end = sorted(draw(st.lists(WHEN, min_size=2, max_size=2, unique=True)))
    return draw(st.none() | st.just(first)), draw(st.none() | st.just(end))


def _members(draw: st.DrawFn, homes: list[StallCode], organisations: list[str]) -> list[Member]:
    codes = draw(st.lists(CODES, max_size=4, unique=True))
    home = st.none() | st.sampled_from(homes) if homes else st.none()
    contacts, counts = st.just("") | WORDS, st.none() | st.integers(1, 300)
    found: list[Member] = []
    for code in codes:
        office = draw(st.just("") | st.sampled_from(organisations)) if organisations else ""
        roles = [Role.GUIDE, Role.LIAISON] if office else [Role.MEMBER, Role.DEPUTY, Role.GUIDE, Role.OPERATOR]
        found.append(
            Member(
                MemberCode(code), draw(WORDS), draw(st.sampled_from(roles)), draw(contacts), draw(counts), draw(home),
                *_days(draw), office, draw(SOURCES), draw(CHECKED),
            )
        )  # fmt: skip
    return found


def _organisations(draw: st.DrawFn) -> list[LedgerOrganisation]:
    """A few, each under those before it; the first ones may serve the market through the others only."""
    found: list[LedgerOrganisation] = []
    for i in range(draw(st.integers(0, 4))):
        code = f"O{i}-党支部"
        above = draw(st.lists(st.sampled_from(found), max_size=2, unique_by=lambda o: o.code)) if found else []
        sides, relations = st.sampled_from(Side), st.sampled_from(Relation)
        parents = [Parent(code, o.code, draw(sides), draw(relations), n == 0) for n, o in enumerate(above)]
        organisation = Organisation(
            code, draw(WORDS), draw(st.sampled_from(Tier)), draw(st.none() | st.sampled_from(Formed)), *_days(draw),
            None, draw(SOURCES), draw(CHECKED),
        )  # fmt: skip
        found.append(LedgerOrganisation(organisation, draw(st.none() | st.sampled_from(Tie)), tuple(parents)))
    tied = {o.code for o in found if o.tie is not None}
    for o in reversed(found):
        tied |= {parent.parent for parent in o.parents} if o.code in tied else set()
    return [o for o in found if o.code in tied]


def _zoning(
    draw: st.DrawFn, standing: list[Stall], floors: dict[LevelKey, BaseGeometry], people: list[Member]
) -> Zoning | None:
    codes = draw(st.lists(CODES, max_size=3, unique=True)) if standing else []
    if not codes:
        return None
    zone_of = {stall.code: draw(st.sampled_from(codes)) for stall in standing if draw(st.booleans())}
    zones = tuple(
        Zone(
            ZoneCode(code), draw(WORDS), draw(st.integers(0, 30)),
            tuple(sorted(stall for stall, zone in zone_of.items() if zone == code)),
            tuple(ZoneShape(key, floors[key], draw(st.integers(0, 9)), draw(st.integers(0, 9))) for key in
                  sorted({stall.level for stall in standing if zone_of.get(stall.code) == code} or {min(floors)})),
            draw(st.booleans()),
        )
        for code in sorted(codes)
    )  # fmt: skip
    members = [m.code for m in people if not m.organisation]
    pairs = [(zone, member) for zone in codes for member in members]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else []
    assigned = tuple(
        Assignment(ZoneCode(zone), member, draw(st.sampled_from([Role.MEMBER, Role.DEPUTY])), *_days(draw))
        for zone, member in chosen
    )
    plan = Plan(
        PlanCode("x"), MarketCode("round"), PlanState.PUBLISHED, draw(st.integers(0, 2**60)),
        {"target": 50, "band_low": 45.5, "name": draw(WORDS)}, "0f" * 32, "engine 1",
        datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC), draw(WORDS), date(2026, 3, 5),
        metrics=(MetricValue("load", 1.25, "merchants", 2),), name=draw(st.none() | WORDS.map(lambda w: w[:64])),
    )  # fmt: skip
    return Zoning(plan, zones, assigned)


def add_whole(database: Database, draft: MarketDraft) -> None:
    """Write a market with its organisations, their people, and the plan in force."""
    with database.writing() as connection:
        markets_service.write_market(
            connection, replace(draft, members=tuple(m for m in draft.members if not m.organisation))
        )
        register = history.register(connection, draft.market.code)
        ledgers = ledger_changes(register, draft, frozenset({"organisations", "members"}))
        make_changes(connection, draft.market.code, list(ledgers))
        if draft.zoning is not None:
            write_zoning(connection, draft.market.code, draft.zoning)


@dataclass
class Held:
    """What a register holds, in an order that does not depend on how it came in; geometries apart."""

    values: dict[str, Any]
    places: dict[tuple[str, ...], BaseGeometry]


def held(database: Database, market: str, day: date = TODAY) -> Held:
    with database.reading() as connection:
        known = markets.market(connection, market)
        floors = [summary.level for summary in markets.levels(connection, market, day)]
        standing = [trading.stall for trading in stalls.trading_stalls(connection, market, day)]
        ways = markets.connectors(connection, market)
        values = {
            "market": (known.code, known.name, known.kind, known.layout),
            "buildings": markets.buildings(connection, market),
            "levels": [(level.key, level.label) for level in floors],
            "stalls": [replace(stall, place_lonlat=Point()) for stall in standing],
            "connectors": [
                (
                    c.code,
                    c.kind,
                    c.from_level,
                    c.to_level,
                    round(c.walk_m, 9),
                    c.assumed,
                    c.locked,
                    sorted(map(str, c.open_hours)),
                )
                for c in ways
            ],
            "merchants": sorted(map(str, exports.merchants(connection, market))),
            "occupancies": sorted(map(str, exports.occupancies(connection, market))),
            "members": sorted(members.members(connection, market), key=lambda m: m.code),
        }
        key = markets.market_id(connection, market)
        serving = organisation_ledger.serving(organisation_ledger.ledger(connection, key))
        values["organisations"] = serving
        values["people"] = members.office_members(connection, [entry.code for entry in serving])
        plan = plans.plan_in_force(connection, market, day)
        zones = plans.zones(connection, plan) if plan else []
        assigned = plans.assignments(connection, plan) if plan else []
        values["zones"] = [
            replace(z, shapes=tuple(replace(s, outline_lonlat=Polygon()) for s in z.shapes)) for z in zones
        ]
        values["assignments"] = sorted(assigned, key=lambda a: (a.zone, a.member, a.role, str(a.valid_from)))
        found = plans.plan(connection, plan) if plan else None
        values["plan"] = found and replace(
            found, code=PlanCode(""), market=MarketCode(""), uuid="", revision=0, created_by=""
        )
    places: dict[tuple[str, ...], BaseGeometry] = {("stall", s.code): s.place_lonlat for s in standing}
    places |= {("level", *map(str, (f.key.building, f.key.ordinal))): f.outline_lonlat for f in floors}
    places |= {("from", c.code): c.from_lonlat for c in ways} | {("to", c.code): c.to_lonlat for c in ways}
    shares = [(z.code, s) for z in zones for s in z.shapes]
    places |= {("zone", z, s.level.building, str(s.level.ordinal)): s.outline_lonlat for z, s in shares}
    return Held(values, places)


def assert_same(one: Held, other: Held, within_degrees: float = 1e-7) -> None:
    for name, value in one.values.items():
        assert other.values[name] == value, name
    assert one.places.keys() == other.places.keys()
    for key, first in one.places.items():
        second = other.places[key]
        assert first.geom_type == second.geom_type, key
        apart = first.hausdorff_distance(second)
        assert np.isnan(apart) or apart <= within_degrees, (key, apart)
        assert first.symmetric_difference(second).area <= within_degrees**2, key


def wiped(database: Database) -> Database:
    """Take every market, member and organisation out again."""
    with database.writing() as connection:
        wipe(connection)
    return database


def wipe(connection: Connection) -> None:
    for table in (t.plan, t.member, t.market, t.organisation):
        connection.execute(sa.delete(table))
