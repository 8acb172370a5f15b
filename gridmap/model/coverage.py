"""Why a merchant is not covered, the gravest first; why a visit to him is overdue; and what his market lacks."""

from enum import StrEnum


class Gap(StrEnum):
    """One reason. A merchant may have several; where one has to do, the first in this order counts."""

    NO_ZONE = "no_zone"  # 未划入责任区
    NO_MEMBER = "no_member"  # 责任区无网格员
    MEMBER_ENDED = "member_ended"  # 网格员任期已结束
    AWAY = "away"  # 网格员请假,无人代管
    OFF_SHIFT = "off_shift"  # 不在值班时段
    OVER_CAPACITY = "over_capacity"  # 超出人员容量
    NO_PATH = "no_path"  # 无可达路径
    LOCKED_PATH = "locked_path"  # 仅经上锁通道可达


GAPS: tuple[Gap, ...] = tuple(Gap)
"""All reasons, in their order: rows of the arrays of `spatial.coverage`."""
GAP_WORDS: dict[Gap, tuple[str, str]] = {
    Gap.NO_ZONE: ("未划入责任区", "in no zone"),
    Gap.NO_MEMBER: ("责任区无网格员", "zone without a member"),
    Gap.MEMBER_ENDED: ("网格员任期已结束", "member's term has ended"),
    Gap.AWAY: ("网格员请假,无人代管", "member away without cover"),
    Gap.OFF_SHIFT: ("不在值班时段", "nobody on shift"),
    Gap.OVER_CAPACITY: ("超出人员容量", "beyond the member's capacity"),
    Gap.NO_PATH: ("无可达路径", "no walkable way"),
    Gap.LOCKED_PATH: ("仅经上锁通道可达", "only by a locked way"),
}
"""What a screen says, in Chinese and English."""


class VisitGap(StrEnum):
    """Why a visit is overdue. It says nothing of who is responsible: a covered merchant may wait for a visit."""

    VISIT_OVERDUE = "visit_overdue"  # 逾期未走访
    FIRST_VISIT = "first_visit"  # 新商户未首访


VISIT_GAPS: tuple[VisitGap, ...] = tuple(VisitGap)
"""Both reasons, in their order: rows of `spatial.coverage.visits_overdue`."""
VISIT_GAP_WORDS: dict[VisitGap, tuple[str, str]] = {
    VisitGap.VISIT_OVERDUE: ("逾期未走访", "visit overdue"),
    VisitGap.FIRST_VISIT: ("新商户未首访", "new merchant not yet visited"),
}
"""What a screen says, in Chinese and English."""


class MarketGap(StrEnum):
    """What a market lacks on a day, and with it each of its merchants, covered or not."""

    NO_BRANCH = "no_branch"  # 市场未设党支部
    NO_LEADER = "no_leader"  # 网格无网格长
    NO_GUIDE = "no_guide"  # 无党建指导员联系
    NO_STATION = "no_station"  # 无服务站点


MARKET_GAPS: tuple[MarketGap, ...] = tuple(MarketGap)
MARKET_GAP_WORDS: dict[MarketGap, tuple[str, str]] = {
    MarketGap.NO_BRANCH: ("市场未设党支部", "market without a branch"),
    MarketGap.NO_LEADER: ("网格无网格长", "market without a leader"),
    MarketGap.NO_GUIDE: ("无党建指导员联系", "no guide for the market"),
    MarketGap.NO_STATION: ("无服务站点", "no station for the market"),
}
"""What a screen says, in Chinese and English."""
REASONS: tuple[Gap | VisitGap | MarketGap, ...] = (*GAPS, *VISIT_GAPS, *MARKET_GAPS)
"""Every reason that a merchant may have, in the order in which one of them counts where one has to do."""
