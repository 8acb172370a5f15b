"""Options that may be said of all files or of one: `--datum gcj02`, `--datum stalls=gcj02`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from gridmap.errors import InvalidParameterError
from gridmap.model.intake import Datum as DatumName
from gridmap.model.intake import InputRole, Reading
from gridmap.spatial.crs import Datum

PLACED: tuple[InputRole, ...] = ("levels", "stalls", "connectors")
"""Files with places in them."""


def placed_readings(
    readings: Mapping[InputRole, Reading], datums: Sequence[str]
) -> tuple[dict[InputRole, Reading], DatumName]:
    """
    Add to readings what is said of places; the datum that is said of all files comes back beside them.

    Raises
    ------
    InvalidParameterError
        If a datum is none of the four.
    """
    said: dict[InputRole | None, DatumName] = {
        role: _datum(values[-1]) for role, values in by_role("datum", datums, PLACED).items()
    }
    own: dict[InputRole, Reading] = {role: replace(reading, datum=said.get(role)) for role, reading in readings.items()}
    return own, said.get(None) or "wgs84"


def _datum(name: str) -> DatumName:
    try:
        return Datum(name.lower()).value
    except ValueError:
        names = ", ".join(Datum)
        raise InvalidParameterError("datum", name, f"可用的有:{names}。", f"It is one of {names}.") from None


def by_role(option: str, values: Sequence[str], roles: Collection[InputRole]) -> dict[InputRole | None, list[str]]:
    """
    Share values out among the roles that they name; those that name none are under None.

    Raises
    ------
    InvalidParameterError
        If a value is empty.
    """
    found: dict[InputRole | None, list[str]] = {}
    for written in values:
        head, equals, tail = written.partition("=")
        named: list[InputRole] = [role for role in roles if equals and role == head.strip()]
        role = named[0] if named else None
        value = (written if role is None else tail).strip()
        if not value:
            names = "、".join(roles)
            raise InvalidParameterError(
                option, written, f"写成 值 或 类别=值;类别:{names}。", f"Write VALUE or ROLE=VALUE; roles: {names}."
            )
        found.setdefault(role, []).append(value)
    return found
