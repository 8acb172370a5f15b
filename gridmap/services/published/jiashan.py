"""嘉善: Jiashan, about 2018."""

from collections import Counter
from datetime import date

import shapely

from gridmap.model.facts import BoundKind
from gridmap.model.kinds import Layout, MarketKind
from gridmap.model.organisations import Relation, Side, Tier
from gridmap.model.stations import StationKind
from gridmap.services.published.evidence import Evidence, Finding, Row, holds, overlap_share, rounded, same
from gridmap.services.published.ratio import Ratio, ratio_rows, visits_row
from gridmap.spatial import staffing

_POINTS = {
    MarketKind.SCENIC: 1, MarketKind.STREET: 4, MarketKind.COMPLEX: 1, MarketKind.SMALL_FIRMS: 3,
    MarketKind.MARKET: 1, MarketKind.TOWER: 1,
}  # fmt: skip


def _j01(e: Evidence) -> list[Finding]:
    own = staffing.no_crossing([m.merchants for m in e.markets], e.members)
    return [
        *ratio_rows(e, Ratio(merchants=210, members=10, need=5, gap=-5, load=21.0, covered=210, share=100.0, left=0)),
        same("最低上限", own.least_cap or 0, 21),
        same("需(街区与农贸市场不合并)", own.need, 5),
        same("250 户以内需", staffing.pooled(250, 10).need, 5),
        visits_row(e, 2.1),
        e.bound("merchants", 210, BoundKind.AT_LEAST),
    ]


def _j02(e: Evidence) -> list[Finding]:
    areas = [o.area_lonlat for o in e.of_tier(Tier.BRANCH) if o.area_lonlat is not None]
    inside = sum(
        trading.merchants
        for trading in e.street_stalls
        if areas and shapely.covers(areas[0], shapely.centroid(trading.stall.place_lonlat))
    )
    return [
        same("有街区范围的支部", len(areas), 1),
        same("支部范围内的商户", inside, 210),
        same("2017-10-31 支部", len(e.of_tier(Tier.BRANCH, date(2017, 10, 31))), 0),
        same("2017-11-30 支部", len(e.of_tier(Tier.BRANCH, date(2017, 11, 30))), 1),
        e.bound("merchants", 210, BoundKind.AT_LEAST),
    ]


def _served_under(e: Evidence, side: Side) -> int:
    """Count the merchants of markets whose organisation has a parent on this side."""
    under = {p.organisation for p in e.parents if p.side is side}
    markets = {tie.market for tie in e.ties if tie.organisation in under}
    return sum(m.merchants for m in e.markets if m.market in markets)


def _j03(e: Evidence) -> list[Finding]:
    return [
        same("按条(部门)汇总", _served_under(e, Side.LINE), 210),
        same("按块(镇街)汇总", _served_under(e, Side.BLOCK), 210),
    ]


def _j05(e: Evidence) -> list[Finding]:
    points = Counter(s.venue for s in e.stations_of(StationKind.DEMONSTRATION))
    return [same("示范点", sum(points.values()), 11), *(same(f"{k.value}", points[k], n) for k, n in _POINTS.items())]


def _j06(e: Evidence) -> list[Finding]:
    return [
        same("单独建", e.tally("organisation", "alone"), 39),
        same("联合建", e.tally("organisation", "joint"), 3),
        same("挂靠建(可为 0)", e.tally("organisation", "attached"), 0),
        same("党组织", e.tally("organisation"), 42),
        same("党员(全市)", e.tally("member"), 501),
        rounded("每组织党员", e.tally("member") / max(e.tally("organisation"), 1), 11.9),
        e.stated("organisations", 42),
    ]


def _j07(e: Evidence) -> list[Finding]:
    """13 markets over an unknown number of markets: no percentage, 42 counts organisations."""
    return [same("完成标准化的市场", e.tally("standardised-market"), 13), e.unknown("city_markets")]


def _j11(e: Evidence) -> list[Finding]:
    kinds = {s.venue for s in e.stations_of(StationKind.DEMONSTRATION)}
    return [
        same("场所类型", len(kinds & set(MarketKind)), 6),
        same("按类型合计", len(e.stations_of(StationKind.DEMONSTRATION)), 11),
        same("形态(楼宇、街道)另记", len(Layout), 2),
    ]


def _j12(e: Evidence) -> list[Finding]:
    nested = [m for m in e.markets if m.parent is not None]
    own = sum(m.merchants for m in e.markets if m.parent is None)
    stalls = shapely.union_all([x.stall.place_lonlat for x in e.street_stalls])
    floors = shapely.union_all([x.level.outline_lonlat for x in e.street_levels])
    in_stalls = [overlap_share(place.outline_lonlat, stalls) for place in e.left_out]
    in_floors = [overlap_share(place.outline_lonlat, floors) for place in e.left_out]
    kinds = {place.kind for place in e.left_out}
    return [
        same("街区内的市场", len(nested), 1),
        same("只计一次的商户", own + sum(m.merchants for m in nested), 210),
        holds("不划入", "、".join(sorted(kinds)), "homes、offices", ok=kinds == {"homes", "offices"}),
        same("有铺位的不划入处", sum(share > 1e-6 for share in in_stalls), 0),
        same("在责任区范围内的不划入处", sum(share > 1e-6 for share in in_floors), 0),
    ]


def _j13(e: Evidence) -> list[Finding]:
    branch = [o.code for o in e.of_tier(Tier.BRANCH)]
    first = [p for p in e.parents if p.organisation in branch and p.primary]
    second = [p for p in e.parents if p.organisation in branch and not p.primary]
    return [
        same("主隶属(块、领导)", sum(p.side is Side.BLOCK and p.relation is Relation.LEAD for p in first), len(branch)),
        same("第二隶属(条)", sum(p.side is Side.LINE for p in second), len(branch)),
        same("上级合计", len(first) + len(second), 2),
    ]


ROWS: dict[str, Row] = {
    "J01": _j01, "J02": _j02, "J03": _j03, "J05": _j05, "J06": _j06, "J07": _j07, "J11": _j11, "J12": _j12,
    "J13": _j13,
}  # fmt: skip
