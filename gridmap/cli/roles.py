"""Options that may be said of all files or of one: `--datum gcj02`, `--datum stalls=gcj02`."""

from collections.abc import Collection, Sequence

from gridmap.errors import InvalidParameterError
from gridmap.model.intake import InputRole


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
