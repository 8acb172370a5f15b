"""Shapes of lists of trades on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gridmap.model.trades import TradeEntry, TradeList

Word = Annotated[str, Field(min_length=1, max_length=100)]


class TradeBody(BaseModel):
    """One trade."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    code: str = Field(default="", max_length=64)
    aliases: list[Word] = Field(default_factory=list, max_length=50)


class TradeListBody(BaseModel):
    """A list of trades; without entries there is none."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=255)
    entries: list[TradeBody] = Field(default_factory=list, max_length=5000)

    def trades(self) -> TradeList:
        """Return the domain's value."""
        return TradeList(self.name, tuple(TradeEntry(e.name, e.code, tuple(e.aliases)) for e in self.entries))

    @classmethod
    def of(cls, found: TradeList | None) -> "TradeListBody":
        """Build from the domain's value."""
        if found is None:
            return cls()
        entries = [TradeBody(name=e.name, code=e.code, aliases=list(e.aliases)) for e in found.entries]
        return cls(name=found.name, entries=entries)
