"""The register over time: who traded where on a day, what became of a stall or a merchant, who came and went."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from gridmap.api.access import May
from gridmap.api.deps import NowDep, next_url
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.history import MerchantHistoryOut, StallHistoryOut, TradingOut, TradingPage, TurnoverReportOut
from gridmap.model.rights import Action
from gridmap.services import history
from gridmap.store.session import Database

router = APIRouter(prefix="/markets/{market}", tags=["登记 register"], route_class=TaggedRoute)
RegisterDep = Annotated[Database, Depends(May(Action.VIEW_REGISTER))]
AtParam = Annotated[date | None, Query(description="某日的状况,默认今天 / as of a day, today if left out")]
_YEAR = timedelta(days=365)


@router.get("/occupancies", responses=problem_responses(404, 422))
def list_occupancies(
    request: Request,
    market: str,
    database: RegisterDep,
    now: NowDep,
    at: AtParam = None,
    after: Annotated[str, Query(max_length=200, description="上一页 next 所给 / as `next` gives it")] = "",
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
) -> TradingPage:
    """某日谁在哪个铺位经营 / who trades where on a day, by stall and merchant."""
    stall, _, merchant = after.partition("\t")
    day = at or now.date()
    found = history.trading_on(database, market, day, after=(stall, merchant), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    more = next_url(request, f"{last.stall}\t{last.merchant}") if last is not None else None
    return TradingPage(at=day, items=[TradingOut.of(each) for each in found[:limit]], next=more)


@router.get("/stalls/{stall}/history", responses=problem_responses(404))
def get_stall_history(market: str, stall: str, database: RegisterDep) -> StallHistoryOut:
    """一个铺位的历史:位置、用途,先后由谁经营 / what a stall was, and who traded in it."""
    return StallHistoryOut.of(history.stall_history(database, market, stall))


@router.get("/merchants/{merchant}/history", responses=problem_responses(404))
def get_merchant_history(market: str, merchant: str, database: RegisterDep) -> MerchantHistoryOut:
    """一户的历史:名称、经营范围、先后所在铺位 / what a merchant was called, and where he traded."""
    return MerchantHistoryOut.of(history.merchant_history(database, market, merchant))


@router.get("/turnover", responses=problem_responses(404, 422))
def get_turnover(
    market: str,
    database: RegisterDep,
    now: NowDep,
    first: Annotated[date | None, Query(alias="from", description="首日,默认一年前 / first day, a year ago")] = None,
    end: Annotated[date | None, Query(alias="to", description="不含当日,默认今天 / the day after, today")] = None,
) -> TurnoverReportOut:
    """换手率与空置:期间入驻、退场、迁铺,逐月,及期末空置的铺位 / turnover and vacancies over a period."""
    until = end or now.date()
    since = first or date.fromordinal(max(until.toordinal() - _YEAR.days, 1))
    return TurnoverReportOut.of(history.market_turnover(database, market, since, until))
