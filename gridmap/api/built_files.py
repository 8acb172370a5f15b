"""Files of the built client: packed when it was built, and kept by browsers where their names change with them."""

import mimetypes

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"


class BuiltFiles(StaticFiles):
    """
    Serves a folder; of a file that has a copy `NAME.gz` beside it the copy goes to whoever can unpack it.

    Parameters
    ----------
    directory
        The folder.
    keep
        Whether names hold a digest of what is in the files, so that a browser need never ask again.
    """

    def __init__(self, directory: str, *, keep: bool) -> None:
        super().__init__(directory=directory)
        self._keep = keep

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, its packed copy, 304 or 404."""
        asked = dict(scope["headers"]).get(b"accept-encoding", b"")
        packed = b"gzip" in asked and self.lookup_path(f"{path}.gz")[1] is not None
        response = await super().get_response(f"{path}.gz" if packed else path, scope)
        if packed:
            response.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
            response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if self._keep:
            response.headers["Cache-Control"] = FOREVER
        return response
