"""A person asks what is stored about him, or that it be erased."""

from datetime import date

from gridmap.errors import DutyConflictError
from gridmap.model.persons import PersonFile
from gridmap.store import audit, members, persons
from gridmap.store import rights as reach
from gridmap.store.session import Connection, Database


def member_file(database: Database, name: str) -> PersonFile:
    """Return all that is stored about a member, by code or UUID; that it was given out is noted."""
    with database.writing() as connection:
        reach.check_everywhere(connection)
        found = members.member(connection, name)
        subject = f"member:{found.code}"
        audit.describe(connection, "person.export", subject)
        return PersonFile(subject, persons.member_rows(connection, members.member_key(connection, name)))


def erase_member(database: Database, name: str, *, today: date) -> None:
    """
    Erase a member who has left office: name, contact, own stall, absences, hours, account, and who made his records.

    His code stays in the history of plans, and in the audit log, which is never changed.

    Raises
    ------
    DutyConflictError
        If he is still in office.
    """
    with database.writing() as connection:
        reach.check_everywhere(connection)
        found = members.member(connection, name)
        if found.valid_to is None or found.valid_to > today:
            raise DutyConflictError(
                f"{found.code} 仍在任,请先办理离任,再删除个人数据。",
                f"{found.code} is in office: let him leave first, then erase.",
            )
        key = members.member_key(connection, name)
        members.touch_markets_of(connection, [key])
        persons.erase_member(connection, key)
        audit.describe(connection, "person.erase", f"member:{found.code}")


def merchant_file(database: Database, name: str) -> PersonFile:
    """Return all that is stored about a merchant, named `MARKET:CODE` or by UUID; that it was given out is noted."""
    with database.writing() as connection:
        reach.check_everywhere(connection)
        key, found = persons.merchant_key(connection, name)
        audit.describe(connection, "person.export", f"merchant:{found}")
        return PersonFile(f"merchant:{found}", persons.merchant_rows(connection, key))


def erase_merchant(database: Database, name: str, *, today: date) -> None:
    """
    Erase the name, the credit code and the notes about a merchant who has closed.

    Raises
    ------
    DutyConflictError
        If he still trades: the register is kept for that.
    """
    with database.writing() as connection:
        reach.check_everywhere(connection)
        key, found = persons.merchant_key(connection, name)
        _check_closed(connection, key, found, today)
        persons.erase_merchant(connection, key)
        audit.describe(connection, "person.erase", f"merchant:{found}")


def _check_closed(connection: Connection, key: int, name: str, today: date) -> None:
    if persons.trades_on(connection, key, today):
        raise DutyConflictError(
            f"商户 {name} 仍在经营,登记须保留;退场后方可删除。",
            f"Merchant {name} still trades and must stay in the register; erase after the end.",
        )
