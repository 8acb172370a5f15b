"""Who comes to the server of the browser tests, and how he opens a page."""

from typing import Any

from gridmap.api.access import COOKIE
from tests.chromium import from_this_machine, watched_page

LINK: list[str] = []
"""The one-time link of the account `lin`, which has no password yet."""
STRANGER: dict[str, Any] = {"cookies": []}
ADMIN: dict[str, Any] = {"name": COOKIE, "value": "", "domain": "127.0.0.1", "path": "/"}
VIEWER: dict[str, Any] = {**ADMIN}
MEMBER: dict[str, Any] = {**ADMIN}
"""The account of a member who holds a zone of the demo market, with visits on record."""


def desk(browser: Any, address: str, *, who: dict[str, Any] = ADMIN, **options: Any) -> Any:
    """Open a page as somebody who has signed in."""
    size = {"width": 1440, "height": 900}
    return watched_page(browser, allowed=from_this_machine, **{**size, "storage_state": {"cookies": [who]}, **options})
