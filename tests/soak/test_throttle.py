"""The sign-in throttle over days: however many try at once, each wait ends with one attempt and no more."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from gridmap.errors import BadSignInError, ThrottledError
from gridmap.services import accounts
from gridmap.store.session import Database
from tests.callers import PASSWORD, account_of
from tests.soak.budget import share_of

AT_ONCE, ROUNDS = 8, 200


@pytest.mark.soak
def test_each_wait_ends_with_one_attempt_however_many_try_at_once(database: Database) -> None:
    account_of(database, "lin", "viewer")
    now = datetime(2026, 11, 1, tzinfo=UTC)
    round_, barrier = 0, Barrier(AT_ONCE)

    def attempt(number: int, name: str) -> str:
        barrier.wait()
        try:
            accounts.sign_in(database, name, "wrong-password", address=f"198.51.{round_}.{number}", now=now)
        except ThrottledError:
            return "waits"
        except BadSignInError:
            return "tried"
        return "in"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for round_ in range(share_of(ROUNDS, least=10)):
            for name, free in (
                (f"new-{round_}", accounts.FREE_FAILURES),
                ("lin", 1 if round_ else accounts.FREE_FAILURES),
            ):
                found = Counter(pool.map(attempt, range(AT_ONCE), [name] * AT_ONCE))
                assert found == {"tried": free, "waits": AT_ONCE - free}, f"round {round_}, {name}"
            now += timedelta(minutes=16)  # the longest wait is 15 minutes
    now += timedelta(minutes=16)
    assert accounts.sign_in(database, "lin", PASSWORD, address="198.51.100.1", now=now).caller.name == "user:lin"
