"""The tables of an export, whatever the format: named and headed as the import reads them.

They carry the import's own words, so that what goes out comes back: `levels`, `stalls`, `merchants` (a row for each
occupancy), `connectors`, `members`, `organisations`, and the plan in force: `plans` (one row), `zones` (a row for each
level of a zone), `assignments`. Tables for people say in Chinese words what the others say in ours (`Column.words`).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from shapely import LineString
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.features import json_text
from gridmap.exchange.organisations import FORMED_WORDS, TIE_WORDS, TIER_WORDS
from gridmap.exchange.parents import parents_text
from gridmap.model.exports import MarketCopy
from gridmap.model.hours import hours_text
from gridmap.model.kinds import ROLE_WORDS
from gridmap.model.places import Connector, LevelKey
from gridmap.model.provenance import SOURCE_WORDS, VERIFICATION_WORDS

Cell = str | int | float | bool | date | None
TITLES = {
    "merchants": "商户台账",
    "members": "责任人台账",
    "organisations": "组织台账",
    "stalls": "铺位",
    "levels": "楼层",
    "connectors": "连通点",
    "zones": "责任区",
    "plans": "现行方案",
    "assignments": "责任分工",
}
"""What a ledger is called for people."""
TABLE = "table"
"""The column that says which table a record is of, where a format has one list for all of them."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a table.

    `word` is the import's own; `heading` what a person reads; `kind` what its cells are, where they are not None;
    `words` what a person reads instead of a value of ours.
    """

    word: str
    heading: str
    kind: type = str
    words: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Ledger:
    """One table: `places` has the geometry of each row (WGS84), None for a table without any."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    places: tuple[BaseGeometry, ...] | None = None


def plain(words: Mapping[Any, str]) -> dict[str, str]:
    """Return words by the values of an enumeration, as cells have them."""
    return {str(value): word for value, word in words.items()}


_MARKET = Column("market", "市场编号")
_BUILDING = Column("building", "楼栋")
_LEVEL = Column("level", "楼层序号", int)
_STALL = Column("stall_id", "摊位号")
_MEMBER = Column("member_id", "网格员编号")
_ROLE = Column("role", "角色", words=plain(ROLE_WORDS))
_SOURCE = Column("source", "来源", words=plain(SOURCE_WORDS))
_VERIFICATION = Column("verification", "核实状态", words=plain(VERIFICATION_WORDS))


def ledgers_of(copy: MarketCopy) -> tuple[Ledger, ...]:
    """Return all tables of an export; merchants are left out where the copy has no register."""
    makers: list[Callable[[MarketCopy], Ledger]] = [_merchants] if copy.register or copy.own else []
    makers += [_members, _organisations, _stalls, _levels, _connectors, _plans, _zones, _assignments]
    return tuple(make(copy) for make in makers)


def _merchants(copy: MarketCopy) -> Ledger:
    draft = copy.draft
    known = {merchant.code: merchant for merchant in draft.merchants}
    stalls = {stall.code: stall for stall in draft.stalls}
    labels = {level.key: level.label for level in draft.levels}
    zone_of = {stall: zone.code for zone in copy.zones for stall in zone.stalls}
    columns = (
        _MARKET, _STALL, Column("name", "商户名称"), Column("merchant_id", "商户编号"), Column("trade", "经营范围"),
        Column("uscc", "统一社会信用代码"),
        Column("valid_from", "入驻日期", date), Column("valid_to", "退场日期", date),
        Column("on_level", "铺位所在层"), Column("zone", "责任区"), _SOURCE, _VERIFICATION,
    )  # fmt: skip
    rows = tuple(
        (
            draft.market.code, o.stall, known[o.merchant].name, o.merchant, known[o.merchant].trade,
            known[o.merchant].uscc if copy.private else None, o.valid_from, o.valid_to,
            labels[stalls[o.stall].level], zone_of.get(o.stall), known[o.merchant].source or None,
            known[o.merchant].verification,
        )
        for o in draft.occupancies
    )  # fmt: skip
    return Ledger("merchants", columns, rows)


