"""Files in: read, doubt, mend, set aside. No database: what comes out is a market ready to be written, and a report."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.connectors import read_connectors, read_links
from gridmap.exchange.findings import Findings
from gridmap.exchange.fitting import fit_units, floors_from_units, levels_from_floors, proposed_connectors
from gridmap.exchange.levels import read_levels, stated_market
from gridmap.exchange.members import read_members
from gridmap.exchange.merchants import KnownUnits, read_merchants
from gridmap.exchange.rows import Table
from gridmap.exchange.scope import Scope, markets_named, middle_of
from gridmap.exchange.sources import read_table
from gridmap.exchange.stalls import UnitRow, buildings_named, read_units, rows_by_code
from gridmap.model.duty import Member
from gridmap.model.ids import BuildingCode, MarketCode, MemberCode, MerchantCode, StallCode
from gridmap.model.intake import Accepted, FileCount, ImportReport, InputRole, IntakeFiles, MarketDraft
from gridmap.model.kinds import Layout, MarketKind
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.spatial import crs
from gridmap.spatial.crs import Datum

ROLES: tuple[InputRole, ...] = ("levels", "stalls", "merchants", "connectors", "links", "members")
MAIN = BuildingCode("main")
"""The building of a market that names none."""
_MARKET_CODE = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(eq=False)
class NothingAcceptedError(InputRefusedError):
    """A file can be read, but none of its rows can be used; `report` has every row with its reason."""

    report: ImportReport


@dataclass(slots=True)
class _Draft:
    """What is known so far while the files are taken in, one after the other."""

    scope: Scope
    tables: dict[InputRole, Table]
    projection: str = ""
    building_names: dict[BuildingCode, str] = field(default_factory=dict)
    levels: dict[LevelKey, Level] = field(default_factory=dict)
    stalls: dict[StallCode, Stall] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    connectors: dict[str, Connector] = field(default_factory=dict)
    merchants: dict[MerchantCode, Merchant] = field(default_factory=dict)
    occupancies: list[Occupancy] = field(default_factory=list)
    members: dict[MemberCode, Member] = field(default_factory=dict)
    counts: list[FileCount] = field(default_factory=list)

    def count(self, role: InputRole, accepted: int, before: int, *, set_aside: int = 0) -> None:
        """Book one file's rows; `before` is the number of rejected rows before it was taken in."""
        rejected = len(self.scope.findings.quarantined) - before
        table = self.tables[role]
        self.counts.append(FileCount(table.file, role, len(table.rows), accepted, rejected, set_aside))


def read_market(
    files: IntakeFiles,
    *,
    market: MarketCode | None,
    datum: str = Datum.WGS84,
    today: date,
    existing: MarketDraft | None = None,
) -> tuple[MarketDraft, ImportReport]:
    """
    Read a market from files, check it, mend what the tolerances allow, and set the rest aside with its reason.

    Parameters
    ----------
    files
        At least one file. Levels and stalls come from `existing` where no file brings them.
    market
        Code of the market; rows of another one are quarantined. None: the column `market` decides, if it names one.
    datum
        What the longitudes and latitudes of the files refer to: wgs84, cgcs2000, gcj02 or bd09.
    today
        First day of an occupancy whose row has no `valid_from`.
    existing
        The market as it is in the database, if it is there; what no file brings is carried over from it unchanged.

    Returns
    -------
    draft, report
        The whole market, WGS84, and what was accepted, mended and quarantined. Every stall lies on its level's floor
        and their interiors are disjoint, so that `spatial.cells.level_cells` takes them.

    Raises
    ------
    InputRefusedError
        If a file is unusable as a whole; nothing is to be written then.
    NothingAcceptedError
        If every row of the levels file or of the stalls file is faulty, or no row of any file can be used.
    InvalidParameterError
        If no file is given, the market's code is not `[a-z0-9-]{1,64}`, or the datum is none of the four.
    """
    paths, source_datum = _paths(files), _datum(datum)
    findings = Findings()
    tables: dict[InputRole, Table] = {role: read_table(path, role, findings) for role, path in paths.items()}
    code = _market_code(market, tables)
    draft = _Draft(Scope(code, source_datum, findings), tables)
    if existing is not None:
        _carry_over(draft, existing)
    _take_places(draft)
    _take_merchants(draft, today)
    _take_connectors(draft)
    _take_members(draft)
    report = _report(draft)
    _refuse_if_nothing(report)
    return _finished(draft, existing), report


def _paths(files: IntakeFiles) -> dict[InputRole, Path]:
    paths: dict[InputRole, Path | None] = {
        "levels": files.levels,
        "stalls": files.stalls,
        "merchants": files.merchants,
        "connectors": files.connectors,
        "links": files.links,
        "members": files.members,
    }
    given: dict[InputRole, Path] = {role: path for role, path in paths.items() if path is not None}
    if not given:
        raise InvalidParameterError(
            "files", "-", "请至少给出一个文件,如 --stalls。", "Give at least one file, such as --stalls."
        )
    return given


