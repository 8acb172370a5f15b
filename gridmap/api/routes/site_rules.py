"""The rules of a site: how often visits are due, what resets the clock, how many merchants a member has."""

from typing import Annotated

from fastapi import APIRouter, Depends

from gridmap.api.access import May, ViewDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.routes.members import DutyDep
from gridmap.api.schemas.site_rules import SiteChangeBody, SiteRulesOut
from gridmap.model.rights import EVERYTHING, Action, DivisionCode, Scope
from gridmap.services import site_rules
from gridmap.store.session import Database

router = APIRouter(tags=["市场 markets"], route_class=TaggedRoute)
RulesDep = Annotated[Database, Depends(May(Action.MANAGE_RULES))]


@router.get("/markets/{market}/rules", responses=problem_responses(404))
def get_rules(market: str, database: ViewDep) -> SiteRulesOut:
    """一个市场适用的规则 / the rules in force for a market."""
    return SiteRulesOut.of(site_rules.rules_of(database, market), site_rules.said_of(database, Scope(market=market)))


@router.put("/markets/{market}/rules", responses=problem_responses(400, 404))
def set_rules(market: str, body: SiteChangeBody, database: DutyDep) -> SiteRulesOut:
    """设定市场自己的规则;空的由上级决定 / write all that a market itself says."""
    site_rules.set_rules(database, Scope(market=market), body.change())
    return SiteRulesOut.of(site_rules.rules_of(database, market), site_rules.said_of(database, Scope(market=market)))


@router.get("/divisions/{division}/rules", responses=problem_responses(404))
def get_division_rules(division: str, database: RulesDep) -> SiteChangeBody:
    """一个行政区划自己的规则 / what a division itself says, for all markets in it."""
    return _said(database, Scope(division=DivisionCode(division)))


@router.put("/divisions/{division}/rules", responses=problem_responses(400, 404))
def set_division_rules(division: str, body: SiteChangeBody, database: RulesDep) -> SiteChangeBody:
    """设定行政区划的规则,其下各市场除自己另有规定外适用 / write all that a division itself says."""
    scope = Scope(division=DivisionCode(division))
    site_rules.set_rules(database, scope, body.change())
    return _said(database, scope)


@router.get("/rules")
def get_general_rules(database: RulesDep) -> SiteChangeBody:
    """全部市场的规则 / what is said for everything."""
    return _said(database, EVERYTHING)


@router.put("/rules", responses=problem_responses(400))
def set_general_rules(body: SiteChangeBody, database: RulesDep) -> SiteChangeBody:
    """设定全部市场的规则 / write all that is said for everything."""
    site_rules.set_rules(database, EVERYTHING, body.change())
    return _said(database, EVERYTHING)


def _said(database: Database, scope: Scope) -> SiteChangeBody:
    return SiteChangeBody.of(site_rules.said_of(database, scope))
