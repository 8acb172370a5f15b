"""One market out of its tables: levels, stalls, merchants, connectors, organisations, members and zones in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError
from gridmap.exchange.agreement import Layer, check_agreement, check_levels, outlines_of
from gridmap.exchange.bundles import OURS
from gridmap.exchange.connectors import read_connectors, read_links
from gridmap.exchange.fitting import (
    fit_units,
    floors_from_units,
    levels_from_floors,
    proposed_connectors,
    with_footprints,
)
from gridmap.exchange.levels import read_levels, stated_market
from gridmap.exchange.members import read_members
from gridmap.exchange.merchants import KnownUnits, read_merchants
from gridmap.exchange.organisations import doubt_deserted, read_organisations
from gridmap.exchange.rows import Table
from gridmap.exchange.scope import Scope, middle_of
from gridmap.exchange.stalls import UnitRow, buildings_named, read_units, rows_by_code, zones_of_stalls
from gridmap.exchange.zones import read_assignments, read_plan, read_zones
from gridmap.model.duty import Assignment, Member, Zoning
from gridmap.model.ids import MAIN_BUILDING, BuildingCode, MemberCode, MerchantCode, StallCode
from gridmap.model.intake import FileCount, InputRole, MarketDraft
from gridmap.model.kinds import Layout, MarketKind
from gridmap.model.organisations import LedgerOrganisation
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum

"""The building of a market that names none."""
_SAME_FLOOR_M = 0.01


@dataclass(slots=True)
class _Draft:
    """What is known so far while the files are taken in, one after the other."""

    scope: Scope
    tables: Mapping[InputRole, Table]
    projection: str = ""
    building_names: dict[BuildingCode, str] = field(default_factory=dict)
    levels: dict[LevelKey, Level] = field(default_factory=dict)
    stalls: dict[StallCode, Stall] = field(default_factory=dict)
    settled: dict[StallCode, Stall] = field(default_factory=dict)
    """Stalls of the database that a list of a part keeps as they are, unless it names them."""
    left_out: dict[str, int] = field(default_factory=dict)
    connectors: dict[str, Connector] = field(default_factory=dict)
    merchants: dict[MerchantCode, Merchant] = field(default_factory=dict)
    occupancies: list[Occupancy] = field(default_factory=list)
    known: Mapping[str, LedgerOrganisation] = field(default_factory=dict[str, LedgerOrganisation])
    """Organisations of the database, which a list may name."""
    organisations: dict[str, LedgerOrganisation] = field(default_factory=dict)
    members: dict[MemberCode, Member] = field(default_factory=dict)
    zoning: Zoning | None = None
    counts: list[FileCount] = field(default_factory=list)

    def count(self, role: InputRole, accepted: int, before: int, *, set_aside: int = 0) -> None:
        """Book one file's rows; `before` is the number of rejected rows before it was taken in."""
        rejected = len(self.scope.findings.quarantined) - before
        table = self.tables[role]
        self.counts.append(FileCount(table.file, role, len(table.rows), accepted, rejected, set_aside))


def take_market(
    tables: Mapping[InputRole, Table],
    scope: Scope,
    *,
    today: date,
    existing: MarketDraft | None = None,
    whole: bool = True,
) -> tuple[MarketDraft, tuple[FileCount, ...]]:
    """
    Check the rows of one market, mend what the tolerances allow, and set the rest aside in the scope's findings.

    Parameters
    ----------
    tables
        Rows of another market are rejected. Levels and stalls come from `existing` where no table brings them.
    today
        First day of an occupancy whose row has no `valid_from`.
    existing
        The market as it is in the database, if it is there; what no table brings is carried over from it unchanged.
    whole
        Whether the tables hold everything of their kind; else what they lack is carried over as well.

    Returns
    -------
    draft, counts
        The whole market, WGS84, and how the rows of each file fared. Every stall lies on its level's floor and their
        interiors are disjoint, so that `spatial.cells.level_cells` takes them.

    Raises
    ------
    InputRefusedError
        If there are neither levels nor stalls.
    """
    draft = _Draft(scope, tables)
    if existing is not None:
        _carry_over(draft, existing)
        if not whole and "stalls" in tables:
            draft.settled = {stall.code: stall for stall in existing.stalls}
    _take_places(draft, outlines_of(existing.levels if existing is not None else (), "", Datum.WGS84))
    _take_merchants(draft, today)
    _take_connectors(draft)
    _take_organisations(draft)
    _take_members(draft, existing.leaders if existing is not None else ())
    _take_zoning(draft, existing)
    return _finished(draft, existing), tuple(draft.counts)


