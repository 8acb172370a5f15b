"""The five places: which are loaded, load one, check one against its account."""

from typing import Annotated

from fastapi import APIRouter, Depends

from gridmap.api.access import May, ViewDep
from gridmap.api.deps import AuthorDep, NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.organisations import OrganisationList, OrganisationOut, StationList, StationOut
from gridmap.api.schemas.places import LoadedOut, PlaceCheckOut, PlaceList, PlaceOut
from gridmap.model.rights import Action
from gridmap.services import organisations, place_checks, places, rights
from gridmap.services.rights import Mask
from gridmap.store.session import Database

router = APIRouter(prefix="/places", tags=["地点 places"], route_class=TaggedRoute)
PlacesDep = Annotated[Database, Depends(May(Action.MANAGE_PLACES))]


@router.get("")
def list_places(database: ViewDep) -> PlaceList:
    """示范地点及载入情况;不能载入的人只看到其市场全部可见的地点 / the places that the caller may see, or load."""
    return PlaceList(items=[PlaceOut.of(line) for line in places.list_places(database)], next=None)


@router.post("/{place}/load", responses=problem_responses(404, 409, 422))
def load_place(place: str, database: PlacesDep, author: AuthorDep) -> LoadedOut:
    """载入一个地点,完成后才回答,可能要十几秒;已有则不变,正在载入则为 409 / load a place; answers when it is done."""
    return LoadedOut.of(places.load_place(database, place, author=author))


@router.get("/{place}/check", responses=problem_responses(404))
def check_place(place: str, database: PlacesDep, now: NowDep) -> PlaceCheckOut:
    """逐条核对:本系统的数与原文的数 / each row: figure here, figure of the account."""
    return PlaceCheckOut.of(place_checks.check_place(database, place, now.date()))


@router.get("/{place}/organisations", responses=problem_responses(404))
def list_organisations(place: str, database: ViewDep, now: NowDep) -> OrganisationList:
    """党组织、其两个上级(条、块)及联系的市场和户数 / organisations, their two parents, what comes together in them."""
    found, mask = organisations.list_organisations(database, place, now.date()), _mask(database)
    return OrganisationList(items=[OrganisationOut.of(one, mask) for one in found])


@router.get("/{place}/stations", responses=problem_responses(404))
def list_stations(place: str, database: ViewDep, now: NowDep) -> StationList:
    """站点及其负荷 / stations with what they carry."""
    found, mask = organisations.list_stations(database, place, now.date()), _mask(database)
    return StationList(items=[StationOut.of(one, mask) for one in found])


def _mask(database: Database) -> Mask:
    """Show sums over markets whole only to who sees the register of all of them."""
    return Mask(register=rights.shown(database).markets is None)
