"""Lists of trades: what a merchant may deal in, as a market or a town has it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TradeEntry:
    """One trade of a list, with its code and its other names."""

    name: str
    code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TradeList:
    """A list of trades, found again by code, name or alias."""

    name: str
    entries: tuple[TradeEntry, ...]
    _by_key: Mapping[str, TradeEntry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys: dict[str, TradeEntry] = {}
        for entry in self.entries:
            for word in (entry.code, entry.name, *entry.aliases):
                if word:
                    keys.setdefault(_key(word), entry)
        object.__setattr__(self, "_by_key", keys)

    def find(self, written: str) -> TradeEntry | None:
        """Return the trade of this code, name or alias, None if the list has none."""
        return self._by_key.get(_key(written))

    def named_in(self, written: str) -> tuple[TradeEntry, ...]:
        """Return the trades whose name or alias is part of a longer text (`纺织品批发`)."""
        text = _key(written)
        found = {entry: None for key, entry in self._by_key.items() if key in text and not key.isascii()}
        return tuple(found)


def trade_list(name: str, names: Iterable[str]) -> TradeList:
    """Make a list of bare names."""
    return TradeList(name, tuple(TradeEntry(one) for one in names))


def _key(word: str) -> str:
    return re.sub(r"[\s、,;/]+", "", unicodedata.normalize("NFKC", word)).casefold()
