"""What a person does with absences: record one with its cover, end it early, name another cover."""

from dataclasses import dataclass, replace
from datetime import date

from gridmap.errors import InvalidParameterError
from gridmap.model.absences import Absence
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, ZoneCode
from gridmap.model.roster import Roster
from gridmap.store import absences, audit, members, rosters
from gridmap.store.session import Connection, Database

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class AbsenceDetail:
    """
    An absence, and what follows from it on its first day that is not past.

    `stands_in` is who does the work then, which need not be the cover named: he may be away himself. `zones` are those
    that nobody answers for, or the one who stands in does.
    """

    absence: Absence
    day: date
    stands_in: MemberCode | None
    zones: tuple[ZoneCode, ...]


def add_absence(database: Database, absence: Absence, *, today: date) -> AbsenceDetail:
    """
    Record that a member is away, with who covers him; it holds everywhere at once. May be repeated with the same UUID.

    Raises
    ------
    InvalidParameterError
        If the days make no sense, or the cover is the member himself or not in office on the first day.
    NotFoundError
        If member or cover does not exist, or the caller may not see him.
    AlreadyExistsError
        If another absence has this UUID.
    """
    _check_days(absence)
    with database.writing() as connection:
        away = members.member(connection, absence.member)
        cover = _cover(connection, away, absence)
        recorded = replace(absence, member=away.code, cover=cover)
        if absences.insert_absence(connection, recorded):
            _touch(connection, recorded)
            audit.describe(
                connection, "absence.add", away.code, uuid=absence.uuid, cover=cover,
                first_day=absence.valid_from.isoformat(), until=absence.valid_to.isoformat(),
            )  # fmt: skip
        return _detail(connection, recorded, today)


def end_absence(database: Database, uuid: str, day: date, *, today: date) -> AbsenceDetail:
    """
    Let an absence end early; `day` is the first day back. One that has not begun never takes place.

    Raises
    ------
    InvalidParameterError
        If it has ended by that day anyway.
    """
    with database.writing() as connection:
        found = absences.absence(connection, uuid)
        if day >= found.valid_to:
            raise InvalidParameterError(
                "day", day.isoformat(), f"请假到 {found.valid_to} 为止,已在此日之前结束。",
                f"The absence ends on {found.valid_to} anyway.",
            )  # fmt: skip
        changed = replace(found, valid_to=max(day, found.valid_from))
        absences.change_absence(connection, changed)
        _touch(connection, changed)
        audit.describe(connection, "absence.end", found.member, uuid=uuid, until=changed.valid_to.isoformat())
        return _detail(connection, changed, today)


def set_cover(database: Database, uuid: str, cover: str | None, *, today: date) -> AbsenceDetail:
    """Name another cover for an absence, or none; errors as in `add_absence`."""
    with database.writing() as connection:
        found = absences.absence(connection, uuid)
        _touch(connection, found)
        away = members.member(connection, found.member)
        named = _cover(connection, away, replace(found, cover=None if cover is None else MemberCode(cover)))
        changed = replace(found, cover=named)
        absences.change_absence(connection, changed)
        _touch(connection, changed)
        audit.describe(connection, "absence.cover", found.member, uuid=uuid, cover=named or "")
        return _detail(connection, changed, today)


def list_absences(database: Database, market: str, first: date, until: date) -> list[Absence]:
    """Return the absences of a market's members that hold on one of some days, in the order recorded."""
    with database.reading() as connection:
        return absences.absences_of_market(connection, market, first, until)


def show_absence(database: Database, uuid: str, *, today: date) -> AbsenceDetail:
    """Return one absence with what follows from it."""
    with database.reading() as connection:
        return _detail(connection, absences.absence(connection, uuid), today)


def _check_days(absence: Absence) -> None:
    days = (absence.valid_to - absence.valid_from).days
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidParameterError(
            "until", absence.valid_to.isoformat(), f"请假应为 1 至 {LONGEST_DAYS} 天。",
            f"An absence takes 1 to {LONGEST_DAYS} days.",
        )  # fmt: skip


def _cover(connection: Connection, away: Member, absence: Absence) -> MemberCode | None:
    if absence.cover is None:
        return None
    cover = members.member(connection, absence.cover)
    if cover.code == away.code or not cover.serves(absence.valid_from):
        raise InvalidParameterError(
            "cover", absence.cover, "代管的人须是另一位在任的网格员。", "The cover is another member, and in office."
        )
    return cover.code


def _touch(connection: Connection, absence: Absence) -> None:
    people = [absence.member] if absence.cover is None else [absence.member, absence.cover]
    members.touch_markets_of(connection, members.member_keys(connection, people).values())


def _detail(connection: Connection, absence: Absence, today: date) -> AbsenceDetail:
    day = max(absence.valid_from, today)
    market = members.member(connection, absence.member).market
    roster: Roster | None = rosters.roster(connection, market, day) if market is not None else None
    if roster is None:
        return AbsenceDetail(absence, day, None, ())
    zones = tuple(sorted({a.zone for a in roster.assignments if a.member == absence.member}))
    return AbsenceDetail(absence, day, roster.stand_in(absence.member), zones)
