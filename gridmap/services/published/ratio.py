"""The rows at one member for fifty merchants, which every account has."""

from dataclasses import dataclass

from gridmap.services.published.evidence import Evidence, Finding, rounded, same
from gridmap.spatial import staffing


@dataclass(frozen=True, slots=True)
class Ratio:
    """An account's figures at 1:50; `load` is merchants a member, `share` the per cent that can be covered."""

    merchants: int
    members: int
    need: int
    gap: int
    load: float
    covered: int
    share: float
    left: int


def ratio_rows(e: Evidence, account: Ratio) -> list[Finding]:
    """Compare need, gap, load and cover of one pool."""
    found = staffing.pooled(e.merchants, e.members)
    return [
        same("商户", found.merchants, account.merchants),
        same("人数", found.members, account.members),
        same("需(不分市场)", found.need, account.need),
        same("缺口", found.gap, account.gap),
        rounded("每人商户", e.merchants / max(e.members, 1), account.load),
        same("上限 50 时可覆盖", found.covered, account.covered),
        rounded("可覆盖(%)", 100 * found.covered / max(e.merchants, 1), account.share),
        same("未覆盖", found.uncovered, account.left),
    ]


def no_crossing_rows(
    e: Evidence, *, need: int, gap: int, least_cap: int, least_pooled: int, markets: int | None = None
) -> list[Finding]:
    """Compare need, gap and least cap where no zone crosses a market, with as many equal markets."""
    count = len(e.markets) if markets is None else markets
    equal = staffing.no_crossing(staffing.equal_markets(e.merchants, count), e.members)
    own = staffing.no_crossing([m.merchants for m in e.markets], e.members)
    low, high = staffing.need_bounds(e.merchants, len(e.markets))
    return [
        same("最低上限(不分市场)", staffing.pooled(e.merchants, e.members).least_cap or 0, least_pooled),
        same("需(不跨市场,市场相等)", equal.need, need),
        same("缺口(不跨市场)", equal.gap, gap),
        same("最低上限(不跨市场)", equal.least_cap or 0, least_cap),
        Finding("需(各市场实有商户)", str(own.need), f"{low}–{high}", low <= own.need <= high),
    ]


def visits_row(e: Evidence, a_day: float) -> Finding:
    """Compare the visits a working day in a fortnight's cycle."""
    return rounded("两周一轮,每人每工作日走访", float(staffing.visits_per_working_day(e.merchants / e.members)), a_day)
