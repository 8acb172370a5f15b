"""Visits by tiers of risk."""

from typing import Annotated

from fastapi import APIRouter, Query

from gridmap.api.access import ViewDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.tiers import VisitPlanOut
from gridmap.services import tiers

router = APIRouter(tags=["人员 staffing"], route_class=TaggedRoute)


@router.get("/staffing/tiers", responses=problem_responses(422))
def get_tiers(
    _: ViewDep,
    tier: Annotated[
        list[str],
        Query(min_length=1, max_length=20, examples=[["高:300:20", "其余:6177"]], description="名称:户数:周期"),
    ],
    limit: Annotated[int, Query(ge=1, le=1_000_000, description="每个工作日走访次数 / visits a day")] = 20,
    within: Annotated[int, Query(ge=1, le=10_000, description="工作日数,用于概率 / days for the chances")] = 60,
) -> VisitPlanOut:
    """全周期做不到时,按风险分档安排走访,并说明任一户在期限内被走访的概率 / visits by tiers of risk."""
    return VisitPlanOut.of(tiers.visit_plan(tier, limit_a_day=limit, within_days=within))
