"""Servers in processes of their own that can be killed, as a power cut would do it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.test_serve import free_port, wait_for


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
