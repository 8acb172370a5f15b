"""A throw-away PostGIS server for one test run."""

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Cluster:
    """A running private server on loopback."""

    folder: Path
    binaries: Path
    port: int

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://gridmap@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, *, template: str = "template0") -> str:
        """Create a database, as a copy of `template`, and return its URL."""
        self._admin("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self._admin("DROP DATABASE {} WITH (FORCE)", name)

    def stop(self) -> None:
        """Stop the server at once and clear it away."""
        _as_postgres([self.binaries / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(self.folder)

    def _admin(self, statement: str, *names: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user=gridmap dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def start_cluster() -> Cluster | None:
    """
    Start a server in a temporary folder of its own; None where PostgreSQL or PostGIS is not installed.

    Not in pytest's folder: another run may clear that away while this one still goes on.
    """
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    versions = [v for v in versions if Path(f"/usr/share/postgresql/{v.parts[-3]}/extension/postgis.control").exists()]
    if not versions:
        return None
    binaries = versions[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="gridmap-postgis-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _as_postgres([binaries / "initdb", "-D", data, "-A", "trust", "-U", "gridmap", "-E", "UTF8", "--locale=C.UTF-8"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1 {quick}"
    _as_postgres([binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start"])
    return Cluster(folder, binaries, port)


def _as_postgres(command: list[str | Path]) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True, cwd="/")