def _datum(name: str) -> Datum:
    try:
        return Datum(name)
    except ValueError as error:
        names = ", ".join(Datum)
        raise InvalidParameterError("datum", name, f"可用的有:{names}。", f"It is one of {names}.") from error


def _market_code(market: MarketCode | None, tables: dict[InputRole, Table]) -> MarketCode:
    name: str = market or ""
    if market is None:
        named = markets_named(tables.values())
        file = next(iter(tables.values())).file
        if not named:
            raise InputRefusedError(
                file,
                "没有指明市场,文件中也没有 market 列",
                "no market is named and the files have no column market",
                "请写 gridmap import 市场编号 ...,或在文件中加 market 列。",
                "Write gridmap import MARKET ..., or add a column market.",
            )
        if len(named) > 1:
            names = "、".join(list(named)[:10])
            raise InputRefusedError(
                file,
                f"文件含 {len(named)} 个市场({names})",
                f"the files hold {len(named)} markets ({names.replace('、', ', ')})",
                "请逐个指明市场编号导入。",
                "Import them one at a time by naming MARKET.",
            )
        name = next(iter(named))
    if not _MARKET_CODE.fullmatch(name):
        raise InvalidParameterError(
            "market",
            name,
            "市场编号只用小写字母、数字和连字符,至多 64 个字符。",
            "A market's code has lower-case letters, digits and hyphens only, 64 characters at most.",
        )
    return MarketCode(name)


def _carry_over(draft: _Draft, existing: MarketDraft) -> None:
    given = draft.tables.keys()
    draft.projection = existing.market.projection
    draft.building_names = {building.code: building.name for building in existing.buildings}
    if "levels" not in given:
        draft.levels = {level.key: level for level in existing.levels}
    if "stalls" not in given:
        draft.stalls = {stall.code: stall for stall in existing.stalls}
    if "merchants" not in given:
        draft.merchants = {merchant.code: merchant for merchant in existing.merchants}
        draft.occupancies = list(existing.occupancies)
    if "members" not in given:
        draft.members = {member.code: member for member in existing.members}
    if "connectors" not in given and "links" not in given:
        draft.connectors = {connector.code: connector for connector in existing.connectors}


# --- Levels and stalls ------------------------------------------------------------------------------------------------


def _take_places(draft: _Draft) -> None:
    levels_table, stalls_table = draft.tables.get("levels"), draft.tables.get("stalls")
    if levels_table is not None:
        _take_levels(draft, levels_table, _building_of(stalls_table))
    if stalls_table is not None:
        _take_stalls(draft, stalls_table)
    elif not draft.levels and levels_table is None:
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
    return BuildingCode(named.pop() or MAIN) if len(named) == 1 else MAIN


def _take_levels(draft: _Draft, table: Table, building: BuildingCode) -> None:
    before = len(draft.scope.findings.quarantined)
    rows = read_levels(table, draft.scope, building=building)
    for row in rows:
        draft.levels[row.key] = Level(row.key, row.label, row.outline_lonlat)
        if row.building_name:
            draft.building_names.setdefault(row.key.building, row.building_name)
    _set_projection(draft, [row.outline_lonlat for row in rows])
    draft.count("levels", len(rows), before)


def _take_stalls(draft: _Draft, table: Table) -> None:
    findings = draft.scope.findings
    before = len(findings.quarantined)
    drawn = bool(draft.levels) or "levels" in draft.tables
    buildings = {key.building for key in draft.levels}
    only = _building_of(table) if not drawn else next(iter(buildings)) if len(buildings) == 1 else None
    units = read_units(table, draft.scope, building=only, levels=draft.levels.keys() if drawn else None)
    _set_projection(draft, [unit.place_lonlat for unit in units])
    floors_m: dict[LevelKey, BaseGeometry]
    if drawn:
        floors_m = {key: crs.to_metres(level.outline_lonlat, draft.projection) for key, level in draft.levels.items()}
    else:
        floors_m = floors_from_units(units, draft.projection) if units else {}
    fitted = fit_units(units, floors_m, draft.projection, file=table.file, findings=findings)
    if not drawn:
        _make_levels(draft, floors_m, units)
    draft.stalls = {stall.code: stall for stall in fitted.stalls}
    draft.left_out = {**rows_by_code(table), **fitted.left_out}
    draft.count("stalls", len(draft.stalls), before)


def _make_levels(draft: _Draft, floors_m: dict[LevelKey, BaseGeometry], units: Sequence[UnitRow]) -> None:
    draft.levels = {level.key: level for level in levels_from_floors(floors_m, units, draft.projection)}
    if draft.levels:
        draft.scope.findings.note(
            f"没有楼层文件:{len(draft.levels)} 个楼层的轮廓由铺位合并后闭合 3 米得出",
            f"no levels file: the floors of {len(draft.levels)} levels are the union of their stalls closed by 3 m",
        )


