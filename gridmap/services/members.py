"""What a person does with members: appoint them, change what is known of them, give them posts and hours, end it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmap.errors import InvalidParameterError
from gridmap.model.absences import Absence
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, ZoneCode
from gridmap.model.kinds import OFFICE_ROLES, Role
from gridmap.model.organisations import Post
from gridmap.model.roster import Roster
from gridmap.model.shifts import Shift
from gridmap.store import absences, assignments, audit, markets, members, posts, rosters, shifts
from gridmap.store.session import Connection, Database


@dataclass(frozen=True, slots=True)
class MemberDuty:
    """
    A member as on duty in a market on a day.

    `zones` are his own; `away` says whether he is away, `stands_in` who does his work then (himself if he is there).
    """

    member: Member
    zones: tuple[ZoneCode, ...]
    posts: tuple[Role, ...]
    away: bool
    stands_in: MemberCode | None
    covers: tuple[ZoneCode, ...]


@dataclass(frozen=True, slots=True)
class MemberDetail:
    """All that is known of a member's duty, past and to come."""

    member: Member
    assignments: tuple[assignments.Placed, ...]
    posts: tuple[Post, ...]
    absences: tuple[Absence, ...]
    shifts: tuple[Shift, ...]


def list_members(database: Database, market: str, day: date) -> list[MemberDuty]:
    """Return everybody on duty in a market on a day, by code: its members in office, and who has a post or zone."""
    found = roster(database, market, day)
    with database.reading() as connection:
        own = {member.code for member in members.members(connection, market)}
    busy = own | {a.member for a in found.assignments} | {p.member for p in found.posts}
    busy |= {code for code in found.members if found.zones_done_by(code)}
    return [_duty(found, code) for code in sorted(busy) if found.serves(code)]


def roster(database: Database, market: str, day: date) -> Roster:
    """Return who is on duty in a market on a day."""
    with database.reading() as connection:
        return rosters.roster(connection, market, day)


def show_member(database: Database, name: str) -> MemberDetail:
    """Return one member, by code or UUID, with all his duties."""
    with database.reading() as connection:
        return _detail(connection, members.member(connection, name))


def add_member(database: Database, market: str, member: Member) -> MemberDetail:
    """
    Appoint a member of a market; an office role gets its post there.

    Raises
    ------
    AlreadyExistsError
        If the code is taken.
    LeaderTakenError
        If he is to lead a market that has a leader.
    """
    _check(member)
    with database.writing() as connection:
        key = markets.lock_market(connection, market)
        members.insert_members(connection, market, [member])
        markets.touch_market(connection, key)
        audit.describe(connection, "member.add", member.code, market=market, role=member.role)
        return _detail(connection, members.member(connection, member.code))


def change_member(database: Database, name: str, changed: Member, *, expected_version: str | None) -> MemberDetail:
    """
    Write a member's name, office contact, capacity, own stall and first day; his code, role and end stay.

    Raises
    ------
    StaleVersionError
        If he changed since the caller read him.
    """
    with database.writing() as connection:
        now = members.member(connection, name)
        made = replace(changed, code=now.code, role=now.role, market=now.market, valid_to=now.valid_to)
        _check(made)
        members.change_member(connection, made, expected_version)
        _touch(connection, now)
        audit.describe(connection, "member.change", now.code)
        return _detail(connection, members.member(connection, now.code))


def end_member(database: Database, name: str, day: date, reason: str) -> MemberDetail:
    """
    Let a member leave office; `day` is the first day without him. His zones and posts end with it.

    Raises
    ------
    InvalidParameterError
        If he has left by that day anyway, or no reason is given.
    """
    if not reason.strip():
        raise InvalidParameterError("reason", "", "请写明原因。", "Say why.")
    with database.writing() as connection:
        found = members.member(connection, name)
        if found.valid_to is not None and found.valid_to <= day:
            raise InvalidParameterError(
                "day", day.isoformat(), f"此人已于 {found.valid_to} 离任。", f"The member left on {found.valid_to}."
            )
        key = members.member_key(connection, found.code)
        first = found.valid_from
        until = day if first is None else max(day, first)
        members.change_member(connection, replace(found, valid_to=until), None)
        posts.end_posts(connection, key, day)
        for placed in assignments.assignments_of_member(connection, key):
            _end(connection, placed, day, reason.strip())
        _touch(connection, found)
        audit.describe(connection, "member.end", found.code, day=day.isoformat(), reason=reason.strip())
        return _detail(connection, members.member(connection, found.code))