def _members(copy: MarketCopy) -> Ledger:
    duties: dict[str, list[str]] = {}
    for assignment in copy.assignments:
        duties.setdefault(assignment.member, []).append(assignment.zone)
    columns = (
        _MARKET, _MEMBER, Column("name", "姓名"), _ROLE, _STALL, Column("capacity", "户数上限", int),
        Column("office_contact", "办公电话"), Column("valid_from", "到任日期", date),
        Column("valid_to", "离任日期", date), Column("organisation", "任职组织"), Column("zones", "责任区"), _SOURCE,
        _VERIFICATION,
    )  # fmt: skip
    rows = tuple(
        (
            copy.draft.market.code, m.code, m.name, m.role.value, m.home_stall if copy.private else None, m.capacity,
            m.office_contact, m.valid_from, m.valid_to, m.organisation or None,
            "、".join(sorted({*duties.get(m.code, ())})), m.source or None, m.verification,
        )
        for m in copy.draft.members
    )  # fmt: skip
    return Ledger("members", columns, rows)


def _organisations(copy: MarketCopy) -> Ledger:
    columns = (
        _MARKET, Column("organisation", "组织编号"), Column("name", "组织名称"),
        Column("tier", "层级", words=plain(TIER_WORDS)), Column("formed", "组建方式", words=plain(FORMED_WORDS)),
        Column("tie", "与市场的关系", words=plain(TIE_WORDS)), Column("parent", "上级组织"),
        Column("other_parents", "其他上级"), Column("valid_from", "成立日期", date),
        Column("valid_to", "撤销日期", date), Column("posts", "任职人数", int), _SOURCE, _VERIFICATION,
    )  # fmt: skip
    rows = tuple(
        (
            copy.draft.market.code, o.code, o.name, o.tier, o.formed, entry.tie,
            parents_text(p for p in entry.parents if p.primary) or None,
            parents_text(p for p in entry.parents if not p.primary) or None, o.valid_from, o.valid_to,
            copy.posts.get(o.code, 0), o.source or None, o.verification,
        )
        for entry in copy.draft.organisations
        for o in (entry.organisation,)
    )  # fmt: skip
    return Ledger("organisations", columns, rows)


def _stalls(copy: MarketCopy) -> Ledger:
    stalls = copy.draft.stalls
    labels = {level.key: level.label for level in copy.draft.levels}
    columns = (
        _MARKET, _STALL, _BUILDING, _LEVEL, Column("level_label", "楼层名称"), Column("kind", "类型"),
        Column("name", "铺位名称"), Column("zone", "责任区"),
    )  # fmt: skip
    zone_of = {stall: zone.code for zone in copy.zones for stall in zone.stalls}
    rows = tuple(
        (
            copy.draft.market.code, s.code, s.level.building, s.level.ordinal, labels[s.level], s.kind.value, s.name,
            zone_of.get(s.code),
        )
        for s in stalls
    )  # fmt: skip
    return Ledger("stalls", columns, rows, tuple(stall.place_lonlat for stall in stalls))


def _levels(copy: MarketCopy) -> Ledger:
    market, levels = copy.draft.market, copy.draft.levels
    names: Mapping[str, str] = {building.code: building.name for building in copy.draft.buildings}
    columns = (
        _MARKET, Column("market_name", "市场名称"), Column("market_kind", "市场类型"), Column("layout", "布局"),
        Column("division", "行政区划"), _BUILDING, Column("building_name", "楼栋名称"), _LEVEL,
        Column("label", "楼层名称"),
    )  # fmt: skip
    rows = tuple(
        (
            market.code, market.name, market.kind.value, market.layout.value, market.division, level.key.building,
            names[level.key.building], level.key.ordinal, level.label,
        )
        for level in levels
    )  # fmt: skip
    return Ledger("levels", columns, rows, tuple(level.outline_lonlat for level in levels))


