"""What every answer says to browsers and caches, and how much a request may say to us."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gridmap.api.access import is_somebody
from gridmap.api.errors import framework_problem

LARGEST_BODY_BYTES = 16 * 1024 * 1024
"""Anybody may send a body, before it is known who he is: it must not fill the memory."""
_UPLOADS = re.compile(r"/api/v1/(markets/[^/]+/|roads/)?imports")
"""Where files are sent: whoever is signed in may send more (`GRIDMAP_UPLOAD_MIB`), which is put on disk as it comes."""
VERSION_HEADER = "X-Gridmap-Version"
"""The version of the database that an answer is from, or that a write has brought about."""
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # nobody's page may lay itself over ours and have its buttons pressed
    "Referrer-Policy": "no-referrer",
}


class Headers:
    """
    Sets the headers that hold for every answer, and refuses bodies that are too large.

    An answer depends on who asks: a cache, the browser's own among them, must not hand one person's to the next, and
    an error is never kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                if scope["path"].startswith(("/api/", "/tiles/")):
                    headers.add_vary_header("Cookie, Authorization, Accept-Language")
                    if scope["method"] not in ("GET", "HEAD") and VERSION_HEADER not in headers:
                        headers[VERSION_HEADER] = str(request.app.state.database.commits.version)
                if message["status"] >= 400:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 12 or int(length) > await _limit(request, int(length)):
            await framework_problem(request, 413)(scope, receive, told)
            return
        await self._app(scope, _counted(request, receive), told)


async def _limit(request: Request, length: int) -> int:
    """Return how many bytes a body may have; who sends it is only asked where that matters."""
    if length <= LARGEST_BODY_BYTES or request.method != "POST" or not _UPLOADS.fullmatch(request.url.path):
        return LARGEST_BODY_BYTES
    known = await run_in_threadpool(is_somebody, request)
    return max(LARGEST_BODY_BYTES, request.app.state.settings.upload_mib << 20) if known else LARGEST_BODY_BYTES


def _counted(request: Request, receive: Receive) -> Receive:
    """Count a body that comes in chunks without a length."""
    read, limit = 0, LARGEST_BODY_BYTES

    async def counted() -> Message:
        nonlocal read, limit
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            limit = await _limit(request, read)
            if read > limit:
                raise HTTPException(413)
        return message

    return counted
