"""How long the long tests are."""

import os

SOAK = float(os.environ.get("SOAK", "1"))


def share_of(whole: int, *, least: int) -> int:
    """Return a number of repetitions or seconds under the budget that `SOAK` gives, 1 for all of it."""
    return max(least, round(whole * SOAK))
