"""What a search finds."""

from dataclasses import dataclass
from enum import StrEnum


class HitKind(StrEnum):
    """What was found."""

    MARKET = "market"
    MEMBER = "member"
    STALL = "stall"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Hit:
    """
    One thing that was found, and where it is.

    `code` is the market's, member's or stall's (of a merchant: the stall in which he trades); `name` what it is called.
    `zone` is the first by code that a member answers for.
    """

    kind: HitKind
    code: str
    name: str
    market: str | None
    market_name: str = ""
    building: str | None = None
    level: int | None = None
    label: str = ""
    zone: str | None = None
