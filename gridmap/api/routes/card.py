"""The public card (责任公示牌) behind the code on a wall sheet: a page for everybody, in words also where it fails."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from gridmap.api.access import OpenDep
from gridmap.api.deps import CalendarDep, NowDep
from gridmap.api.errors import language_of
from gridmap.errors import NotFoundError
from gridmap.render import card_page
from gridmap.render.card_view import Chooser
from gridmap.services import cards

router = APIRouter(include_in_schema=False)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "public, max-age=60",
    "Vary": "Accept-Language",
}
CodeParam = Annotated[str | None, Query(max_length=64)]


@router.get("/card/")
def level_card(
    request: Request,
    database: OpenDep,
    calendar: CalendarDep,
    now: NowDep,
    market: Annotated[str, Query(max_length=64)] = "",
    building: CodeParam = None,
    level: Annotated[int, Query(ge=-100, le=300)] = 0,
) -> HTMLResponse:
    """一层各责任区由谁负责 / the zones of a level, each with who is responsible now."""
    try:
        card = cards.level_card(database, market, building, level, now=now, calendar=calendar)
    except NotFoundError:
        return _missing(request)
    return HTMLResponse(card_page.card_page(card, language_of(request)), headers=_HEADERS)


@router.get("/card/{zone}")
def zone_card(
    request: Request, zone: str, database: OpenDep, calendar: CalendarDep, now: NowDep, market: CodeParam = None
) -> HTMLResponse:
    """一个责任区今天由谁负责 / who is responsible for a zone now."""
    try:
        found = cards.zone_card(database, zone, market, now=now, calendar=calendar)
    except NotFoundError:
        return _missing(request)
    language = language_of(request)
    drawn = (
        card_page.chooser_page(found, language) if isinstance(found, Chooser) else card_page.card_page(found, language)
    )
    return HTMLResponse(drawn, headers=_HEADERS)


def _missing(request: Request) -> HTMLResponse:
    return HTMLResponse(card_page.missing_page(language_of(request)), status_code=404, headers=_HEADERS)
