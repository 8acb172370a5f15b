"""Shapes of the change feed on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field


class ChangeOut(BaseModel):
    """One change."""

    seq: int = Field(description="按提交先后递增,可能不连续 / grows with commits, may skip numbers")
    at: datetime
    market: str | None
    kind: str = Field(examples=["plan"])
    subject: str = Field(description="编号;为空表示该类有多项变动 / its code; empty: many of this kind")
    what: str = Field(examples=["published"])


class ChangePageOut(BaseModel):
    """Changes and where to go on."""

    items: list[ChangeOut]
    cursor: int = Field(description="下次作为 since / the next since")
    more: bool = Field(description="现在就还有 / there are more already")
    next: str = Field(description="下次请求的地址 / the address to ask next")
