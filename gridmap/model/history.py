"""What the register knows of other days: who traded where, what a stall or a merchant was, how much changed hands."""

from dataclasses import dataclass
from datetime import date

from gridmap.model.ids import MarketCode, MerchantCode, StallCode
from gridmap.model.places import LevelKey, Stall
from gridmap.model.register import Merchant
from gridmap.model.timelines import Timeline


@dataclass(frozen=True, slots=True)
class Trading:
    """A merchant in a stall from a day to the day before another, under the name that he had."""

    merchant: MerchantCode
    name: str
    trade: str
    stall: StallCode
    level: LevelKey
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class StallHistory:
    """A stall as it was over time, and who traded in it, in order of days."""

    market: MarketCode
    stall: StallCode
    states: Timeline[Stall]
    trading: tuple[Trading, ...]


@dataclass(frozen=True, slots=True)
class MerchantHistory:
    """A merchant as he was called over time, and where he traded, in order of days."""

    market: MarketCode
    merchant: MerchantCode
    states: Timeline[Merchant]
    trading: tuple[Trading, ...]


@dataclass(frozen=True, slots=True)
class StallSpan:
    """A stall that held merchants, or could, from a day (None: ever since) to the day before another."""

    stall: StallCode
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Turnover:
    """
    How many came and went from `first` to the day before `end`.

    `rate` is closes by the average stock, None without any; `stock` counts merchants with a stall in the market, so
    that who moves inside it neither opens nor closes. A stall is vacant on a day on which it stands and nobody trades.
    """

    first: date
    end: date
    opens: int
    closes: int
    moves: int
    stock_before: int
    stock_after: int
    stock_average: float
    stalls_after: int
    vacant_after: int
    vacancy_rate: float | None

    @property
    def rate(self) -> float | None:
        """Closes by average stock."""
        return self.closes / self.stock_average if self.stock_average else None


@dataclass(frozen=True, slots=True)
class VacantStall:
    """A stall without a merchant on a day, and since when; None: nobody is known to have traded there."""

    stall: StallCode
    since: date | None


@dataclass(frozen=True, slots=True)
class TurnoverReport:
    """Turnover of a market over a period and in each of its months, and the stalls that are vacant at its end."""

    market: MarketCode
    whole: Turnover
    months: tuple[Turnover, ...]
    vacant: tuple[VacantStall, ...]
