"""Rules of a site: the narrowest scope that says something decides; a patrol never resets the clock."""

import pytest
import sqlalchemy as sa

from gridmap.errors import ForbiddenError, InvalidParameterError, NotFoundError
from gridmap.model.field_records import RecordKind
from gridmap.model.rights import EVERYTHING, AccountRole, Action, Caller, Grant, Scope
from gridmap.model.site import SiteChange, SiteRules
from gridmap.services import markets, site_rules
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds

EITHER = frozenset({RecordKind.VISIT, RecordKind.CONTACT})


@pytest.fixture
def hall(database: Database) -> Database:
    """Give a market in a street of a district."""
    with database.writing() as connection:
        connection.execute(sa.insert(t.division).values(id=1, code="31", name="区", kind="district"))
        connection.execute(sa.insert(t.division).values(id=2, code="3101", name="街道", kind="street", parent_id=1))
    markets.add_market(database, worlds.few_merchants("hall", 3))
    with database.writing() as connection:
        connection.execute(sa.update(t.market).values(division_id=2))
    return database


def test_narrowest_scope_decides_field_by_field(hall: Database) -> None:
    assert site_rules.rules_of(hall, "hall") == SiteRules()
    site_rules.set_rules(hall, EVERYTHING, SiteChange(cycle_days=30, cap=60, first_visit_days=5))
    site_rules.set_rules(hall, Scope(division="31"), SiteChange(cycle_days=21, resetting=EITHER))
    site_rules.set_rules(hall, Scope(division="3101"), SiteChange(cap=40))
    assert site_rules.rules_of(hall, "hall") == SiteRules(21, 5, EITHER, 40)
    site_rules.set_rules(hall, Scope(market="hall"), SiteChange(cycle_days=7, large_market=500))
    assert site_rules.rules_of(hall, "hall") == SiteRules(7, 5, EITHER, 40, 500)
    site_rules.set_rules(hall, Scope(market="hall"), SiteChange())
    assert site_rules.rules_of(hall, "hall").cycle_days == 21
    assert site_rules.said_of(hall, Scope(division="31")) == SiteChange(cycle_days=21, resetting=EITHER)


@pytest.mark.parametrize(
    "wrong", [SiteChange(resetting=frozenset({RecordKind.PATROL})), SiteChange(cap=0), SiteChange(cycle_days=-1)]
)
def test_rules_that_make_no_sense_are_refused(hall: Database, wrong: SiteChange) -> None:
    with pytest.raises(InvalidParameterError):
        site_rules.set_rules(hall, Scope(market="hall"), wrong)


def test_nobody_sets_rules_beyond_his_scope(hall: Database) -> None:
    caller = Caller("user:p", (Grant(AccountRole.PLANNER, Scope(market="hall")),))
    acting = hall.acting(caller, Action.MANAGE_DUTY)
    site_rules.set_rules(acting, Scope(market="hall"), SiteChange(cap=40))
    for scope in (EVERYTHING, Scope(division="31")):
        with pytest.raises(ForbiddenError):
            site_rules.set_rules(acting, scope, SiteChange(cap=1))
    with pytest.raises(NotFoundError):
        site_rules.set_rules(hall, Scope(market="elsewhere"), SiteChange(cap=1))
