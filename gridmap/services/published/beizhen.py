"""北镇: Beizhen, year not stated."""

from collections import Counter
from fractions import Fraction

from gridmap.model.facts import BoundKind
from gridmap.model.kinds import Role
from gridmap.model.organisations import Tie, Tier
from gridmap.model.stations import StationKind
from gridmap.services.published import visits
from gridmap.services.published.evidence import Evidence, Finding, Row, at_least, holds, rounded, same
from gridmap.services.published.ratio import Ratio, no_crossing_rows, ratio_rows, visits_row
from gridmap.spatial import staffing

_TRADES = {"纺织", "蔬菜", "小商品", "家电", "建材", "汽配", "副食"}


def _b01(e: Evidence) -> list[Finding]:
    return [
        same("商铺", e.merchants, 13_500),
        e.stated("merchants", 13_500),
        e.bound("workers", 35_000, BoundKind.MORE_THAN),
        rounded("每铺从业人员(不低于)", e.tally("worker") / e.merchants, 2.59, 2),
        e.bound("markets", 10, BoundKind.MORE_THAN),
        holds("画出的市场(自选,须多于 10)", str(len(e.markets)), "> 10", ok=len(e.markets) > 10),
    ]


def _b02(e: Evidence) -> list[Finding]:
    plans = [p for p in e.plans if p.name == "account" and p.state == "published"]
    zones = sum(p.zones for p in plans)
    return [
        same("责任区", zones, 91),
        same("中心户铺位在自己责任区内", sum(p.homes for p in plans), 91),
        rounded("每区商铺", e.merchants / max(zones, 1), 148.4),
        e.stated("zones", 91),
    ]


def _b03(e: Evidence) -> list[Finding]:
    ratio = ratio_rows(
        e, Ratio(merchants=13_500, members=91, need=270, gap=179, load=148.4, covered=4550, share=33.7, left=8950)
    )
    apart = no_crossing_rows(e, need=275, gap=184, least_cap=154, least_pooled=149, markets=11)
    cycle = staffing.cycle_working_days(Fraction(e.merchants, max(e.members, 1)), 8)
    return [*ratio, *apart, visits_row(e, 14.8), same("每日至多 8 户时一轮(工作日)", cycle, 19)]


def _b04(e: Evidence) -> list[Finding]:
    guides = Counter(p.organisation for p in e.in_post(Role.GUIDE))
    count = sum(guides.values())
    zones = sum(p.zones for p in e.plans if p.name == "account")
    guided = {tie.market for tie in e.ties if guides[tie.organisation]}
    return [
        same("党建指导员", count, 12),
        rounded("每人商铺", e.merchants / max(count, 1), 1125, 0),
        rounded("每人责任区", zones / max(count, 1), 7.6),
        same("每支部指导员", min((guides[o.code] for o in e.of_tier(Tier.BRANCH)), default=0), 2),
        same("没有指导员的市场", sum(m.market not in guided for m in e.markets), 0),
        e.bound("guide_agencies", 3, BoundKind.AT_LEAST),
    ]


def _b05(e: Evidence) -> list[Finding]:
    branches = len(e.of_tier(Tier.BRANCH))
    zones = sum(p.zones for p in e.plans if p.name == "account")
    served = Counter(tie.organisation for tie in e.ties if tie.tie is Tie.FEEDS)
    shared = sum(n - 1 for n in served.values()) + sum(m.market not in {x.market for x in e.ties} for m in e.markets)
    return [
        same("支部", branches, 6),
        rounded("每支部商铺", e.merchants / max(branches, 1), 2250, 0),
        rounded("每支部责任区", zones / max(branches, 1), 15.2),
        at_least("与他市场合用或没有支部的市场", shared, 5),
    ]


def _b06(e: Evidence) -> list[Finding]:
    centres, stations = e.stations_of(StationKind.SERVICE_CENTRE), e.stations_of(StationKind.SERVICE_STATION)
    return [
        same("党群服务中心", len(centres), 2),
        same("党群服务站", len(stations), 3),
        e.stated("service_centres", 2),
        e.stated("service_stations", 3),
        rounded("每处商铺(若均分)", e.merchants / max(len(centres) + len(stations), 1), 2700, 0),
    ]


def _b19(e: Evidence) -> list[Finding]:
    return [
        same("亮牌经营", e.displays, 118),
        e.stated("displays", 118),
        rounded("占商铺(%)", 100 * e.displays / e.merchants, 0.87, 2),
    ]


def _b20(e: Evidence) -> list[Finding]:
    kinds = Counter(a.kind for a in e.awards)
    yearly = [a for a in e.awards if a.valid_from and a.valid_to]
    year = sum(a.valid_to.year * 12 + a.valid_to.month - a.valid_from.year * 12 - a.valid_from.month == 12
               for a in yearly if a.valid_from and a.valid_to)  # fmt: skip
    return [
        same("党员示范店", kinds["党员示范店"], 15),
        same("党员先锋岗", kinds["党员先锋岗"], 23),
        same("合计", len(e.awards), 38),
        same("一年到期(推断)", year, 38),
        e.unknown("honest_stars"),
    ]


def _b21(e: Evidence) -> list[Finding]:
    return [
        same("流动党员与口袋党员(只存总数)", e.tally("member", "流动党员与口袋党员"), 158),
        e.stated("floating_members", 158),
    ]


def _b26(e: Evidence) -> list[Finding]:
    branches = Counter(tie.market for tie in e.ties)
    return [
        same("按支部合计", sum(e.merchants_by["organisation"].values()), 13_500),
        same("按业态合计", sum(e.merchants_by["trade"].values()), 13_500),
        same("按市场合计", sum(m.merchants for m in e.markets), 13_500),
        same("一个市场的支部至多", max(branches.values(), default=0), 1),
    ]


def _b27(e: Evidence) -> list[Finding]:
    """All shops every day is 148.4 a member: a route or a sample has to be chosen."""
    return [
        rounded("每日全部巡查,每人每日", e.merchants / max(e.members, 1), 148.4),
        *visits.patrol_rows(),
    ]


def _b31(e: Evidence) -> list[Finding]:
    stated = {name for name, named in e.trades.items() if named}
    return [
        holds("七业态", "、".join(sorted(stated)), "、".join(sorted(_TRADES)), ok=stated == _TRADES),
        same("名录外业态的商铺", sum(n for name, n in e.merchants_by["trade"].items() if name not in _TRADES), 0),
        same("有商铺的业态", len(e.merchants_by["trade"]), 7),
    ]


ROWS: dict[str, Row] = {
    "B01": _b01, "B02": _b02, "B03": _b03, "B04": _b04, "B05": _b05, "B06": _b06, "B19": _b19, "B20": _b20, "B21": _b21,
    "B26": _b26, "B27": _b27, "B31": _b31,
}  # fmt: skip
