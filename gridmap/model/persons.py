"""All that is stored about one person, for that person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonFile:
    """
    What is stored about a member or a merchant: by table, each row by column name.

    `subject` names the person: `member:CODE` or `merchant:MARKET:CODE`.
    """

    subject: str
    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
