"""Files of the built client: packed when it was built, and kept by browsers where their names change with them."""

import mimetypes
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
_LARGEST_HELD_BYTES = 1 << 20


class BuiltFiles(StaticFiles):
    """
    Serves a folder; of a file that has a copy `NAME.gz` beside it the copy goes to whoever can unpack it.

    Parameters
    ----------
    directory
        The folder.
    keep
        Whether names hold a digest of what is in the files, so that a browser need never ask again, and the bytes stay
        in memory: reading a file hops between threads half a dozen times, each of which may wait while another thread
        works on the data that the same page asks for.
    """

    def __init__(self, directory: str, *, keep: bool) -> None:
        super().__init__(directory=directory)
        self._keep = keep
        self._held: dict[tuple[str, bool], tuple[bytes, dict[str, str]]] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, its packed copy, 304 or 404."""
        headers = dict(scope["headers"])
        unpacks = b"gzip" in headers.get(b"accept-encoding", b"")
        held = self._held.get((path, unpacks))
        if held is not None and scope["method"] == "GET" and not {b"range", b"if-none-match"} & headers.keys():
            return Response(held[0], headers=held[1])
        packed = unpacks and self.lookup_path(f"{path}.gz")[1] is not None
        response = await super().get_response(f"{path}.gz" if packed else path, scope)
        if packed:
            response.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
            response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if self._keep:
            response.headers["Cache-Control"] = FOREVER
            self._hold(path, unpacks, response)
        return response

    def _hold(self, path: str, unpacks: bool, response: Response) -> None:
        if not isinstance(response, FileResponse) or response.status_code != 200 or response.stat_result is None:
            return
        if response.stat_result.st_size <= _LARGEST_HELD_BYTES:
            self._held[path, unpacks] = Path(response.path).read_bytes(), dict(response.headers)
