"""The server, and beside the real route an empty one with the same parameters and rights: `duty_server.py URL PORT`."""

import inspect
import sys

import uvicorn
from tables import ROOT

sys.path.insert(0, str(ROOT))
from gridmap.api.app import create_app
from gridmap.api.routes import responsible_members
from gridmap.config import Settings


def empty(**_: object) -> dict[str, str]:
    """Answer nothing."""
    return {}


def main(url: str, port: int) -> None:
    """Serve until told to stop."""
    app = create_app(Settings(database_url=url))
    asked = inspect.signature(responsible_members.nearest)
    empty.__signature__ = asked.replace(return_annotation=dict[str, str])  # type: ignore[attr-defined]
    app.add_api_route("/api/v1/empty", empty, methods=["GET"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
