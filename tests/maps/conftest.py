"""One server for all browser tests: the demo market, and a tiny one whose zones hold fewer than five merchants."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gridmap.model.field_records import SentRecord
from gridmap.model.kinds import Role
from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts, demo, drafts, field_records, markets, plans
from gridmap.services.field_records import Sending
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database, open_database
from tests import worlds
from tests.callers import account_of, author
from tests.conftest import ROOT, missing
from tests.maps.serving import ADMIN, LINK, MEMBER, VIEWER, served


@pytest.fixture(scope="session")
def server(spatialite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server; give its address."""
    if not (ROOT / "gridmap" / "web" / "index.html").is_file():
        missing("the web client has not been built (make install)")
    folder = tmp_path_factory.mktemp("desk")
    database = folder / "gridmap.db"
    database.write_bytes(spatialite_template.read_bytes())
    opened = open_database(f"sqlite:///{database}")
    demo.load_demo(opened, author=author())
    _add_tiny_market(opened)
    ADMIN["value"] = account_of(opened, "desk", "admin").secret
    MEMBER["value"] = _walker(opened)
    VIEWER["value"] = account_of(opened, "guest", "viewer").secret
    LINK.append(accounts.create_account(opened, "lin", [Grant(AccountRole.PLANNER)], author=author()))
    opened.close()
    with served(f"sqlite:///{database}", folder) as address:
        yield address


def _walker(database: Database) -> str:
    """Sign in the first member of the demo market, who has visited some of his stalls."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    detail = plans.show_plan(database, "demo-p1")
    held = next(a for a in detail.assignments if a.role is Role.MEMBER)
    zone = next(z for z in detail.zones if z.code == held.zone)
    visits = [
        SentRecord(
            uuid=f"00000000-0000-4000-8000-{i:012d}", seq=i, kind="visit", market="demo", stall=stall, data={},
            at=(now - timedelta(days=(0, 3, 14, 17)[i % 4], minutes=1)).isoformat(),
        )
        for i, stall in enumerate(zone.stalls)
    ]  # fmt: skip
    receipts = field_records.sync(database, Sending("t", visits, now, now - timedelta(days=60)))
    assert {receipt.state for receipt in receipts} == {"applied"}
    return account_of(database, "walker", "member", member=held.member).secret


def _add_tiny_market(database: Database) -> None:
    """Add eight merchants on two levels in two zones of four; and a market with three merchants in all."""
    who = author()
    markets.add_market(database, worlds.few_merchants("nook", 3))
    day = who.now.date()
    markets.add_market(database, worlds.two_floors_one_stair("tiny", stalls_a_floor=4))
    plan = drafts.draft_plan(database, "tiny", Params(target=50, zones=2), author=who, day=day)
    plans.publish_plan(database, plan.code, day, today=day)
