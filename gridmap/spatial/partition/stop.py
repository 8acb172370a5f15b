"""When to stop early: rules that the solver asks between two rounds of work.

A rule that looks at a clock makes the result depend on the machine; without one, the same seed gives the same bytes.
Whatever the rule says, every stall gets a zone and every zone is one piece.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

Stop = Callable[[], bool]


def never() -> bool:
    """Let the solver finish by itself."""
    return False


@dataclass(slots=True)
class AfterRounds:
    """Stop after a number of rounds (a round is a part of the search of one unit); repeatable with one worker only."""

    rounds: int
    _asked: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __call__(self) -> bool:
        """Count, and say whether it is enough."""
        with self._lock:
            self._asked += 1
            return self._asked > self.rounds


@dataclass(frozen=True, slots=True)
class AtTime:
    """Stop once a clock, given by the caller, has reached a time."""

    now: Callable[[], float]
    end: float

    def __call__(self) -> bool:
        """Look at the clock."""
        return self.now() >= self.end


def any_of(*rules: Stop) -> Stop:
    """Stop as soon as one of the rules says so."""
    return lambda: sum(rule() for rule in rules) > 0  # every rule is asked, for some of them count
