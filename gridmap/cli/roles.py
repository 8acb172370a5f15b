"""Options that may be said of all files or of one: `--datum gcj02`, `--datum stalls=gcj02`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gridmap.errors import InvalidParameterError
from gridmap.model.intake import CONTROL_LIMIT_M, InputRole, Reading
from gridmap.model.intake import Datum as DatumName
from gridmap.spatial.crs import Datum

PLACED: tuple[InputRole, ...] = ("levels", "stalls", "connectors")
"""Files with places in them."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What is said of the places in files, each as `VALUE` or `ROLE=VALUE`."""

    datums: Sequence[str] = ()
    layers: Sequence[str] = ()
    systems: Sequence[str] = ()
    control: Sequence[str] = ()
    control_limit_m: float = CONTROL_LIMIT_M
    affine: bool = False


def placed_readings(
    readings: Mapping[InputRole, Reading], placing: Placing
) -> tuple[dict[InputRole, Reading], DatumName]:
    """
    Add to readings what is said of places; the datum that is said of all files comes back beside them.

    Raises
    ------
    InvalidParameterError
        If a datum is none of the four.
    """
    layers, systems, control = (
        by_role(option, values, PLACED)
        for option, values in (("layer", placing.layers), ("crs", placing.systems), ("control", placing.control))
    )
    said: dict[InputRole | None, DatumName] = {
        role: _datum(values[-1]) for role, values in by_role("datum", placing.datums, PLACED).items()
    }
    own: dict[InputRole, Reading] = {}
    for role, reading in readings.items():
        if role not in PLACED:
            own[role] = reading
            continue
        points = _last(control, role)
        own[role] = replace(
            reading,
            datum=said.get(role),
            layers=(*layers.get(role, []), *layers.get(None, [])),
            crs=_last(systems, role),
            control=Path(points) if points is not None else None,
            control_limit_m=placing.control_limit_m,
            placement="affine" if placing.affine else "similarity",
        )
    return own, said.get(None) or "wgs84"


def _last(values: Mapping[InputRole | None, Sequence[str]], role: InputRole) -> str | None:
    """Return what was said of this role last, else of all."""
    mine = values.get(role) or values.get(None)
    return mine[-1] if mine else None


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