def _carry_over(draft: _Draft, existing: MarketDraft) -> None:
    given = draft.tables.keys()
    draft.projection = existing.market.projection
    draft.known = {entry.code: entry for entry in existing.organisations}
    draft.building_names = {building.code: building.name for building in existing.buildings}
    if "levels" not in given and not ("stalls" in given and _floors_are_made(existing)):
        draft.levels = {level.key: level for level in existing.levels}
    if "stalls" not in given:
        draft.stalls = {stall.code: stall for stall in existing.stalls}
    if "merchants" not in given:
        draft.merchants = {merchant.code: merchant for merchant in existing.merchants}
        draft.occupancies = list(existing.occupancies)
    if "organisations" not in given:
        draft.organisations = dict(draft.known)
    if "members" not in given:
        draft.members = {member.code: member for member in existing.members}
    if "connectors" not in given and "links" not in given:
        draft.connectors = {connector.code: connector for connector in existing.connectors}


def _floors_are_made(existing: MarketDraft) -> bool:
    """Whether nobody drew the floors of a market: they are what its stalls give, and change with them."""
    units = [UnitRow(0, s.code, s.level, "", s.kind, s.name, s.place_lonlat) for s in existing.stalls]
    made = floors_from_units(units, existing.market.projection) if units else {}
    return made.keys() == {level.key for level in existing.levels} and all(
        made[level.key].hausdorff_distance(crs.to_metres(level.outline_lonlat, existing.market.projection))
        <= _SAME_FLOOR_M
        for level in existing.levels
    )


# --- Levels and stalls ------------------------------------------------------------------------------------------------


def _take_places(draft: _Draft, before: Layer) -> None:
    """Take levels and stalls in; `before` are the outlines that the market has had."""
    levels_table, stalls_table = draft.tables.get("levels"), draft.tables.get("stalls")
    home = before
    if levels_table is not None:
        _take_levels(draft, levels_table, _building_of(stalls_table))
        home = outlines_of(draft.levels.values(), levels_table.file, levels_table.datum)
        check_agreement(home, before, draft.scope)
    if stalls_table is not None:
        _take_stalls(draft, stalls_table, home)
    if (table := levels_table or stalls_table) is not None:
        check_levels(draft.levels.values(), table.file, draft.scope)
    elif not draft.levels:
        raise InputRefusedError(
            next(iter(draft.tables.values())).file,
            f"市场 {draft.scope.market} 还没有铺位",
            f"the market {draft.scope.market} has no stalls yet",
            "请同时用 --stalls 给出铺位文件。",
            "Give the stalls as well, with --stalls.",
        )


def _building_of(table: Table | None) -> BuildingCode:
    """Say what a level without a building belongs to: the building that all stalls name, else `main`."""
    named = buildings_named(table) if table is not None else set[str]()
    return BuildingCode(named.pop() or MAIN_BUILDING) if len(named) == 1 else MAIN_BUILDING


def _take_levels(draft: _Draft, table: Table, building: BuildingCode) -> None:
    before = len(draft.scope.findings.quarantined)
    rows = read_levels(table, draft.scope, building=building)
    for row in rows:
        draft.levels[row.key] = Level(row.key, row.label, row.outline_lonlat)
        if row.building_name:
            draft.building_names.setdefault(row.key.building, row.building_name)
    _set_projection(draft, [row.outline_lonlat for row in rows])
    draft.count("levels", len(rows), before)


def _take_stalls(draft: _Draft, table: Table, home: Layer) -> None:
    findings = draft.scope.findings
    before = len(findings.quarantined)
    drawn = bool(draft.levels) or "levels" in draft.tables
    buildings = {key.building for key in draft.levels}
    only = _building_of(table) if not drawn else next(iter(buildings)) if len(buildings) == 1 else None
    units = read_units(table, draft.scope, building=only, levels=draft.levels.keys() if drawn else None)
    places = [unit.place_lonlat for unit in units]
    check_agreement(Layer("stalls", table.file, places, table.datum), home, draft.scope)
    kept = {code: stall for code, stall in draft.settled.items() if code not in {unit.code for unit in units}}
    units = [*(UnitRow(0, s.code, s.level, "", s.kind, s.name, s.place_lonlat) for s in kept.values()), *units]
    _set_projection(draft, places)
    floors_m: dict[LevelKey, BaseGeometry] = {}
    if drawn:
        floors_m = {key: crs.to_metres(level.outline_lonlat, draft.projection) for key, level in draft.levels.items()}
    units = with_footprints(units, floors_m, draft.projection, findings)
    if not drawn:
        floors_m = floors_from_units(units, draft.projection) if units else {}
    fitted = fit_units(units, floors_m, draft.projection, file=table.file, findings=findings, settled=kept.keys())
    if not drawn:
        _make_levels(draft, floors_m, units)
    draft.stalls = {stall.code: stall for stall in fitted.stalls} | kept
    draft.left_out = {**rows_by_code(table), **fitted.left_out}
    draft.count("stalls", len(draft.stalls) - len(kept), before)


