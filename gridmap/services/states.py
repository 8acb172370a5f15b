"""What a process knows of the state of its database: looked up twice a second, and after each write of its own.

Answers from memory are thereby at most half a second behind what other processes write, and never behind what this one
wrote; nobody has to send or to hear messages.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from gridmap.errors import NotFoundError, VersionAheadError
from gridmap.model.rights import SYSTEM, Action, Scope
from gridmap.services.kept import Kept
from gridmap.store import audit, markets, rights
from gridmap.store.markets import MarketState
from gridmap.store.session import Commits, Database

LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class State:
    """
    The database at one version.

    `version` is the number of the newest line of the audit log: every write has one, in the order of the commits.
    `markets` by code and by UUID; `commits` are those of this process that it holds.
    """

    version: int
    markets: Mapping[str, MarketState]
    commits: int
    looked_at_s: float


class States:
    """The newest state of one database that this process has seen."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._known: State | None = None
        self._reach: Kept[tuple[int, tuple[Scope, ...]], frozenset[str] | None] = Kept(size=256)

    def now(self, database: Database, at_least: int = 0) -> State:
        """
        Return a state that holds every write of this process and is not older than `LOOK_EVERY_S`.

        Parameters
        ----------
        at_least
            A version that the caller has heard of: looked up again if the known one is older.

        Raises
        ------
        VersionAheadError
            If the database itself is not at that version.
        """
        known = self._known
        if not self._is_fresh(known, database, at_least):
            with self._lock:
                known = self._known  # somebody else may have looked meanwhile
                if not self._is_fresh(known, database, at_least):
                    known = self._known = self._looked_up(database, known)
        assert known is not None
        if known.version < at_least:
            raise VersionAheadError(at_least, known.version)
        return known

    def market(self, database: Database, state: State, name: str) -> MarketState:
        """Return a market by code or UUID; NotFoundError where there is none, or none that the caller sees."""
        found = state.markets.get(name)
        if found is not None:
            seen = self._seen(database, state)
            if seen is None or found.code in seen:
                return found
        raise NotFoundError("market", name)

    def _is_fresh(self, known: State | None, database: Database, at_least: int) -> bool:
        return (
            known is not None
            and known.commits == database.commits.count
            and known.version >= at_least
            and self._clock() - known.looked_at_s < LOOK_EVERY_S
        )

    def _looked_up(self, database: Database, known: State | None) -> State:
        commits, at_s = database.commits.count, self._clock()  # before the reading: what comes later is read again
        with database.acting(SYSTEM).reading() as connection:
            version, _ = audit.head(connection)
            unchanged = known is not None and known.version == version
            found = known.markets if known is not None and unchanged else _by_name(markets.states(connection))
        return State(version, found, commits, at_s)

    def _seen(self, database: Database, state: State) -> frozenset[str] | None:
        """Return the codes of the markets that the caller sees, None where there is no limit."""
        scopes = database.caller.scopes(Action.VIEW)
        if any(scope.everything for scope in scopes):
            return None
        return self._reach.get((state.version, scopes), lambda: _reached(database))


_states: WeakKeyDictionary[Commits, States] = WeakKeyDictionary()


def states_of(database: Database) -> States:
    """Return what this process knows of a database, whoever asks."""
    return _states.setdefault(database.commits, States())


def _by_name(found: list[MarketState]) -> dict[str, MarketState]:
    return {name: market for market in found for name in (market.uuid, market.code)}


def _reached(database: Database) -> frozenset[str] | None:
    with database.reading() as connection:
        return rights.reachable_markets(connection, Action.VIEW)
