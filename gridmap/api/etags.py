"""Entity tags: every successful GET carries one, and a reader who has it already gets 304."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from gridmap.errors import StaleVersionError


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


def revision_tag(uuid: str, revision: int) -> str:
    """Return the tag of a thing at a revision."""
    return f'"{uuid}.{revision}"'


def matched_revision(if_match: str | None, kind: str, name: str) -> int:
    """
    Return the revision that a writer read, from `If-Match`.

    Raises
    ------
    HTTPException
        428 without the header.
    StaleVersionError
        If the tag is not one of ours.
    """
    if if_match is None:
        raise HTTPException(428)
    revision = if_match.strip().strip('"').rpartition(".")[2]
    if not revision.isdigit():
        raise StaleVersionError(kind, name, "?")
    return int(revision)
