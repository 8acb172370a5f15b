"""What comes in from the field: taken in one by one, each with a receipt; read by whoever sees the register."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from gridmap.errors import ForbiddenError, NotFoundError
from gridmap.model.field_records import (
    DUTY_KINDS,
    FieldRecord,
    Receipt,
    ReceiptState,
    RecordKind,
    Refusal,
    SentRecord,
)
from gridmap.model.ids import MarketCode, MemberCode, StallCode
from gridmap.model.places import Market
from gridmap.model.rights import Action, Caller
from gridmap.services import rights
from gridmap.store import audit, field_records, markets, members, rosters, stalls
from gridmap.store import rights as reach
from gridmap.store.field_records import RecordFilter
from gridmap.store.session import Connection, Database

CLOCKS_APART = timedelta(minutes=5)
"""A device's clock may be ahead by so much."""
DATA_BYTES = 8192
_POSITION = re.compile(
    r"(geo|gps|lon|lng|lat|longitude|latitude|altitude|position|location|coords?|coordinates?|track|heading|speed|"
    r"accuracy|经度|纬度|坐标|位置|定位|轨迹)"
)


@dataclass(frozen=True, slots=True)
class Sending:
    """What a device sends at once; `now` is in the time zone whose days count, older than `oldest` is not taken."""

    device: str
    records: Sequence[SentRecord]
    now: datetime
    oldest: datetime


def sync(database: Database, sending: Sending) -> list[Receipt]:
    """
    Take in what a device sends, in any order and any number of times: the same records come of it.

    A member may record visits, patrols and contacts at stalls of the zones that he answered for on the day of the
    record, his own and those that he covered; issues and needs anywhere in a market where he works. Who manages duty
    in the market may record anywhere there. One bad record keeps none of the others out.

    Returns
    -------
    receipts
        One for each record, in the same order.
    """
    with database.writing() as connection:
        receipts = take_in(connection, database.caller, sending)
        states = [receipt.state for receipt in receipts]
        applied, refused = states.count(ReceiptState.APPLIED), states.count(ReceiptState.REFUSED)
        if applied:
            audit.describe(connection, "sync", sending.device, applied=applied, refused=refused or None)
    return receipts


def take_in(connection: Connection, caller: Caller, sending: Sending) -> list[Receipt]:
    """Take records in as part of a larger transaction, as `sync` does."""
    intake = _Intake(connection, caller, sending)
    known = field_records.records_named(connection, [sent.uuid for sent in sending.records])
    receipts: list[Receipt] = []
    fresh: dict[str, FieldRecord] = {}
    for sent in sending.records:
        earlier = known.get(sent.uuid) or fresh.get(sent.uuid)
        if earlier is not None:
            receipts.append(_again(earlier, sent))
            continue
        taken = intake.taken(sent)
        if isinstance(taken, Refusal):
            receipts.append(Receipt(sent.uuid, ReceiptState.REFUSED, taken))
        else:
            fresh[sent.uuid] = taken
            receipts.append(Receipt(sent.uuid, ReceiptState.APPLIED))
    new = field_records.insert_records(connection, list(fresh.values()))
    late = field_records.records_named(connection, [uuid for uuid in fresh if uuid not in new])
    by_uuid = {sent.uuid: sent for sent in reversed(sending.records)}
    return [_again(late[r.uuid], by_uuid[r.uuid]) if r.uuid in late else r for r in receipts]


def _again(earlier: FieldRecord, sent: SentRecord) -> Receipt:
    """Answer a record whose UUID is taken: it must be the same one."""
    same = (earlier.kind, earlier.market, earlier.stall, dict(earlier.data)) == (
        sent.kind, sent.market, sent.stall, dict(sent.data)
    )  # fmt: skip
    if same and earlier.at == _moment(sent.at):
        return Receipt(sent.uuid, ReceiptState.DUPLICATE)
    return Receipt(sent.uuid, ReceiptState.REFUSED, Refusal.ID_REUSED)