def _set_projection(draft: _Draft, places: Sequence[BaseGeometry]) -> None:
    if not draft.projection and (middle := middle_of(places)) is not None:
        draft.projection = crs.local_projection(*middle)


# --- Merchants and connectors -----------------------------------------------------------------------------------------


def _take_merchants(draft: _Draft, today: date) -> None:
    table = draft.tables.get("merchants")
    if table is not None:
        before = len(draft.scope.findings.quarantined)
        units = KnownUnits({stall.code: stall.kind for stall in draft.stalls.values()}, draft.left_out)
        trades = read_merchants(table, draft.scope, units=units, today=today)
        draft.merchants = trades.merchants
        draft.occupancies = list(trades.occupancies.values())
        draft.count("merchants", len(draft.occupancies), before)
        return
    kept = [occupancy for occupancy in draft.occupancies if occupancy.stall in draft.stalls]
    lost = len(draft.occupancies) - len(kept)
    if lost:
        draft.scope.findings.note(
            f"{lost} 个经营期的铺位已不在新的铺位文件中,未带入",
            f"{lost} occupancies were not carried over: their stalls are not in the new stalls file",
        )
    draft.occupancies = kept


def _take_connectors(draft: _Draft) -> None:
    findings = draft.scope.findings
    if (table := draft.tables.get("connectors")) is not None:
        before = len(findings.quarantined)
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
        n = len(draft.connectors) - len(kept)
        findings.note(
            f"{n} 个连通点的楼层已不存在,未带入", f"{n} connectors were not carried over: their levels are gone"
        )
    draft.connectors = kept
    if draft.connectors or "connectors" in draft.tables or "links" in draft.tables:
        return
    proposed = proposed_connectors(tuple(draft.levels.values()), tuple(draft.stalls.values()), draft.projection)
    draft.connectors = {connector.code: connector for connector in proposed}
    if proposed:
        findings.note(
            f"没有连通点文件:在相邻楼层之间按最近处推定 {len(proposed)} 个连通点(标为“推定”),请核对",
            f"no connectors file: {len(proposed)} connectors between adjacent levels are proposed at the nearest floor "
            "points and marked assumed; check them",
        )


def _take_members(draft: _Draft) -> None:
    if (table := draft.tables.get("members")) is not None:
        before = len(draft.scope.findings.quarantined)
        draft.members = read_members(table, draft.scope, stalls=draft.stalls)
        draft.count("members", len(draft.members), before)


# --- The outcome ------------------------------------------------------------------------------------------------------


def _report(draft: _Draft) -> ImportReport:
    findings, datum = draft.scope.findings, draft.scope.datum
    if datum is not Datum.WGS84:
        findings.note(
            f"坐标按 {datum.value} 读取,已换算为 WGS84", f"coordinates were read as {datum.value} and turned into WGS84"
        )
    files = [table.file for table in draft.tables.values()]
    names = {role: t.file if files.count(t.file) == 1 else f"{role}: {t.file}" for role, t in draft.tables.items()}
    for role, table in draft.tables.items():
        if table.unused:
            shown = "、".join(table.unused[:12])
            findings.note(
                f"{names[role]}:未使用的列 {shown}", f"{names[role]}: columns not used: {shown.replace('、', ', ')}"
            )
    return ImportReport(
        market=draft.scope.market,
        accepted=Accepted(
            levels=len(draft.levels),
            stalls=len(draft.stalls),
            merchants=len(draft.merchants),
            connectors=len(draft.connectors),
            occupancies=len(draft.occupancies),
            members=len(draft.members),
        ),
        datum=datum.value,
        repaired=tuple(findings.repaired),
        quarantined=tuple(findings.quarantined),
        encoding=MappingProxyType({names[role]: table.encoding for role, table in draft.tables.items()}),
        columns=MappingProxyType({names[role]: table.columns for role, table in draft.tables.items()}),
        notes=tuple(findings.notes),
        files=tuple(draft.counts),
    )


def _refuse_if_nothing(report: ImportReport) -> None:
    needed = [count for count in report.files if count.role in ("levels", "stalls")] or list(report.files)
    empty = [count for count in needed if count.accepted + count.set_aside == 0]
    if not empty or (empty[0].role not in ("levels", "stalls") and len(empty) < len(needed)):
        return
    count = empty[0]
    first = next((q for q in report.quarantined if q.file == count.file), None)
    zh_en = first.reason.partition(" / ") if first is not None else ("-", "", "-")
    remedy = first.remedy.partition(" / ") if first is not None else ("", "", "")
    at_zh, at_en = (f"第 {first.row} 行:", f"row {first.row}: ") if first is not None else ("", "")
    raise NothingAcceptedError(
        file=count.file,
        reason_zh=f"{count.rows} 行全部被退回({at_zh}{zh_en[0]})",
        reason_en=f"all {count.rows} rows are faulty ({at_en}{zh_en[2]})",
        remedy_zh=f"{remedy[0]}。",
        remedy_en=f"{remedy[2]}.",
        report=report,
    )


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
