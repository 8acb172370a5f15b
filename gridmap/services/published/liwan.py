"""荔湾: Liwan, 2021-2023."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from gridmap.model.stations import StationKind
from gridmap.services.published.evidence import Evidence, Finding, Row, holds, rounded, same, spread
from gridmap.spatial import staffing, tiers
from gridmap.spatial.tiers import Tier

_STATION_VISITS_A_DAY, _FULL_ROUND_DAYS = 20, 324


def _entities(e: Evidence) -> int:
    return e.tally("entity")


def _l01(e: Evidence) -> list[Finding]:
    stations = len(e.stations_of(StationKind.GUIDANCE))
    per = max(stations, 1)
    return [
        same("指导站", stations, 22),
        same("市场", len(e.markets), 120),
        same("企业", e.tally("entity", "firm"), 57_800),
        same("个体工商户", e.tally("entity", "sole-trader"), 84_700),
        e.computed("entities", _entities(e), 142_500),
        e.computed("entities_per_station", _entities(e) / per, 6477),
        rounded("每站企业", e.tally("entity", "firm") / per, 2627, 0),
        rounded("每站个体工商户", e.tally("entity", "sole-trader") / per, 3850, 0),
        rounded("每站市场", len(e.markets) / per, 5.45, 2),
        holds("站点的市场数", spread(list(e.areas.values())), "10×6, 12×5",
              ok=Counter(Counter(e.areas.values()).values()) == {5: 12, 6: 10}),
    ]  # fmt: skip


def _l02(e: Evidence) -> list[Finding]:
    found = staffing.pooled(_entities(e), 0)
    apart = all(x.in_markets is None for x in e.tallies if x.subject == "entity")
    return [
        same("按 1:50 测算需(全区登记主体)", found.need, 2850),
        rounded("每站", found.need / max(len(e.stations_of(StationKind.GUIDANCE)), 1), 129.5),
        holds("登记主体不计入市场商户", f"{e.merchants:,} 户在市场,另计 {_entities(e):,}", "分开", ok=apart),
        e.unknown("stalls"),
    ]


def _l03(e: Evidence) -> list[Finding]:
    found = staffing.pooled(_entities(e), e.members)
    return [
        same("党员经营户", e.members, 58),
        same("可覆盖", found.covered, 2900),
        rounded("可覆盖(%)", 100 * found.covered / found.merchants, 2.0),
        same("缺口", found.gap, 2792),
        rounded("每人主体", found.merchants / max(e.members, 1), 2457, 0),
        same("最低上限", found.least_cap or 0, 2457),
        e.stated("members", 58),
    ]


def _l04(e: Evidence) -> list[Finding]:
    """26 rounds a year are Yuyuan's standard: where they cannot be made, visits go by tiers of risk."""
    stations = max(len(e.stations_of(StationKind.GUIDANCE)), 1)
    yearly = staffing.visits_a_year(_entities(e)) / stations
    per_station = round(_entities(e) / stations)
    plan = tiers.visit_plan([Tier("全部", per_station)], _STATION_VISITS_A_DAY, _FULL_ROUND_DAYS)
    tiered = tiers.visit_plan(
        [Tier("高", 120, 20), Tier("中", 600, 100), Tier("低", per_station - 720)], _STATION_VISITS_A_DAY, 60
    )
    return [
        rounded("每站每年走访(26 轮)", yearly, 168_409, 0),
        rounded("每站每工作日走访", yearly / (staffing.WEEKS_A_YEAR * staffing.WORKING_DAYS_A_WEEK), 648, 0),
        same("每日 20 户时一轮(工作日)", plan.full_cycle_days, _FULL_ROUND_DAYS),
        rounded("一轮之内任一户被走访的概率(%)", 100 * plan.chance_in_turn, 100),
        same("分三档时各档每日之和", sum(p.visits_a_day for p in tiered.tiers), _STATION_VISITS_A_DAY),
    ]


def _l05(e: Evidence) -> list[Finding]:
    """The account has a total only: how points lie over stations is made up, but each station without one is a gap."""
    stations = [s.code for s in e.stations_of(StationKind.GUIDANCE)]
    points = {x.station: x.count for x in e.tallies if x.subject == "contact-point" and x.station is not None}
    bare = dict(zip(stations, [0, *[1] * 20, 8], strict=False))
    return [
        e.stated("contact_points", 28),
        same("联系点", sum(points.values()), 28),
        rounded("每站联系点", sum(points.values()) / max(len(stations), 1), 1.27, 2),
        same("没有联系点的站", _without(stations, points), 0),
        same("若 28 个都在 21 个站:没有联系点的站", _without(stations, bare), 1),
    ]


def _without(stations: list[str], points: Mapping[str, int]) -> int:
    return sum(not points.get(station) for station in stations)


def _l10(e: Evidence) -> list[Finding]:
    """The account names no market's floor: five traders' zones of any one, and what is left if one of them goes."""
    largest = max(e.markets, key=lambda m: m.merchants)
    zone_of = e.shared_out(largest.market, 5)
    stalls = np.bincount(zone_of[zone_of >= 0], minlength=5)
    return [
        e.stated("contact_traders", 5),
        same("挂点商户的责任区(以最大的市场为例)", len(stalls), 5),
        same("不属任何一区的铺位", int((zone_of < 0).sum()), 0),
        same("没有铺位的责任区", int((stalls == 0).sum()), 0),
    ]


def _l19(e: Evidence) -> list[Finding]:
    placed = [x for x in e.tallies if x.subject == "entity" and x.station is not None]
    return [
        same("恰属一站的市场", sum(m.market in e.areas for m in e.markets), 120),
        same("有片区的站", len(set(e.areas.values())), 22),
        same("恰属一站的主体", sum(x.count for x in placed), 142_500),
        same("各站主体的行(每类一行)", len({(x.station, x.category) for x in placed}), 44),
    ]


def _l23(e: Evidence) -> list[Finding]:
    here = e.value("guqiao_displays")
    return [
        e.stated("guqiao_displays", 48),
        rounded("若同一口径:古桥占(%)", 100 * here / max(e.members, 1), 82.8),
        same("若同一口径:其余市场至多", e.members - here, 10),
        same("其余市场", len(e.markets) - 1, 119),
    ]


ROWS: dict[str, Row] = {
    "L01": _l01,
    "L02": _l02,
    "L03": _l03,
    "L04": _l04,
    "L05": _l05,
    "L10": _l10,
    "L19": _l19,
    "L23": _l23,
}
