"""Plans: drafted, published, looked at."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from gridmap.api.access import May, ViewDep
from gridmap.api.deps import AfterParam, AuthorDep, NowDep, next_url
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of, wanted_version
from gridmap.api.geojson import feature_collection
from gridmap.api.routes.markets import GEOJSON
from gridmap.api.schemas.comparisons import ComparisonOut
from gridmap.api.schemas.plan_edits import EditedPlanOut, EditsIn, FaultOut, FaultsOut, PlanEditOut, PlanEditPage
from gridmap.api.schemas.plans import (
    AssignmentLine,
    AssignmentPage,
    DraftIn,
    PlanDetailOut,
    PlanOut,
    PlanPage,
    PublishIn,
)
from gridmap.model.rights import Action
from gridmap.services import comparisons, drafts, plan_edits, plans, publications, rights
from gridmap.services.shares import zone_shares
from gridmap.store.session import Database

IfMatch = Annotated[str | None, Header(description="GET 方案所得的 ETag / the ETag of the plan")]

AtParam = Annotated[date | None, Query(description="按此日期看 / as of this day", examples=["2026-12-01"])]

router = APIRouter(tags=["方案 plans"], route_class=TaggedRoute)


@router.get("/markets/{market}/plans", responses=problem_responses(404))
def list_plans(market: str, database: ViewDep, at: AtParam = None) -> PlanPage:
    """一个市场的全部方案;带 at 则只有当日的现行方案 / a market's plans, newest first; at: in force then."""
    mask = rights.mask_of(database, market)
    return PlanPage(items=[PlanOut.of(plan, mask) for plan in plans.list_plans(database, market, at=at)], next=None)


@router.post("/markets/{market}/plans", status_code=201, responses=problem_responses(400, 404, 409, 422))
def draft_plan(
    market: str,
    database: Annotated[Database, Depends(May(Action.DRAFT_PLAN))],
    author: AuthorDep,
    response: Response,
    body: DraftIn | None = None,
) -> PlanDetailOut:
    """自动划分,存为草案;或照抄一个方案 / share the market out into zones, kept as a draft; or copy a plan."""
    asked = body or DraftIn()
    uuid = str(asked.uuid) if asked.uuid else ""
    if asked.copy_of is not None:
        plan = drafts.copy_plan(database, market, asked.copy_of, author=author, uuid=uuid)
    else:
        earlier = drafts.Earlier(asked.previous, asked.keep_locked) if asked.previous is not None else None
        plan = drafts.draft_plan(
            database, market, asked.params(), author=author, day=author.now.date(), uuid=uuid, earlier=earlier
        )
    response.headers["Location"] = f"/api/v1/plans/{plan.code}"
    response.headers["ETag"] = tag_of(plan.version)
    return PlanDetailOut.with_zones(plans.show_plan(database, plan.code), rights.mask_of(database, plan.market))


@router.get("/plans/{plan}", responses=problem_responses(404))
def get_plan(plan: str, database: ViewDep, response: Response, at: AtParam = None) -> PlanDetailOut:
    """一个方案及其责任区 / a plan with its zones and who answers for them: ever, or, with at, on a day."""
    detail = plans.show_plan(database, plan, at=at)
    response.headers["ETag"] = tag_of(detail.plan.version)
    return PlanDetailOut.with_zones(detail, rights.mask_of(database, detail.plan.market))


@router.delete("/plans/{plan}", status_code=204, responses=problem_responses(404, 409, 412, 428))
def discard_plan(
    plan: str, database: Annotated[Database, Depends(May(Action.DRAFT_PLAN))], if_match: IfMatch = None
) -> None:
    """丢弃草案 / throw a draft away."""
    drafts.discard_draft(database, plan, expected_version=wanted_version(if_match))


@router.get("/plans/{plan}/zones", response_class=Response, responses={**GEOJSON, **problem_responses(404)})
def get_zones(plan: str, database: ViewDep, at: AtParam = None) -> Response:
    """责任区图形 / zone shapes, one feature for each zone, building and level."""
    detail = plans.show_plan(database, plan, at=at)
    return feature_collection(zone_shares(detail, rights.mask_of(database, detail.plan.market)))


@router.get("/plans/{plan}/assignment", responses=problem_responses(404, 422))
def get_assignment(
    request: Request,
    plan: str,
    database: ViewDep,
    after: AfterParam = "",
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
) -> AssignmentPage:
    """铺位与责任区对照 / every stall with its zone, by stall code."""
    lines = sorted((stall, zone.code) for zone in plans.show_plan(database, plan).zones for stall in zone.stalls)
    rest = [line for line in lines if line[0] > after]
    more = next_url(request, rest[limit - 1][0]) if len(rest) > limit else None
    return AssignmentPage(items=[AssignmentLine(stall=s, zone=z) for s, z in rest[:limit]], next=more)