def _make_levels(draft: _Draft, floors_m: dict[LevelKey, BaseGeometry], units: Sequence[UnitRow]) -> None:
    draft.levels = {level.key: level for level in levels_from_floors(floors_m, units, draft.projection)}
    if draft.levels:
        draft.scope.findings.note(
            "没有楼层文件:{n} 个楼层的轮廓由铺位合并后闭合 3 米得出",
            "no levels file: the floors of {n} levels are the union of their stalls closed by 3 m",
            len(draft.levels),
        )


def _set_projection(draft: _Draft, places: Sequence[BaseGeometry]) -> None:
    if not draft.projection and (middle := middle_of(places)) is not None:
        draft.projection = crs.local_projection(*middle)


# --- Merchants and connectors -----------------------------------------------------------------------------------------


def _take_merchants(draft: _Draft, today: date) -> None:
    table = draft.tables.get("merchants")
    if table is not None:
        before = len(draft.scope.findings.quarantined)
        units = KnownUnits(draft.stalls, draft.left_out)
        trades = read_merchants(table, draft.scope, units=units, today=today)
        draft.merchants = trades.merchants
        draft.occupancies = [spell for spells in trades.spells.values() for spell in spells]
        draft.count("merchants", len(draft.occupancies), before)
        return
    kept = [occupancy for occupancy in draft.occupancies if occupancy.stall in draft.stalls]
    lost = len(draft.occupancies) - len(kept)
    if lost:
        draft.scope.findings.note(
            "{n} 个经营期的铺位已不在新的铺位文件中,未带入",
            "{n} occupancies were not carried over: their stalls are not in the new stalls file",
            lost,
        )
    draft.occupancies = kept


def _take_connectors(draft: _Draft) -> None:
    findings = draft.scope.findings
    if (table := draft.tables.get("connectors")) is not None:
        before = len(findings.quarantined)
        _check_connectors(draft, table)
        ways = read_connectors(table, draft.scope, levels=draft.levels, projection=draft.projection)
        draft.connectors = {connector.code: connector for connector in ways.connectors}
        draft.count("connectors", ways.rows, before)
    if (table := draft.tables.get("links")) is not None:
        before = len(findings.quarantined)
        ways = read_links(table, draft.scope, stalls=draft.stalls, taken=set(draft.connectors))
        draft.connectors |= {connector.code: connector for connector in ways.connectors}
        draft.count("links", ways.rows, before, set_aside=ways.set_aside)
    known = draft.levels.keys()
    kept = {c: w for c, w in draft.connectors.items() if w.from_level in known and w.to_level in known}
    if len(kept) < len(draft.connectors):
        findings.note(
            "{n} 个连通点的楼层已不存在,未带入",
            "{n} connectors were not carried over: their levels are gone",
            len(draft.connectors) - len(kept),
        )
    draft.connectors = kept
    if draft.connectors or "connectors" in draft.tables or "links" in draft.tables:
        return
    proposed = proposed_connectors(tuple(draft.levels.values()), tuple(draft.stalls.values()), draft.projection)
    draft.connectors = {connector.code: connector for connector in proposed}
    if proposed:
        findings.note(
            "没有连通点文件:在相邻楼层之间按最近处推定 {n} 个连通点(标为“推定”),请核对",
            "no connectors file: {n} connectors between adjacent levels are proposed at the nearest floor points and "
            "marked assumed; check them",
            len(proposed),
        )


def _check_connectors(draft: _Draft, table: Table) -> None:
    drawn = draft.tables.get("levels") or draft.tables.get("stalls")
    home = outlines_of(draft.levels.values(), drawn.file if drawn else "", drawn.datum if drawn else Datum.WGS84)
    places = places_of([row.place for row in table.rows if row.place is not None])
    layer = Layer("connectors", table.file, list(crs.shift_places(places, table.datum, Datum.WGS84)), table.datum)
    check_agreement(layer, home, draft.scope)


