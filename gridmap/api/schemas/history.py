"""Shapes of the register over time on the wire."""

from datetime import date
from typing import Any

import shapely
from pydantic import BaseModel, Field

from gridmap.model.history import MerchantHistory, StallHistory, Trading, Turnover, TurnoverReport


class TradingOut(BaseModel):
    """A merchant in a stall, under the name that he had."""

    merchant: str
    name: str
    trade: str
    stall: str
    building: str
    level: int
    valid_from: date
    valid_to: date | None = Field(description="不含当日 / the first day on which it is over")

    @classmethod
    def of(cls, trading: Trading) -> "TradingOut":
        """Build from the domain's value."""
        return cls(
            merchant=trading.merchant, name=trading.name, trade=trading.trade, stall=trading.stall,
            building=trading.level.building, level=trading.level.ordinal,
            valid_from=trading.valid_from, valid_to=trading.valid_to,
        )  # fmt: skip


class TradingPage(BaseModel):
    """Who trades where on a day, by stall, and where the next ones are."""

    at: date
    items: list[TradingOut]
    next: str | None


class StallStateOut(BaseModel):
    """What a stall was, from a day to the day before another."""

    valid_from: date | None
    valid_to: date | None
    building: str
    level: int
    kind: str
    name: str
    geometry: dict[str, Any] = Field(description="GeoJSON")


class StallHistoryOut(BaseModel):
    """A stall over time."""

    market: str
    stall: str
    states: list[StallStateOut]
    occupancies: list[TradingOut]

    @classmethod
    def of(cls, found: StallHistory) -> "StallHistoryOut":
        """Build from the domain's value."""
        states = [
            StallStateOut(
                valid_from=dated.valid_from, valid_to=dated.valid_to, building=dated.value.level.building,
                level=dated.value.level.ordinal, kind=dated.value.kind, name=dated.value.name,
                geometry=shapely.geometry.mapping(dated.value.place_lonlat),
            )
            for dated in found.states
        ]  # fmt: skip
        trading = [TradingOut.of(each) for each in found.trading]
        return cls(market=found.market, stall=found.stall, states=states, occupancies=trading)


class MerchantStateOut(BaseModel):
    """What a merchant was called, from a day to the day before another."""

    valid_from: date | None
    valid_to: date | None
    name: str
    trade: str
    uscc: str | None = Field(description="无导出权限时为空 / null for who may not take it out")


class MerchantHistoryOut(BaseModel):
    """A merchant over time."""

    market: str
    merchant: str
    states: list[MerchantStateOut]
    occupancies: list[TradingOut]

    @classmethod
    def of(cls, found: MerchantHistory) -> "MerchantHistoryOut":
        """Build from the domain's value."""
        states = [
            MerchantStateOut(
                valid_from=dated.valid_from, valid_to=dated.valid_to, name=dated.value.name, trade=dated.value.trade,
                uscc=dated.value.uscc,
            )
            for dated in found.states
        ]  # fmt: skip
        trading = [TradingOut.of(each) for each in found.trading]
        return cls(market=found.market, merchant=found.merchant, states=states, occupancies=trading)


class TurnoverOut(BaseModel):
    """How many came and went in a period."""

    first: date
    end: date = Field(description="不含当日 / the day after the last one")
    opens: int
    closes: int
    moves: int
    stock_before: int
    stock_after: int
    stock_average: float
    rate: float | None = Field(description="退场 ÷ 平均在场户数 / closes by average stock")
    stalls_after: int
    vacant_after: int
    vacancy_rate: float | None = Field(description="空置铺位日 ÷ 铺位日 / vacant stall-days by stall-days")

    @classmethod
    def of(cls, found: Turnover) -> "TurnoverOut":
        """Build from the domain's value."""
        return cls.model_validate(found, from_attributes=True)


class VacantOut(BaseModel):
    """A stall without a merchant at the end of the period; `since` null: nobody is known to have traded there."""

    stall: str
    since: date | None


class TurnoverReportOut(BaseModel):
    """Turnover in all and by month, and the stalls that are vacant at the end."""

    market: str
    whole: TurnoverOut
    months: list[TurnoverOut]
    vacant: list[VacantOut]

    @classmethod
    def of(cls, found: TurnoverReport) -> "TurnoverReportOut":
        """Build from the domain's value."""
        return cls(
            market=found.market,
            whole=TurnoverOut.of(found.whole),
            months=[TurnoverOut.of(month) for month in found.months],
            vacant=[VacantOut(stall=each.stall, since=each.since) for each in found.vacant],
        )