@router.post("/plans/{plan}/edits", responses=problem_responses(400, 404, 409, 412, 422, 428))
def edit_plan(
    plan: str,
    body: EditsIn,
    database: Annotated[Database, Depends(May(Action.DRAFT_PLAN))],
    author: AuthorDep,
    response: Response,
    if_match: IfMatch = None,
) -> EditedPlanOut:
    """修改草案:全部做到,或一概不做 / edit a draft: all of the edits, or none; 412 tells what others did meanwhile."""
    asks = [edit.ask() for edit in body]
    edited = plan_edits.edit_plan(database, plan, asks, author=author, expected_version=wanted_version(if_match))
    response.headers["ETag"] = tag_of(edited.plan.version)
    return EditedPlanOut.of(edited, rights.mask_of(database, edited.plan.market))


@router.get("/plans/{plan}/edits", responses=problem_responses(404, 422))
def list_edits(
    request: Request,
    plan: str,
    database: ViewDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="从此号之后取起 / start after this number")] = 0,
    revision: Annotated[int, Query(ge=0, le=2**31 - 1, description="此版次之后 / past this revision")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> PlanEditPage:
    """一个方案的修改记录,先做的在前 / a plan's edits, oldest first."""
    mask = rights.mask_of(database, plans.get_plan(database, plan).market)
    found = plan_edits.list_edits(database, plan, after=after, since_revision=revision, limit=limit + 1)
    more = next_url(request, str(found[limit - 1].number)) if len(found) > limit else None
    return PlanEditPage(items=[PlanEditOut.of(edit, mask) for edit in found[:limit]], next=more)


@router.get("/plans/{plan}/faults", responses=problem_responses(404))
def list_faults(plan: str, database: Annotated[Database, Depends(May(Action.VIEW_DRAFTS))], now: NowDep) -> FaultsOut:
    """检查问题:不连片、超出上限、未划入的铺位等 / what is wrong with a plan's zones."""
    found, faults = plan_edits.list_faults(database, plan, now.date())
    mask = rights.mask_of(database, found.market)
    return FaultsOut(items=[FaultOut.of(fault, mask) for fault in faults])


@router.post("/plans/{plan}/publish", responses=problem_responses(400, 404, 409, 412, 422, 428))
def publish_plan(
    plan: str,
    database: Annotated[Database, Depends(May(Action.PUBLISH_PLAN))],
    author: AuthorDep,
    response: Response,
    body: PublishIn | None = None,
    if_match: IfMatch = None,
) -> PlanOut:
    """发布生效;原方案到期 / put a draft in force from a day; the earlier plan ends."""
    today = author.now.date()
    published = plans.publish_plan(
        database,
        plan,
        (body and body.first_day) or today,
        today=today,
        expected_version=wanted_version(if_match),
    )
    response.headers["ETag"] = tag_of(published.version)
    return PlanOut.of(published, rights.mask_of(database, published.market))


@router.post("/plans/{plan}/withdraw", responses=problem_responses(404, 409, 412, 422, 428))
def withdraw_plan(
    plan: str,
    database: Annotated[Database, Depends(May(Action.PUBLISH_PLAN))],
    now: NowDep,
    response: Response,
    if_match: IfMatch = None,
) -> PlanOut:
    """撤回尚未生效的发布,方案回到草案 / take back a publication that has not begun; the plan is a draft again."""
    version = wanted_version(if_match)
    draft = publications.withdraw_plan(database, plan, today=now.date(), expected_version=version)
    response.headers["ETag"] = tag_of(draft.version)
    return PlanOut.of(draft, rights.mask_of(database, draft.market))


@router.post("/plans/{plan}/roll-back", status_code=201, responses=problem_responses(400, 404, 409, 412, 422, 428))
def roll_back(
    plan: str,
    database: Annotated[Database, Depends(May(Action.PUBLISH_PLAN))],
    author: AuthorDep,
    response: Response,
    body: PublishIn | None = None,
    if_match: IfMatch = None,
) -> PlanOut:
    """恢复历史方案:复制为新方案并发布生效 / take an earlier plan up again: a copy of it is put in force from a day."""
    first_day = (body and body.first_day) or author.now.date()
    version = wanted_version(if_match)
    copy = publications.roll_back(database, plan, first_day, author=author, expected_version=version)
    response.headers["Location"] = f"/api/v1/plans/{copy.code}"
    response.headers["ETag"] = tag_of(copy.version)
    return PlanOut.of(copy, rights.mask_of(database, copy.market))


@router.get("/plans/{plan}/diff/{other}", responses=problem_responses(404, 422))
def compare_plans(plan: str, other: str, database: ViewDep, now: NowDep, at: AtParam = None) -> ComparisonOut:
    """方案比对:哪些商户换责任区、换网格员,各区户数如何变化 / who changes zone or member, and how loads change."""
    found = comparisons.compare_plans(database, plan, other, day=at or now.date())
    return ComparisonOut.of(found, rights.mask_of(database, found.after.market))
