"""What comes in from the field: the same records, however often and in whatever order they are sent."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gridmap.errors import ForbiddenError
from gridmap.model.absences import Absence
from gridmap.model.field_records import ReceiptState, RecordKind, Refusal, SentRecord
from gridmap.model.ids import MemberCode
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.services import absences, audit, drafts, field_records, markets, members, plans, rights
from gridmap.services.field_records import Sending
from gridmap.spatial.partition.params import Params
from gridmap.store.field_records import RecordFilter
from gridmap.store.session import Database
from tests import worlds
from tests.services.test_plans import AUTHOR, NOW, TODAY

MARKET = "two-floors"
OLDEST = NOW - timedelta(days=730)
EVERYTHING = RecordFilter()


@pytest.fixture
def hall(database: Database) -> Database:
    """Give a market of two zones in force, with the members W001 and W002."""
    markets.add_market(
        database, worlds.two_floors_one_stair(stalls_a_floor=48), staff=worlds.members_at("1F-010", "2F-010")
    )
    plan = drafts.draft_plan(database, MARKET, Params(), author=AUTHOR, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY - timedelta(days=30), today=TODAY - timedelta(days=30))
    return database


def as_member(database: Database, code: str = "W001") -> Database:
    caller = Caller(f"user:{code}", (Grant(AccountRole.MEMBER, Scope(market=MARKET)),), code)
    return rights.acting(database, caller, Action.RECORD)


def sent(stall: str = "1F-010", kind: str = "visit", **changed: Any) -> SentRecord:
    at = (NOW - timedelta(hours=1)).isoformat()
    return replace(SentRecord(str(uuid4()), 1, kind, at, MARKET, stall, {"outcome": "ok"}), **changed)


def send(database: Database, *records: SentRecord, now: datetime = NOW) -> list[Any]:
    receipts = field_records.sync(database, Sending("tablet-1", records, now, OLDEST))
    assert [r.uuid for r in receipts] == [r.uuid for r in records]
    return [r.reason or r.state for r in receipts]


def stored(database: Database) -> set[tuple[Any, ...]]:
    found = field_records.list_records(database, MARKET, EVERYTHING, day=TODAY)
    return {(r.uuid, r.kind, r.at, r.stall, r.member, r.seq, str(r.data)) for _, r in found}


def own(database: Database, member: str, day: date = TODAY) -> list[str]:
    roster = members.roster(database, MARKET, day)
    plan = plans.plan_in_force(database, MARKET, day) or ""
    zones = {zone.code: zone.stalls for zone in plans.show_plan(database, plan).zones}
    return sorted(s for z in roster.zones_done_by(MemberCode(member)) for s in zones[z])


def test_three_kinds_are_three_kinds(hall: Database) -> None:
    tablet = as_member(hall)
    kinds = ["visit", "patrol", "contact", "issue", "need"]
    assert send(tablet, *(sent(kind=kind) for kind in kinds)) == [ReceiptState.APPLIED] * 5
    found = field_records.list_records(hall, MARKET, EVERYTHING, day=TODAY)
    assert [r.kind for _, r in found] == kinds
    assert {r.member for _, r in found} == {"W001"}
    only = field_records.list_records(hall, MARKET, RecordFilter(kinds=frozenset({RecordKind.PATROL})), day=TODAY)
    assert [r.kind for _, r in only] == ["patrol"]


@pytest.mark.parametrize("seed", range(3))
def test_sent_any_number_of_times_in_any_order_gives_the_same_records(hall: Database, seed: int) -> None:
    draw, tablet = random.Random(seed), as_member(hall)
    mine, others = own(hall, "W001"), own(hall, "W002")
    outbox = [
        sent(draw.choice(mine), uuid=str(UUID(int=draw.getrandbits(128), version=4)), seq=n,
             at=(NOW - timedelta(hours=draw.randrange(1, 500))).isoformat())
        for n in range(30)
    ]  # fmt: skip
    refused = [sent(draw.choice(others), uuid=str(UUID(int=draw.getrandbits(128), version=4))) for _ in range(5)]
    for _ in range(6):
        part = draw.sample(outbox + refused, draw.randrange(1, 36))
        send(tablet, *part, *draw.sample(part, min(2, len(part))))
    everything = draw.sample(outbox + refused, 35)
    last = dict(zip((r.uuid for r in everything), send(tablet, *everything), strict=True))
    assert {last[r.uuid] for r in refused} == {Refusal.NOT_YOUR_ZONE}
    assert {last[r.uuid] for r in outbox} <= {ReceiptState.APPLIED, ReceiptState.DUPLICATE}
    assert set(send(tablet, *outbox)) == {ReceiptState.DUPLICATE}
    assert {row[0] for row in stored(hall)} == {r.uuid for r in outbox}
    wanted = {(r.uuid, datetime.fromisoformat(r.at), r.stall) for r in outbox}
    assert {(row[0], row[2], row[3]) for row in stored(hall)} == wanted


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"kind": "gossip"}, Refusal.UNKNOWN_KIND),
        ({"at": "yesterday"}, Refusal.BAD_TIME),
        ({"at": "2026-11-20T09:00:00"}, Refusal.BAD_TIME),
        ({"at": "0001-01-01T00:00:00+14:00"}, Refusal.BAD_TIME),
        ({"at": (NOW + timedelta(minutes=6)).isoformat()}, Refusal.FUTURE_TIME),
        ({"at": (OLDEST - timedelta(days=1)).isoformat()}, Refusal.TOO_OLD),
        ({"market": "elsewhere"}, Refusal.NO_SUCH_MARKET),
        ({"market": "a\0b"}, Refusal.NO_SUCH_MARKET),
        ({"stall": "9F-001"}, Refusal.NO_SUCH_STALL),
        ({"stall": "2F-040"}, Refusal.NOT_YOUR_ZONE),
        ({"stall": "2F-040", "kind": "patrol"}, Refusal.NOT_YOUR_ZONE),
        ({"data": {"note": {"Lon": 121.5}}}, Refusal.HOLDS_POSITION),
        ({"data": {"轨迹": []}}, Refusal.HOLDS_POSITION),
        ({"data": {"note": "x" * 9000}}, Refusal.BAD_DATA),
        ({"data": {"note": float("nan")}}, Refusal.BAD_DATA),
    ],
)
def test_bad_record_is_refused_with_its_reason_and_keeps_no_other_out(
    hall: Database, wrong: dict[str, Any], reason: Refusal
) -> None:
    assert send(as_member(hall), sent(), sent(**wrong), sent()) == [ReceiptState.APPLIED, reason, ReceiptState.APPLIED]
    assert len(stored(hall)) == 2


def test_clock_a_little_ahead_is_borne(hall: Database) -> None:
    assert send(as_member(hall), sent(at=(NOW + timedelta(minutes=4)).isoformat())) == [ReceiptState.APPLIED]


def test_issue_may_be_met_anywhere_in_the_market(hall: Database) -> None:
    tablet = as_member(hall)
    assert send(tablet, sent("2F-040", "issue"), sent("2F-040", "need")) == [ReceiptState.APPLIED] * 2


def test_uuid_is_used_for_one_record_only(hall: Database) -> None:
    first = sent()
    other = replace(first, stall="1F-001")
    assert send(as_member(hall), first, other) == [ReceiptState.APPLIED, Refusal.ID_REUSED]
    assert send(as_member(hall), other, first) == [Refusal.ID_REUSED, ReceiptState.DUPLICATE]


def test_record_of_the_day_counts_not_the_day_it_is_sent(hall: Database) -> None:
    """A cover may record what he did while he covered, also when the absence is over; not what he did before."""
    first = TODAY - timedelta(days=5)
    gone = Absence(str(uuid4()), MemberCode("W002"), first, first + timedelta(days=2), MemberCode("W001"))
    absences.add_absence(hall, gone, today=TODAY)
    stall = own(hall, "W002")[0]
    days = [NOW - timedelta(days=n) for n in (6, 5, 4, 3)]
    records = [sent(stall, at=day.isoformat()) for day in days]
    no, yes = Refusal.NOT_YOUR_ZONE, ReceiptState.APPLIED
    assert send(as_member(hall), *records) == [no, yes, yes, no]


def test_office_may_record_in_its_scope_only(hall: Database) -> None:
    markets.add_market(hall, worlds.few_merchants("other", 3))
    leader = Caller("user:boss", (Grant(AccountRole.LEADER, Scope(market=MARKET)),))
    office = rights.acting(hall, leader, Action.RECORD)
    assert send(office, sent("2F-040"), sent("1F-001", market="other")) == [
        ReceiptState.APPLIED,
        Refusal.NO_SUCH_MARKET,
    ]
    viewer = Caller("user:v", (Grant(AccountRole.LEADER, Scope(market=MARKET)), Grant(AccountRole.VIEWER)))
    assert send(rights.acting(hall, viewer, Action.RECORD), sent("1F-001", market="other")) == [Refusal.NOT_YOUR_ZONE]


def test_member_reads_records_of_his_own_stalls_only(hall: Database) -> None:
    send(hall, sent("1F-010"), sent("2F-040"))
    tablet = as_member(hall)
    seen = field_records.list_records(tablet, MARKET, EVERYTHING, day=TODAY)
    assert {r.stall for _, r in seen} == {"1F-010"}
    viewer = hall.acting(Caller("user:v", (Grant(AccountRole.VIEWER),)), Action.VIEW)
    with pytest.raises(ForbiddenError):
        field_records.list_records(viewer, MARKET, EVERYTHING, day=TODAY)


def test_member_sees_names_of_his_own_stalls_only(hall: Database) -> None:
    named = {t.stall.code for t in markets.market_stalls(as_member(hall), MARKET, TODAY) if t.merchant_names}
    assert named == set(own(hall, "W001"))
    absences.add_absence(
        hall, Absence(str(uuid4()), MemberCode("W002"), TODAY, TODAY + timedelta(days=1), MemberCode("W001")),
        today=TODAY,
    )  # fmt: skip
    named = {t.stall.code for t in markets.market_stalls(as_member(hall), MARKET, TODAY) if t.merchant_names}
    assert len(named) == 96


def test_sending_is_audited_once_and_repeating_is_not(hall: Database) -> None:
    tablet, record = as_member(hall), sent()
    send(tablet, record, sent(stall="9F-001"))
    send(tablet, record)
    lines = [line for line in audit.read_log(hall) if line.action == "sync"]
    assert len(lines) == 1
    assert (lines[0].actor, '"applied":1' in lines[0].detail, '"refused":1' in lines[0].detail) == (
        "user:W001", True, True
    )  # fmt: skip
