"""豫园: Yuyuan, 2018."""

from collections import Counter
from datetime import date

from gridmap.errors import InfeasibleError
from gridmap.model.facts import BoundKind
from gridmap.model.kinds import Role
from gridmap.model.organisations import Tie, Tier
from gridmap.model.stations import StationKind
from gridmap.services.published import registry_rows, trouble, visits
from gridmap.services.published.evidence import Evidence, Finding, Row, at_least, holds, rounded, same
from gridmap.services.published.ratio import Ratio, no_crossing_rows, ratio_rows, visits_row
from gridmap.spatial import staffing


def _y01(e: Evidence) -> list[Finding]:
    return [
        same("市场", len(e.markets), 18),
        same("商户", e.merchants, 5800),
        at_least("建筑面积(平方米)", e.area_m2, 120_000),
        e.bound("merchants", 5800, BoundKind.AT_LEAST),
        e.bound("floor", 120_000, BoundKind.MORE_THAN),
        e.stated("floor_share", 46.72),
        e.computed("floor_per_merchant", e.value("floor") / e.merchants, 20.7, 1),
        e.computed("floor_per_market", e.value("floor") / len(e.markets), 6667),
        e.computed("district_floor", e.value("floor") / (e.value("floor_share") / 100), 256_849),
    ]


def _y02(e: Evidence) -> list[Finding]:
    plans = [p for p in e.plans if p.name == "account"]
    return [
        same("网格(每市场一个)", len(e.markets), 18),
        rounded("每网格商户", e.merchants / len(e.markets), 322.2),
        same("每网格现行方案", len({p.market for p in plans}), 18),
        same("同一市场内的责任区", sum(p.zones for p in plans), 81),
    ]


def _y03(e: Evidence) -> list[Finding]:
    without = staffing.pooled(e.merchants, e.members - sum(m.leaders for m in e.markets))
    return [
        *ratio_rows(
            e, Ratio(merchants=5800, members=81, need=116, gap=35, load=71.6, covered=4050, share=69.8, left=1750)
        ),
        *no_crossing_rows(e, need=126, gap=45, least_cap=81, least_pooled=72),
        same("不计网格长:人数", without.members, 63),
        same("不计网格长:缺口", without.gap, 53),
        e.stated("ratio", 50),
        e.unknown("zones"),
        e.unknown("leaders_among_members"),
    ]


def _y04(e: Evidence) -> list[Finding]:
    """What an error would say: 81 zones at 50 are infeasible, and from which cap on they are not."""
    apart = staffing.no_crossing(staffing.equal_markets(e.merchants, len(e.markets)), e.members)
    pooled = staffing.pooled(e.merchants, e.members)
    error = InfeasibleError(
        e.merchants, 50, e.members, pooled.need, pooled.least_cap or 0, apart.least_cap or 0, "-", 0, 0
    )
    text = error.text()
    return [
        holds("81 个责任区、上限 50", "不可划分" if pooled.gap > 0 else "可划分", "不可划分", ok=pooled.gap > 0),
        same("最低上限,不分市场", error.least_cap_pooled, 72),
        same("最低上限,不跨市场", error.least_cap_no_crossing, 81),
        holds("错误文本含两数", "是", "是", ok="72户" in text and "81户" in text),
    ]


def _y05(e: Evidence) -> list[Finding]:
    helpers = 35 if e.value("activists") == 35 else 0
    return [
        e.stated("activists", 35),
        same("81 + 35", e.members + helpers, 116),
        same("积极分子代管时的缺口(测算)", staffing.pooled(e.merchants, e.members + helpers).gap, 0),
        same("支部", len(e.of_tier(Tier.BRANCH)), 8),
    ]


def _y06(e: Evidence) -> list[Finding]:
    return [
        same("按楼栋合计", sum(e.merchants_by["building"].values()), 5800),
        same("按支部合计", sum(e.merchants_by["organisation"].values()), 5800),
        same("支部", len(e.merchants_by["organisation"]), 8),
    ]


def _y07(e: Evidence) -> list[Finding]:
    leaders = Counter(p.market for p in e.in_post(Role.LEADER) if p.market is not None)
    return [
        same("网格长", len(e.in_post(Role.LEADER)), 18),
        same("恰有一名网格长的网格", sum(leaders[m.market] == 1 and m.leaders == 1 for m in e.markets), 18),
        e.stated("leaders", 18),
    ]


