"""`--level`, `--column` and `--sheet`: how files are to be read, as somebody says it on the command line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gridmap.errors import InvalidParameterError
from gridmap.exchange.headings import SYNONYMS
from gridmap.model.intake import InputRole, IntakeFiles, Reading

_PLACED: tuple[InputRole, ...] = ("levels", "stalls")


def readings_of(
    files: IntakeFiles, level: int | None, columns: Sequence[str], sheets: Sequence[str]
) -> dict[InputRole, Reading]:
    """
    Share `word=heading`, `role.word=heading`, `sheet` and `role=sheet` out among the files that are given.

    Without a role, a word goes to every file that can have it, and a sheet to every file.

    Raises
    ------
    InvalidParameterError
        If an option is not of this form, or none of the files has such a column.
    """
    roles = tuple(files.paths) if files.everything is None else tuple(SYNONYMS)
    readings: dict[InputRole, Reading] = {role: Reading(level if role in _PLACED else None) for role in roles}
    for option in columns:
        target, equals, heading = option.partition("=")
        stated, dot, word = target.strip().rpartition(".")
        found: list[InputRole] = (
            _roles(readings, stated) if dot else [role for role in readings if word in SYNONYMS[role]]
        )
        if not (equals and word and heading.strip() and found):
            raise _unusable("column", option, "name=店名", (word for role in readings for word in SYNONYMS[role]))
        for role in found:
            known = readings[role]
            readings[role] = replace(known, columns={**known.columns, word: heading.strip()})
    for option in sheets:
        stated, _, name = option.rpartition("=")
        found = _roles(readings, stated.strip()) if stated else list(readings)
        if not (name.strip() and found):
            raise _unusable("sheet", option, "merchants=一楼", readings)
        for role in found:
            readings[role] = replace(readings[role], sheet=name.strip())
    return readings


def _roles(readings: Mapping[InputRole, Reading], stated: str) -> list[InputRole]:
    return [role for role in readings if role == stated]


def _unusable(option: str, value: str, example: str, words: Iterable[str]) -> InvalidParameterError:
    known = ", ".join(dict.fromkeys(words))
    return InvalidParameterError(
        option,
        value,
        f"写法如 {example};可用:{known}。",
        f"Write it like {example}; known here: {known}.",
    )
