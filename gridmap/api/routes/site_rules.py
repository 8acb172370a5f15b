"""The rules of a site: how often visits are due, what resets the clock, how many merchants a member has."""

from fastapi import APIRouter

from gridmap.api.access import ViewDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.routes.members import DutyDep
from gridmap.api.schemas.site_rules import SiteChangeBody, SiteRulesOut
from gridmap.model.rights import Scope
from gridmap.services import site_rules

router = APIRouter(tags=["市场 markets"], route_class=TaggedRoute)


@router.get("/markets/{market}/rules", responses=problem_responses(404))
def get_rules(market: str, database: ViewDep) -> SiteRulesOut:
    """一个市场适用的规则 / the rules in force for a market."""
    return SiteRulesOut.of(site_rules.rules_of(database, market), site_rules.said_of(database, Scope(market=market)))


@router.put("/markets/{market}/rules", responses=problem_responses(400, 404))
def set_rules(market: str, body: SiteChangeBody, database: DutyDep) -> SiteRulesOut:
    """设定市场自己的规则;空的由上级决定 / write all that a market itself says."""
    site_rules.set_rules(database, Scope(market=market), body.change())
    return SiteRulesOut.of(site_rules.rules_of(database, market), site_rules.said_of(database, Scope(market=market)))
