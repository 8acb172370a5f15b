"""Events of the registry: who was registered, who is no more."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from gridmap.api.access import May
from gridmap.api.deps import AuthorDep
from gridmap.api.errors import problem_responses
from gridmap.model.registry import EventReceipt, EventState, RegistryEvent, RegistryKind
from gridmap.model.rights import Action
from gridmap.services import registry
from gridmap.store.session import Database

router = APIRouter(tags=["登记 register"])


class RegistryEventIn(BaseModel):
    """办证 open、注销 close."""

    model_config = ConfigDict(extra="forbid")

    uscc: str = Field(max_length=40, pattern=r"^[^\x00]*$", examples=["92310101MA00000018"])
    kind: RegistryKind
    day: date = Field(alias="date")
    market: str = Field("", max_length=64, pattern=r"^[^\x00]*$", description="注销时可不写 / not needed to close")
    stall: str = Field("", max_length=64, pattern=r"^[^\x00]*$")
    name: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    trade: str = Field("", max_length=100, pattern=r"^[^\x00]*$")

    def value(self) -> RegistryEvent:
        """Return the domain's value."""
        return RegistryEvent(self.uscc, self.kind, self.day, self.market, self.stall, self.name, self.trade)


class RegistryEventsIn(BaseModel):
    """Events in any order."""

    events: list[RegistryEventIn] = Field(max_length=5000)


class EventReceiptOut(BaseModel):
    """What became of an event; `imports` can be undone like any other."""

    uscc: str
    state: EventState
    imports: list[str]
    reason: str | None

    @classmethod
    def of(cls, receipt: EventReceipt) -> "EventReceiptOut":
        """Build from the domain's value."""
        reason = f"{receipt.reason_zh} / {receipt.reason_en}" if receipt.reason_zh else None
        return cls(uscc=receipt.event.uscc, state=receipt.state, imports=list(receipt.imports), reason=reason)


class EventReceiptsOut(BaseModel):
    """One receipt for each event, in the order given."""

    receipts: list[EventReceiptOut]


@router.post("/registry-events", responses=problem_responses(400, 422))
def take_events(
    given: RegistryEventsIn, database: Annotated[Database, Depends(May(Action.EDIT_REGISTER))], author: AuthorDep
) -> EventReceiptsOut:
    """办证、注销:注销当日腾出铺位,重复提交没有变动 / the registry's events; the same again does nothing."""
    done = registry.take_events(database, [event.value() for event in given.events], author=author)
    return EventReceiptsOut(receipts=[EventReceiptOut.of(receipt) for receipt in done])
