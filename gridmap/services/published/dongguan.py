"""东莞: Dongguan, 2018."""

from collections import Counter
from datetime import date

from gridmap.model.facts import BoundKind
from gridmap.model.kinds import Role
from gridmap.model.organisations import Relation, Tie, Tier
from gridmap.services.published.evidence import Evidence, Finding, Row, holds, rounded, same
from gridmap.services.published.ratio import Ratio, no_crossing_rows, ratio_rows, visits_row


def _d01(e: Evidence) -> list[Finding]:
    ratio = ratio_rows(
        e, Ratio(merchants=36_000, members=325, need=720, gap=395, load=110.8, covered=16_250, share=45.1, left=19_750)
    )
    apart = no_crossing_rows(e, need=774, gap=449, least_cap=140, least_pooled=111)
    return [same("市场", len(e.markets), 258), *ratio, *apart, visits_row(e, 11.1), e.unknown("zones")]


def _d02(e: Evidence) -> list[Finding]:
    """'Full coverage' has two meanings: both are shown."""
    own = {tie.market for tie in e.ties if tie.tie is Tie.OWN}
    covered = {tie.market for tie in e.ties}
    return [
        same("党组织", len(e.of_tier(Tier.BRANCH)), 41),
        same("自有组织的市场", len(own), 41),
        rounded("自有(%)", 100 * len(own) / len(e.markets), 15.9),
        same("无自有组织的市场", len(e.markets) - len(own), 217),
        same("计入挂靠后覆盖的市场", len(covered), 258),
    ]


def _d03(e: Evidence) -> list[Finding]:
    bureaus = len(e.of_tier(Tier.BUREAU))
    per = max(bureaus, 1)
    return [
        same("分局党总支", bureaus, 32),
        rounded("每分局市场", len(e.markets) / per, 8.06, 2),
        rounded("每分局户", e.merchants / per, 1125, 0),
        rounded("每分局指导员", len(e.in_post(Role.GUIDE)) / per, 2.06, 2),
    ]


def _d04(e: Evidence) -> list[Finding]:
    guides = len(e.in_post(Role.GUIDE))
    return [
        same("党建指导员", guides, 66),
        rounded("每人户", e.merchants / max(guides, 1), 545, 0),
        rounded("每人市场", len(e.markets) / max(guides, 1), 3.9),
    ]


def _d05(e: Evidence) -> list[Finding]:
    return [
        e.unknown("large_market"),
        e.stated("organisers_least", 1),
        e.stated("organisers_most", 2),
        same("全部市场都算,至少", len(e.markets) * e.value("organisers_least"), 258),
        same("全部市场都算,至多", len(e.markets) * e.value("organisers_most"), 516),
    ]


def _d09(e: Evidence) -> list[Finding]:
    before = len(e.of_tier(Tier.BRANCH, date(2015, 12, 31)))
    now = len(e.of_tier(Tier.BRANCH, e.day))
    return [
        same("2015-12-31 党组织", before, 3),
        same("2016 年以来新建", now - before, 38),
        same("现在累计", now, 41),
        e.stated("organisations_since_2016", 38),
    ]


def _d14(e: Evidence) -> list[Finding]:
    unknown = sum(n for name, n in e.merchants_by["trade"].items() if name not in e.trades)
    return [
        e.bound("trades", 70, BoundKind.MORE_THAN),
        holds("载入的门类(名称为本系统所列)", str(len(e.trades)), "> 70", ok=len(e.trades) > 70),
        same("门类不在名录内的户", unknown, 0),
    ]


def _d15(e: Evidence) -> list[Finding]:
    return [
        same("新增前市场(假定 258 为 2017 年底)", len(e.markets) - e.value("new_markets_2017"), 237),
        rounded("此前交易额(亿元,假定同比)", e.value("turnover_2017") / (1 + e.value("turnover_rise") / 100), 371.1),
        rounded("此前从业人员(假定同比)", e.value("workers_2017") / (1 + e.value("workers_rise") / 100), 64_843, 0),
        rounded("每户从业人员", e.value("workers_2017") / e.merchants, 4.86, 2),
        e.stated("workers_2017", 175_076),
        e.bound("workers_2018", 175_000, BoundKind.NEARLY),
    ]


def _d16(e: Evidence) -> list[Finding]:
    levels = Counter(a.level for a in e.awards)
    city = {a.market for a in e.awards if a.level == "市级"}
    return [
        same("市级文明诚信市场", levels["市级"], 38),
        same("省级", levels["省级"], 4),
        rounded("市级占(%)", 100 * len(city) / len(e.markets), 14.7),
    ]


def _d17(e: Evidence) -> list[Finding]:
    return [same("恰有一名开办者的市场", sum(m.operators == 1 for m in e.markets), 258)]


def _d19(e: Evidence) -> list[Finding]:
    branches = {o.code for o in e.of_tier(Tier.BRANCH)}
    bureaus = {o.code for o in e.of_tier(Tier.BUREAU)}
    leading = Counter(p.organisation for p in e.parents if p.relation is Relation.LEAD)
    at_bureau = [p for p in e.parents if p.organisation in branches and p.parent in bureaus]
    led = sum(p.relation is Relation.LEAD for p in at_bureau)
    guided = sum(p.relation is Relation.GUIDE for p in at_bureau)
    return [
        same("恰有一个领导上级的组织", sum(leading[code] == 1 for code in branches), 41),
        same(f"分局直接领导 {led} + 业务指导 {guided}", led + guided, 41),
        same("在一个分局下只出现一次的组织", len({p.organisation for p in at_bureau}), 41),
    ]


ROWS: dict[str, Row] = {
    "D01": _d01, "D02": _d02, "D03": _d03, "D04": _d04, "D05": _d05, "D09": _d09, "D14": _d14, "D15": _d15,
    "D16": _d16, "D17": _d17, "D19": _d19,
}  # fmt: skip