def _y08(e: Evidence) -> list[Finding]:
    return [
        *visits.cycle_rows(),
        same("一年 26 轮走访", staffing.visits_a_year(e.merchants), 150_800),
        visits_row(e, 7.2),
        rounded("按 1:50,每人每工作日走访", float(staffing.visits_per_working_day(staffing.STANDARD_CAP)), 5.0),
    ]


def _y09(_: Evidence) -> list[Finding]:
    return visits.first_visit_rows()


def _y15(e: Evidence) -> list[Finding]:
    return registry_rows.closing_rows(e)


def _y23(_: Evidence) -> list[Finding]:
    return trouble.fall_rows("6-7次/天", "1-2次/周", least_pct=95.2, most_pct=98.0)


def _y25(e: Evidence) -> list[Finding]:
    return trouble.floor_rows(e)


def _y27(e: Evidence) -> list[Finding]:
    return visits.movement_rows(e)


def _y30(_: Evidence) -> list[Finding]:
    return visits.mode_rows()


def _y22(e: Evidence) -> list[Finding]:
    at = {s.market for s in e.stations_of(StationKind.MEDIATION)}
    return [
        same("调解工作站", len(e.stations_of(StationKind.MEDIATION)), 18),
        same("没有调解工作站的市场", sum(m.market not in at for m in e.markets), 0),
        rounded("每站商户", e.merchants / max(len(at), 1), 322, 0),
    ]


def _y26(e: Evidence) -> list[Finding]:
    branches = len(e.of_tier(Tier.BRANCH))
    linked = Counter(p.organisation for p in e.in_post(Role.LIAISON))
    return [
        same("专职党务工作者", len(e.in_post(Role.LIAISON)), 3),
        rounded("每人支部", branches / max(len(linked), 1), 2.67, 2),
    ]


def _y32(e: Evidence) -> list[Finding]:
    fed = Counter(tie.market for tie in e.ties if tie.tie is Tie.FEEDS)
    tier_of = {o.code: o.tier for o in e.organisations}
    chains = [_chain(e, branch.code) for branch in e.of_tier(Tier.BRANCH)]
    whole = [Tier.BRANCH, Tier.GENERAL_BRANCH, Tier.COMMITTEE, Tier.WORK_COMMITTEE]
    return [
        same("党总支", len(e.of_tier(Tier.GENERAL_BRANCH)), 1),
        same("党支部", len(e.of_tier(Tier.BRANCH)), 8),
        rounded("每支部网格", len(e.markets) / len(e.of_tier(Tier.BRANCH)), 2.25, 2),
        same("恰由一个支部联系的网格", sum(fed[m.market] == 1 for m in e.markets), 18),
        same("逐级上报、各级恰一次的支部", sum([tier_of[c] for c in chain] == whole for chain in chains), 8),
    ]


def _chain(e: Evidence, code: str) -> list[str]:
    """Follow the parents up; ends after ten, should they run in a circle."""
    chain: list[str] = []
    at: str | None = code
    while at is not None and len(chain) < 10:
        chain.append(at)
        at = e.primary_parent(at)
    return chain


def _y38(e: Evidence) -> list[Finding]:
    then = date(2001, 12, 31)
    counted = [x for x in e.tallies if x.subject == "member" and x.as_of == then]
    return [
        same("2001 年底支部", len(e.of_tier(Tier.BRANCH, then)), 1),
        same("2001 年底党员", sum(x.count for x in counted), 8),
        same("2009-02-28 党总支", len(e.of_tier(Tier.GENERAL_BRANCH, date(2009, 2, 28))), 0),
        same("2009-03-31 党总支", len(e.of_tier(Tier.GENERAL_BRANCH, date(2009, 3, 31))), 1),
        same("现在支部", len(e.of_tier(Tier.BRANCH, e.day)), 8),
        same("现在党员", e.members, 81),
        rounded("党员增至倍数", e.members / max(sum(x.count for x in counted), 1), 10.1),
    ]


ROWS: dict[str, Row] = {
    "Y01": _y01, "Y02": _y02, "Y03": _y03, "Y04": _y04, "Y05": _y05, "Y06": _y06, "Y07": _y07, "Y08": _y08,
    "Y09": _y09, "Y15": _y15, "Y22": _y22, "Y23": _y23, "Y25": _y25, "Y26": _y26, "Y27": _y27, "Y30": _y30,
    "Y32": _y32, "Y38": _y38,
}  # fmt: skip
