"""Who comes to the server of the browser tests, and how he opens a page."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gridmap.api.access import COOKIE
from tests.chromium import from_this_machine, watched_page
from tests.serving import free_port, wait_for

LINK: list[str] = []
"""The one-time link of the account `lin`, which has no password yet."""
STRANGER: dict[str, Any] = {"cookies": []}
ADMIN: dict[str, Any] = {"name": COOKIE, "value": "", "domain": "127.0.0.1", "path": "/"}
VIEWER: dict[str, Any] = {**ADMIN}
MEMBER: dict[str, Any] = {**ADMIN}
"""The account of a member who holds a zone of the demo market, with visits on record."""


@contextmanager
def served(database_url: str, folder: Path) -> Iterator[str]:
    """Serve a database; give the address."""
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": database_url}
    port = free_port()
    with (folder / "server.log").open("wb") as log:
        arguments = [str(Path(sys.executable).parent / "gridmap"), "serve", "--port", str(port)]
        process = subprocess.Popen(arguments, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def desk(browser: Any, address: str, *, who: dict[str, Any] = ADMIN, **options: Any) -> Any:
    """Open a page as somebody who has signed in."""
    size = {"width": 1440, "height": 900}
    return watched_page(browser, allowed=from_this_machine, **{**size, "storage_state": {"cookies": [who]}, **options})
