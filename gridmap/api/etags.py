"""Entity tags: every successful GET carries one, and a reader who has it already gets 304."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException


class TaggedRoute(APIRoute):
    """A route whose GET answers carry an `ETag` made from their bytes, unless the route set one itself."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            if request.method not in ("GET", "HEAD") or response.status_code != 200:
                return response
            if "etag" not in response.headers:
                response.headers["ETag"] = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if response.headers["ETag"] in (tag.strip() for tag in request.headers.get("if-none-match", "").split(",")):
                return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
            return response

        return tagged


def tag_of(version: str) -> str:
    """Return the tag of a thing at a version."""
    return f'"{version}"'


def wanted_version(if_match: str | None) -> str:
    """Return the version that a writer read, from `If-Match`; HTTPException 428 without the header."""
    if if_match is None:
        raise HTTPException(428)
    return if_match.strip().strip('"')
