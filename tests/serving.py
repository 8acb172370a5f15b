"""Servers in processes of their own, which can be killed as a power cut would do it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx


class Server:
    """`gridmap serve` on a free port over a database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._url, self._folder, self._port = database_url, folder, free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).parent / "gridmap"), "serve", "--port", str(self._port)]
        environment = {**os.environ, "GRIDMAP_DATABASE_URL": self._url}
        with (self._folder / f"server-{self._port}.log").open("ab") as log:
            return subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=self._folder, start_new_session=True
            )

    def wait(self) -> None:
        """Return when it answers."""
        wait_for(self.address)

    def kill(self) -> None:
        """End it without a word of warning."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=20)

    def restart(self) -> None:
        """Start it anew at the same address, and wait until it answers."""
        self._process = self._started()
        self.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, client: httpx.Client | None = None) -> None:
    """Return when a server is ready; `client` is one that trusts its certificate."""
    with httpx.Client() as plain:
        for _ in range(900):
            try:
                if (client or plain).get(f"{address}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise TimeoutError(address)