# --- Ledgers and zones ------------------------------------------------------------------------------------------------


def _take_organisations(draft: _Draft) -> None:
    if (table := draft.tables.get("organisations")) is not None:
        before = len(draft.scope.findings.quarantined)
        draft.organisations = read_organisations(table, draft.scope, known=draft.known)
        draft.count("organisations", len(draft.organisations), before)


def _take_members(draft: _Draft, leaders: Sequence[MemberCode]) -> None:
    if (table := draft.tables.get("members")) is not None:
        before = len(draft.scope.findings.quarantined)
        draft.members = read_members(
            table,
            draft.scope,
            stalls=draft.stalls,
            leaders=leaders,
            organisations={**draft.known, **draft.organisations},
        )
        draft.count("members", len(draft.members), before)
    if "organisations" in draft.tables:
        doubt_deserted(draft.tables["organisations"], draft.organisations, draft.members.values(), draft.scope.findings)


def _take_zoning(draft: _Draft, existing: MarketDraft | None) -> None:
    """Take the plan in force that an export brought along; a market that is there already has plans of its own."""
    tables: dict[InputRole, Table] = {role: table for role in OURS if (table := draft.tables.get(role)) is not None}
    before = len(draft.scope.findings.quarantined)
    wanted = existing is None and "plans" in tables and bool(tables.keys() & {"zones"})
    plan = read_plan(tables["plans"], draft.scope) if wanted else None
    if plan is None:
        _set_zones_aside(draft, tables, before)
        return
    draft.count("plans", 1, before)
    before = len(draft.scope.findings.quarantined)
    homes = {code: zone for code, zone in zones_of_stalls(draft.tables.get("stalls")).items() if code in draft.stalls}
    zones, rows = read_zones(tables["zones"], draft.scope, levels=draft.levels, homes=homes)
    draft.count("zones", rows, before)
    assigned: tuple[Assignment, ...] = ()
    if (table := tables.get("assignments")) is not None:
        before = len(draft.scope.findings.quarantined)
        assigned = read_assignments(table, draft.scope, zones=zones, members=draft.members)
        draft.count("assignments", len(assigned), before)
    draft.zoning = Zoning(plan, zones, assigned)


def _set_zones_aside(draft: _Draft, tables: Mapping[InputRole, Table], before: int) -> None:
    faulty = {(row.file, row.row) for row in draft.scope.findings.quarantined[before:]}
    for role, table in tables.items():
        rejected = sum((table.file, row.number) in faulty for row in table.rows) if role == "plans" else 0
        aside = len(table.rows) - rejected
        draft.counts.append(FileCount(table.file, role, len(table.rows), 0, rejected, aside))
    if any(table.rows for table in tables.values()):
        draft.scope.findings.note(
            "文件中的责任区未带入:市场已存在,或文件没有可用的现行方案",
            "the zones of the file were left aside: the market is there already, or the file has no plan in force",
        )


# --- The outcome ------------------------------------------------------------------------------------------------------


def _finished(draft: _Draft, existing: MarketDraft | None) -> MarketDraft:
    buildings: dict[BuildingCode, None] = dict.fromkeys(key.building for key in sorted(draft.levels))
    return MarketDraft(
        market=_market(draft, existing.market if existing is not None else None),
        buildings=tuple(Building(code, draft.building_names.get(code, code)) for code in buildings),
        levels=tuple(draft.levels[key] for key in sorted(draft.levels)),
        connectors=tuple(draft.connectors.values()),
        stalls=tuple(draft.stalls.values()),
        merchants=tuple(draft.merchants.values()),
        occupancies=tuple(draft.occupancies),
        members=tuple(draft.members.values()),
        organisations=tuple(draft.organisations.values()),
        zoning=draft.zoning,
    )


def _market(draft: _Draft, known: Market | None) -> Market:
    stated = stated_market(draft.tables.get("levels"))
    kind, layout = stated.get("market_kind"), stated.get("layout")
    return Market(
        code=draft.scope.market,
        name=stated.get("market_name") or (known.name if known else draft.scope.market),
        kind=MarketKind(kind) if kind in list(MarketKind) else known.kind if known else MarketKind.MARKET,
        layout=Layout(layout) if layout in list(Layout) else known.layout if known else Layout.BUILDING,
        projection=draft.projection,
        division=stated.get("division") or (known.division if known else None),
        uuid=known.uuid if known else "",
        revision=known.revision if known else 0,
    )
