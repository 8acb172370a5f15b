"""Closed lists of the domain. Values are what files, URLs and the database carry."""

from enum import StrEnum
from typing import Final


class MarketKind(StrEnum):
    """The six kinds of venue (glossary: market)."""

    MARKET = "market"  # 专业市场
    STREET = "street"  # 街区
    SCENIC = "scenic"  # 景区
    COMPLEX = "complex"  # 商业综合体
    SMALL_FIRMS = "small-firms"  # 小微企业区域
    TOWER = "tower"  # 楼宇


class Layout(StrEnum):
    """How a market lies on the ground; a trait beside its kind."""

    BUILDING = "building"
    STREET = "street"


class ConnectorKind(StrEnum):
    """连通点."""

    STAIRS = "stairs"  # 楼梯
    ESCALATOR = "escalator"  # 扶梯
    LIFT = "lift"  # 电梯
    BRIDGE = "bridge"  # 连廊
    DOOR = "door"  # 出入口


class UnitKind(StrEnum):
    """What a unit of a floor plan is. Only `stall` can hold merchants."""

    STALL = "stall"
    VACANT = "vacant"
    CLOSED = "closed"
    PARKING = "parking"
    VOID = "void"
    RESTROOM = "restroom"
    REST_AREA = "rest area"
    AUXILIARY = "auxiliary"
    OTHER = "other"


class Role(StrEnum):
    """What a member answers for."""

    MEMBER = "member"  # 网格员
    DEPUTY = "deputy"  # 代管网格员
    LEADER = "leader"  # 网格长
    GUIDE = "guide"  # 党建指导员
    LIAISON = "liaison"  # 联络员
    OPERATOR = "operator"  # 市场开办者


ROLE_WORDS: Final[dict[Role, str]] = {
    Role.MEMBER: "网格员",
    Role.DEPUTY: "代管网格员",
    Role.LEADER: "网格长",
    Role.GUIDE: "党建指导员",
    Role.LIAISON: "联络员",
    Role.OPERATOR: "市场开办者",
}
ZONE_ROLES = frozenset({Role.MEMBER, Role.DEPUTY})
"""Roles for a zone; the others are posts for a market as a whole."""
OFFICE_ROLES = frozenset(Role) - ZONE_ROLES


class PlanState(StrEnum):
    """草案, 现行方案 (from its date), 历史方案."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"