def _connectors(copy: MarketCopy) -> Ledger:
    columns = (
        _MARKET, Column("code", "连通点编号"), Column("kind", "类型"), Column("from_building", "起始楼栋"),
        Column("from_level", "起始楼层", int), Column("to_building", "到达楼栋"), Column("to_level", "到达楼层", int),
        Column("walk_m", "步行米数", float), Column("assumed", "推定", bool), Column("locked", "上锁", bool),
        Column("open_hours", "开放时间"),
    )  # fmt: skip
    rows = tuple(
        (
            copy.draft.market.code, c.code, c.kind.value, *_key(c.from_level), *_key(c.to_level), c.walk_m, c.assumed,
            c.locked, hours_text(c.open_hours),
        )
        for c in copy.draft.connectors
    )  # fmt: skip
    return Ledger("connectors", columns, rows, tuple(way_of(c) for c in copy.draft.connectors))


def _plans(copy: MarketCopy) -> Ledger:
    """The plan in force. Its digest and figures go where the register goes; a seed is text: sheets keep 15 digits."""
    columns = (
        _MARKET, Column("plan", "方案"), Column("plan_name", "方案名称"), Column("valid_from", "生效日期", date),
        Column("valid_to", "结束日期", date), Column("seed", "随机种子"), Column("engine", "划分引擎"),
        Column("created_at", "编制时间"), Column("created_by", "编制人"), Column("input_hash", "输入摘要"),
        Column("parameters", "参数"), Column("metrics", "指标"),
    )  # fmt: skip
    plans = (copy.draft.zoning.plan,) if copy.draft.zoning is not None else ()
    rows = tuple(
        (
            copy.draft.market.code, p.code, p.name, p.valid_from, p.valid_to, str(p.seed), p.engine,
            p.created_at.isoformat(), p.created_by if copy.private else None,
            p.input_hash if copy.register else None, json_text(p.parameters),
            json_text([asdict(metric) for metric in p.metrics]) if copy.register else None,
        )
        for p in plans
    )  # fmt: skip
    return Ledger("plans", columns, rows)


def _assignments(copy: MarketCopy) -> Ledger:
    columns = (
        _MARKET, Column("zone", "责任区"), _MEMBER, _ROLE, Column("valid_from", "开始日期", date),
        Column("valid_to", "结束日期", date),
    )  # fmt: skip
    rows = tuple((copy.draft.market.code, a.zone, a.member, a.role, a.valid_from, a.valid_to) for a in copy.assignments)
    return Ledger("assignments", columns, rows)


def _zones(copy: MarketCopy) -> Ledger:
    answering: dict[str, list[str]] = {}
    for assignment in copy.assignments:
        answering.setdefault(assignment.zone, []).append(assignment.member)
    shares = [(zone, shape) for zone in copy.zones for shape in zone.shapes]
    columns = (
        _MARKET, Column("zone", "责任区"), Column("zone_name", "责任区名称"), _BUILDING, _LEVEL,
        Column("stalls", "本层铺位数", int), Column("merchants", "本层户数", int),
        Column("zone_merchants", "全区户数", int), Column("member_id", "网格员编号"),
        Column("colour", "颜色序号", int), Column("locked", "锁定", bool),
    )  # fmt: skip
    rows = tuple(
        (
            copy.draft.market.code, zone.code, zone.name, *_key(shape.level), shape.stalls,
            shape.merchants if copy.register else None, zone.merchants if copy.register else None,
            "、".join(sorted({*answering.get(zone.code, ())})), zone.colour, zone.locked,
        )
        for zone, shape in shares
    )  # fmt: skip
    return Ledger("zones", columns, rows, tuple(shape.outline_lonlat for _, shape in shares))


def _key(level: LevelKey) -> tuple[str, int]:
    return level.building, level.ordinal


def way_of(connector: Connector) -> BaseGeometry:
    """Return a connector as a line between its ends, as a point where they lie above each other."""
    start, end = connector.from_lonlat, connector.to_lonlat
    return start if start.equals(end) else LineString([start, end])
