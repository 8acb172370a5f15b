"""One line of the change feed."""

from dataclasses import dataclass
from datetime import datetime

from gridmap.model.ids import MarketCode


@dataclass(frozen=True, slots=True)
class Change:
    """
    Something was written: `what` was done to a thing of a `kind`, in a market.

    `seq` grows in the order of commits. `subject` is the thing's code, empty where many things changed at once: then
    ask for all of that kind again.
    """

    seq: int
    at: datetime
    market: MarketCode | None
    kind: str
    subject: str
    what: str