@dataclass
class _Intake:
    """Checks records one by one; what it looks up for one it keeps for the next."""

    connection: Connection
    caller: Caller
    sending: Sending
    _markets: dict[str, Market | Refusal] = field(default_factory=dict[str, "Market | Refusal"])
    _stalls: dict[MarketCode, frozenset[StallCode]] = field(default_factory=dict[MarketCode, frozenset[StallCode]])
    _known_members: dict[MemberCode, bool] = field(default_factory=dict[MemberCode, bool])
    _own: dict[tuple[MarketCode, date], frozenset[str]] = field(
        default_factory=dict[tuple[MarketCode, date], frozenset[str]]
    )

    def taken(self, sent: SentRecord) -> FieldRecord | Refusal:
        """Return the record that is to be stored, or why it is refused."""
        if sent.kind not in set(RecordKind):
            return Refusal.UNKNOWN_KIND
        at = _moment(sent.at)
        refusal = _time_refusal(at, self.sending) or _data_refusal(sent.data)
        if at is None or refusal is not None:
            return refusal or Refusal.BAD_TIME
        market = self._market(sent.market)
        if isinstance(market, Refusal):
            return market
        kind, stall = RecordKind(sent.kind), StallCode(sent.stall)
        if stall not in self._stalls_of(market.code):
            return Refusal.NO_SUCH_STALL
        member = self._member(sent, market.code)
        if kind in DUTY_KINDS and not self._may_record_at(market.code, stall, at):
            member = Refusal.NOT_YOUR_ZONE
        if isinstance(member, Refusal):
            return member
        return FieldRecord(
            uuid=sent.uuid,
            kind=kind,
            at=at,
            market=market.code,
            stall=stall,
            member=member,
            device=self.sending.device,
            seq=sent.seq,
            data=sent.data,
            received_at=self.sending.now,
        )

    def _member(self, sent: SentRecord, market: MarketCode) -> MemberCode | Refusal | None:
        """Return who did it: the sender, or whom somebody names who manages duty there."""
        if sent.member is None or sent.member == self.caller.member:
            return MemberCode(self.caller.member) if self.caller.member else None
        if not reach.may_in(self.connection, Action.MANAGE_DUTY, market):
            return Refusal.NOT_YOUR_ZONE
        named = MemberCode(sent.member)
        if named not in self._known_members:
            self._known_members[named] = bool(members.member_keys(self.connection, [named]))
        return named if self._known_members[named] else Refusal.NO_SUCH_MEMBER

    def _market(self, name: str) -> Market | Refusal:
        if name not in self._markets:
            self._markets[name] = self._looked_up(name)
        return self._markets[name]

    def _looked_up(self, name: str) -> Market | Refusal:
        try:
            return Refusal.NO_SUCH_MARKET if "\0" in name else markets.market(self.connection, name)
        except NotFoundError:
            return Refusal.NO_SUCH_MARKET
        except ForbiddenError:
            return Refusal.NOT_YOUR_ZONE

    def _stalls_of(self, market: MarketCode) -> frozenset[StallCode]:
        if market not in self._stalls:
            key = markets.market_id(self.connection, market)
            self._stalls[market] = frozenset(stalls.stall_keys(self.connection, key))
        return self._stalls[market]

    def _may_record_at(self, market: MarketCode, stall: StallCode, at: datetime) -> bool:
        if reach.may_in(self.connection, Action.MANAGE_DUTY, market):
            return True
        if self.caller.member is None:
            return False
        key = (market, at.astimezone(self.sending.now.tzinfo).date())
        if key not in self._own:
            self._own[key] = rosters.own_stalls(self.connection, self.caller.member, *key)
        return stall in self._own[key]


def _moment(text: str) -> datetime | None:
    """Return the moment of a record; None if it is none, has no time zone, or lies in no time that people live in."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 1970 <= found.year <= 2200 else None


def _time_refusal(at: datetime | None, sending: Sending) -> Refusal | None:
    if at is None:
        return Refusal.BAD_TIME
    if at > sending.now + CLOCKS_APART:
        return Refusal.FUTURE_TIME
    return Refusal.TOO_OLD if at < sending.oldest else None


def _data_refusal(data: Mapping[str, Any]) -> Refusal | None:
    """A record is a stall and a time: whatever tells where somebody was stays out."""
    try:
        text = json.dumps(data, allow_nan=False)
    except (ValueError, RecursionError):
        return Refusal.BAD_DATA
    if len(text) > DATA_BYTES:
        return Refusal.BAD_DATA
    names = re.findall(r'"((?:[^"\\]|\\.)*)"\s*:', json.dumps(data, ensure_ascii=False))
    return Refusal.HOLDS_POSITION if any(_POSITION.fullmatch(name.strip().casefold()) for name in names) else None


def list_records(
    database: Database, market: str, wanted: RecordFilter, *, day: date, limit: int = 1000
) -> list[tuple[int, FieldRecord]]:
    """
    Return a market's records with their keys, in the order in which they came in.

    A member is shown those at stalls of the zones that he answers for on `day`.

    Raises
    ------
    ForbiddenError
        If the caller sees no merchants' names in the market.
    """
    if not rights.allow_here(database, Action.VIEW_OWN_REGISTER, market):
        raise ForbiddenError(Action.VIEW_OWN_REGISTER)
    mask = rights.mask_of(database, market, day)
    with database.reading() as connection:
        only = None if mask.register else mask.own
        return field_records.records(connection, market, wanted, stalls=only, limit=limit)
