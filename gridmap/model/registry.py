"""What the registry of firms and sole traders tells: who was registered, who is no more."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RegistryKind(StrEnum):
    """办证, 注销."""

    OPEN = "open"
    CLOSE = "close"


class EventState(StrEnum):
    """已入库, 没有变动, 未采用."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RegistryEvent:
    """One event; `stall` and `name` are needed to open, `market` where the code trades in none or in several."""

    uscc: str
    kind: RegistryKind
    day: date
    market: str = ""
    stall: str = ""
    name: str = ""
    trade: str = ""


@dataclass(frozen=True, slots=True)
class EventReceipt:
    """What became of an event: `imports` are the records that took it in, one a market."""

    event: RegistryEvent
    state: EventState
    imports: tuple[str, ...] = ()
    reason_zh: str = ""
    reason_en: str = ""