def give_post(database: Database, market: str, name: str, role: Role, first_day: date) -> MemberDetail:
    """
    Give a member a role for a market as a whole, from a day on.

    Raises
    ------
    LeaderTakenError
        If he is to lead a market that has a leader on one of the days.
    InvalidParameterError
        If the role is one for zones.
    """
    with database.writing() as connection:
        market_key = markets.lock_market(connection, market)
        _check_office(role)
        found = members.member(connection, name)
        key = members.member_key(connection, found.code)
        held = [p for p in posts.posts_on(connection, market_key, first_day) if p.member == found.code]
        if not any(p.role is role for p in held):
            posts.insert_post(connection, market_key, key, role, first_day, found.valid_to)
            markets.touch_market(connection, market_key)
            audit.describe(connection, "post.add", found.code, market=market, role=role, day=first_day.isoformat())
        return _detail(connection, found)


def end_post(database: Database, market: str, name: str, role: Role, day: date) -> MemberDetail:
    """End a member's role for a market; `day` is the first day without it. InvalidParameterError if he has it not."""
    with database.writing() as connection:
        market_key = markets.lock_market(connection, market)
        _check_office(role)
        found = members.member(connection, name)
        key = members.member_key(connection, found.code)
        if not posts.end_posts(connection, key, day, role=role, market_key=market_key):
            raise InvalidParameterError(
                "role", role, "此人在该市场没有这个任职。", "The member does not hold this role in the market."
            )
        markets.touch_market(connection, market_key)
        audit.describe(connection, "post.end", found.code, market=market, role=role, day=day.isoformat())
        return _detail(connection, found)


def set_member_shifts(database: Database, name: str, hours: Sequence[Shift]) -> MemberDetail:
    """Give a member hours of his own; none: those of his role hold."""
    with database.writing() as connection:
        found = members.member(connection, name)
        shifts.replace_member_shifts(connection, members.member_key(connection, found.code), hours)
        _touch(connection, found)
        audit.describe(connection, "shifts.member", found.code, hours=len(hours))
        return _detail(connection, found)


def set_role_shifts(database: Database, market: str, role: Role, hours: Sequence[Shift]) -> None:
    """Give a role its hours in a market; none: on duty at any time."""
    with database.writing() as connection:
        key = markets.lock_market(connection, market)
        shifts.replace_role_shifts(connection, key, role, hours)
        markets.touch_market(connection, key)
        audit.describe(connection, "shifts.role", market, role=role, hours=len(hours))


def _check(member: Member) -> None:
    if member.capacity is not None and member.capacity < 1:
        raise InvalidParameterError("capacity", str(member.capacity), "容量应为正整数。", "Give a positive number.")
    if member.valid_from is not None and member.valid_to is not None and member.valid_to <= member.valid_from:
        raise InvalidParameterError(
            "until", member.valid_to.isoformat(), "离任不早于到任之后。", "The end comes after the beginning."
        )


def _check_office(role: Role) -> None:
    if role not in OFFICE_ROLES:
        known = "、".join(sorted(OFFICE_ROLES))
        raise InvalidParameterError("role", role, f"市场上设的角色:{known}。", f"Roles for a market: {known}.")


def _end(connection: Connection, placed: assignments.Placed, day: date, reason: str) -> None:
    a = placed.assignment
    if a.valid_from is None:
        assignments.delete_assignment(connection, a.uuid)
    elif a.valid_to is None or a.valid_to > day:
        assignments.end_assignment(connection, a.uuid, day, reason)


def _touch(connection: Connection, member: Member) -> None:
    members.touch_markets_of(connection, members.member_keys(connection, [member.code]).values())


def _duty(found: Roster, code: MemberCode) -> MemberDuty:
    own = {a.zone for a in found.assignments if a.member == code}
    return MemberDuty(
        member=found.members[code],
        zones=tuple(sorted(own)),
        posts=tuple(sorted({p.role for p in found.posts if p.member == code})),
        away=found.is_away(code),
        stands_in=found.stand_in(code),
        covers=tuple(sorted(found.zones_done_by(code) - own)),
    )


def _detail(connection: Connection, member: Member) -> MemberDetail:
    (key,) = members.member_keys(connection, [member.code]).values()
    return MemberDetail(
        member=member,
        assignments=tuple(assignments.assignments_of_member(connection, key)),
        posts=tuple(posts.posts_of_member(connection, key)),
        absences=tuple(absences.absences_of_members(connection, [member.code])),
        shifts=tuple(shifts.member_shifts(connection, [member.code]).get(member.code, ())),
    )
