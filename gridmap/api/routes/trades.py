"""Lists of trades that imports are held against: of a market, of a division, of everything."""

from typing import Annotated

from fastapi import APIRouter, Depends

from gridmap.api.access import May, ViewDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.trades import TradeListBody
from gridmap.model.rights import EVERYTHING, Action, DivisionCode, Scope
from gridmap.services import trades
from gridmap.store.session import Database

router = APIRouter(tags=["导入 imports"], route_class=TaggedRoute)
RegisterDep = Annotated[Database, Depends(May(Action.EDIT_REGISTER))]
RulesDep = Annotated[Database, Depends(May(Action.MANAGE_RULES))]


@router.get("/markets/{market}/trades", responses=problem_responses(404))
def get_trades(market: str, database: ViewDep) -> TradeListBody:
    """一个市场适用的业态清单:市场、区划、全部,就近为准;没有则为空 / the list that holds for a market."""
    return TradeListBody.of(trades.list_for(database, market))


@router.put("/markets/{market}/trades", responses=problem_responses(400, 404))
def set_trades(market: str, body: TradeListBody, database: RegisterDep) -> TradeListBody:
    """设定市场自己的业态清单;空的由上级决定 / write a market's own list; an empty one leaves it to those above."""
    _write(database, Scope(market=market), body)
    return TradeListBody.of(trades.list_for(database, market))


@router.get("/divisions/{division}/trades", responses=problem_responses(404))
def get_division_trades(division: str, database: RulesDep) -> TradeListBody:
    """一个行政区划自己的业态清单 / a division's own list."""
    return TradeListBody.of(trades.said_of(database, Scope(division=DivisionCode(division))))


@router.put("/divisions/{division}/trades", responses=problem_responses(400, 404))
def set_division_trades(division: str, body: TradeListBody, database: RulesDep) -> TradeListBody:
    """设定行政区划的业态清单 / write a division's own list."""
    scope = Scope(division=DivisionCode(division))
    _write(database, scope, body)
    return TradeListBody.of(trades.said_of(database, scope))


@router.get("/trades")
def get_general_trades(database: RulesDep) -> TradeListBody:
    """全部市场的业态清单 / the list for everything."""
    return TradeListBody.of(trades.said_of(database, EVERYTHING))


@router.put("/trades", responses=problem_responses(400))
def set_general_trades(body: TradeListBody, database: RulesDep) -> TradeListBody:
    """设定全部市场的业态清单 / write the list for everything."""
    _write(database, EVERYTHING, body)
    return TradeListBody.of(trades.said_of(database, EVERYTHING))


def _write(database: Database, scope: Scope, body: TradeListBody) -> None:
    trades.set_list(database, scope, body.trades() if body.entries else None)
