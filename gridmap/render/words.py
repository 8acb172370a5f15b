"""Chinese words on pages for the closed lists of the domain, and how figures and dates are written."""

from datetime import date, timedelta
from typing import Final

from gridmap.model.kinds import ROLE_WORDS, ConnectorKind, PlanState, Role, UnitKind
from gridmap.render.views import PlanMark

UNITS: Final[dict[UnitKind, str]] = {
    UnitKind.STALL: "铺位",
    UnitKind.VACANT: "空置铺位",
    UnitKind.CLOSED: "已歇业",
    UnitKind.PARKING: "车位",
    UnitKind.VOID: "中空",
    UnitKind.RESTROOM: "卫生间",
    UnitKind.REST_AREA: "休息区",
    UnitKind.AUXILIARY: "辅助用房",
    UnitKind.OTHER: "其他单元",
}

CONNECTORS: Final[dict[ConnectorKind, str]] = {
    ConnectorKind.STAIRS: "楼梯",
    ConnectorKind.ESCALATOR: "扶梯",
    ConnectorKind.LIFT: "电梯",
    ConnectorKind.BRIDGE: "连廊",
    ConnectorKind.DOOR: "出入口",
}


def short_role(role: Role | None) -> str:
    """Name a role in a narrow list, where a plain 网格员 needs no word."""
    if role is None or role is Role.MEMBER:
        return ""
    return {Role.DEPUTY: "代管", Role.OPERATOR: "开办者"}.get(role, ROLE_WORDS[role])


def count(number: int) -> str:
    """Write a count with thousands separated, `5,363`."""
    return f"{number:,}"


def day(when: date) -> str:
    """Write a day, `2026 年 12 月 1 日`."""
    return f"{when.year} 年 {when.month} 月 {when.day} 日"


def plan_words(plan: PlanMark | None, as_of: date | None) -> tuple[str, str]:
    """
    Say which plan a page shows.

    Returns
    -------
    state
        `现行方案`, `待生效`, `草案`, `历史方案` or `尚无现行方案`.
    dates
        From when to when, empty where nothing is dated.
    """
    if plan is None:
        return "尚无现行方案", ""
    if plan.state is PlanState.DRAFT:
        return "草案", "未发布"
    since = f"自 {day(plan.valid_from)}起" if plan.valid_from else ""
    if plan.state is PlanState.ENDED:
        until = f"至 {day(plan.valid_to - timedelta(days=1))}止" if plan.valid_to else ""
        return "历史方案", " ".join(part for part in (since, until) if part)
    if plan.valid_from and as_of and plan.valid_from > as_of:
        return "待生效", since
    return "现行方案", since
