"""What is stored about one person: given out, or erased, for administrators of the whole installation."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from gridmap.api.access import May
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.model.persons import PersonFile
from gridmap.model.rights import Action
from gridmap.services import persons
from gridmap.store.session import Database

router = APIRouter(prefix="/persons", tags=["个人数据 personal data"], route_class=TaggedRoute)
PersonsDep = Annotated[Database, Depends(May(Action.PERSONAL_DATA))]


class PersonOut(BaseModel):
    """Everything about a person, by table."""

    subject: str
    tables: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, file: PersonFile) -> "PersonOut":
        """Build from the domain's value."""
        return cls(subject=file.subject, tables={n: [dict(row) for row in rows] for n, rows in file.tables.items()})


@router.get("/members/{member}", responses=problem_responses(404))
def member_file(member: str, database: PersonsDep, response: Response) -> PersonOut:
    """导出一名网格员的全部个人数据 / all that is stored about a member; that it was given out is noted."""
    response.headers["Cache-Control"] = "no-store"
    return PersonOut.of(persons.member_file(database, member))


@router.post("/members/{member}/erase", status_code=204, responses=problem_responses(404, 409))
def erase_member(member: str, database: PersonsDep, now: NowDep) -> None:
    """删除离任网格员的个人数据 / erase a member who has left office."""
    persons.erase_member(database, member, today=now.date())


@router.get("/merchants/{merchant}", responses=problem_responses(404))
def merchant_file(merchant: str, database: PersonsDep, response: Response) -> PersonOut:
    """导出一家商户的全部数据;写作 市场:商户编号 / all that is stored about a merchant, named MARKET:CODE."""
    response.headers["Cache-Control"] = "no-store"
    return PersonOut.of(persons.merchant_file(database, merchant))


@router.post("/merchants/{merchant}/erase", status_code=204, responses=problem_responses(404, 409))
def erase_merchant(merchant: str, database: PersonsDep, now: NowDep) -> None:
    """删除退场商户的名称、信用代码和记录内容 / erase the name and notes of a merchant who has closed."""
    persons.erase_merchant(database, merchant, today=now.date())
