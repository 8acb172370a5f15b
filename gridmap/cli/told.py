"""`--column` and `--sheet`: how a table is to be read, as somebody says it on the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridmap.errors import InvalidParameterError
from gridmap.exchange.headings import SYNONYMS
from gridmap.model.intake import InputRole, IntakeFiles, Told


def told_of(files: IntakeFiles, columns: Sequence[str], sheets: Sequence[str]) -> dict[InputRole, Told]:
    """
    Share `word=heading`, `role.word=heading`, `sheet` and `role=sheet` out among the files that are given.

    Without a role, a word goes to every file that can have it, and a sheet to every file.

    Raises
    ------
    InvalidParameterError
        If an option is not of this form, or none of the files has such a column.
    """
    told: dict[InputRole, Told] = {role: Told() for role in files.paths}
    for option in columns:
        target, equals, heading = option.partition("=")
        stated, dot, word = target.strip().rpartition(".")
        found = _roles(told, stated) if dot else [role for role in told if word in SYNONYMS[role]]
        if not (equals and word and heading.strip() and found):
            raise _unusable(
                "column", option, "name=店名", ", ".join({w: None for role in told for w in SYNONYMS[role]})
            )
        for role in found:
            told[role] = replace(told[role], columns={**told[role].columns, word: heading.strip()})
    for option in sheets:
        stated, _, name = option.rpartition("=")
        found = _roles(told, stated.strip()) if stated else list(told)
        if not (name.strip() and found):
            raise _unusable("sheet", option, "merchants=一楼", ", ".join(told))
        for role in found:
            told[role] = replace(told[role], sheet=name.strip())
    return told


def _roles(told: Mapping[InputRole, Told], stated: str) -> list[InputRole]:
    return [role for role in told if role == stated]


def _unusable(option: str, value: str, example: str, known: str) -> InvalidParameterError:
    return InvalidParameterError(
        option,
        value,
        f"写法如 {example};可用:{known}。",
        f"Write it like {example}; known here: {known}.",
    )
