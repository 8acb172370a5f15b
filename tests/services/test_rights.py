"""Reading names of merchants outside one's own zones is noted in the audit log."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from gridmap.model.rights import Action
from gridmap.services import drafts, markets, plans, rights
from gridmap.spatial.partition.params import Params
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import account_of, author


@pytest.mark.parametrize("again", [False, True])
def test_own_zone_is_not_noted_and_others_are_once_a_day(database: Database, again: bool) -> None:
    """A leader's own zone's merchants are his daily work; reading others goes into the log, once a day."""
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=8), staff=worlds.members_at("1F-001"))
    who, day = author(), datetime.now(UTC).date()
    plan = drafts.draft_plan(database, "two-floors", Params(target=8), author=who, day=day)
    plans.publish_plan(database, plan.code, day, today=day)
    signed = account_of(database, "lin", "leader", "market:two-floors", member="W001")
    acting = database.acting(signed.caller, Action.VIEW)
    zone = next(a.zone for a in plans.show_plan(acting, plan.code).assignments if a.member == "W001")
    own = {z.code: z.stalls for z in plans.show_plan(acting, plan.code).zones}[zone]
    before = count_reads(database)
    rights.note_register_read(acting, "two-floors", own, day)
    assert count_reads(database) == before
    for _ in range(1 + again):
        assert markets.market_stalls(acting, "two-floors", day)[0].merchant_names
    assert count_reads(database) == before + 1


def count_reads(database: Database) -> int:
    with database.reading() as connection:
        query = sa.select(sa.func.count()).select_from(t.audit).where(t.audit.c.action == "register.read")
        return connection.scalar(query) or 0
