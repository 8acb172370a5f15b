"""Accounts, tokens, the audit log and HTTPS on the command line."""

import os
import re
import ssl
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import pytest
import sqlalchemy as sa

from gridmap.errors import UnauthenticatedError
from gridmap.services import accounts, markets
from gridmap.store import tables as t
from gridmap.store.session import Database, open_database
from tests import worlds
from tests.callers import PASSWORD, author
from tests.cli.conftest import Run, json_of
from tests.serving import free_port, wait_for


def test_accounts_and_tokens_are_made_listed_and_revoked(gridmap: Run, database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=4))
    made = gridmap("user", "create", "--name", "lin", "--role", "leader", "--scope", "two-floors")
    link = made.stdout.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in#[\w-]{43}", link)
    accounts.use_link(database, link.partition("#")[2], PASSWORD, now=author().now)
    (listed,) = json_of(gridmap("user", "list", "--json"))["users"]
    assert listed["grants"] == [{"role": "leader", "scope": "market:two-floors"}]
    assert listed["has_password"] is True

    token = gridmap("token", "create", "--name", "dispatch", "--role", "api", "--days", 30).stdout.strip()
    caller = accounts.caller_of_token(database, token, now=author().now)
    assert (caller.name, str(caller.grants[0].scope)) == ("token:dispatch", "all")
    gridmap("token", "revoke", "dispatch")
    with pytest.raises(UnauthenticatedError):
        accounts.caller_of_token(database, token, now=author().now)
    with database.reading() as connection:
        actors = set(connection.scalars(sa.select(t.audit.c.actor).where(t.audit.c.action.like("token%"))))
    assert len(actors) == 1
    assert actors.pop().startswith("cli:")


def test_verify_finds_and_names_a_changed_row(gridmap: Run, database: Database) -> None:
    for n in range(3):
        markets.add_market(database, worlds.two_floors_one_stair(f"hall-{n}", stalls_a_floor=4))
    sound = json_of(gridmap("audit", "verify", "--json"))
    assert (sound["lines"], sound["faults"]) == (3, [])
    with database.engine.connect() as connection, connection.begin():
        guards = {"postgresql": ["DROP TRIGGER audit_append_only ON audit"], "sqlite": ["DROP TRIGGER audit_no_update"]}
        for guard in guards[connection.dialect.name]:
            connection.exec_driver_sql(guard)
        connection.execute(sa.update(t.audit).where(t.audit.c.seq == 2).values(actor="user:somebody-else"))
    said = gridmap("audit", "verify", code=1).stdout
    assert "第 2 (" in said
    assert "被改动" in said
    assert "第 3 (" not in said


def test_first_start_prints_a_link_and_then_serves_others_over_https(spatialite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "gridmap.db"
    file.write_bytes(spatialite_template.read_bytes())
    command = str(Path(sys.executable).parent / "gridmap")
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": f"sqlite:///{file}", "PYTHONUNBUFFERED": "1"}
    port = free_port()
    run = {"env": environment, "cwd": tmp_path, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([command, "serve", "--port", str(port)], **run) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address)
            assert httpx.get(f"{address}/api/v1/markets").status_code == 401
        finally:
            server.terminate()
        printed = server.communicate(timeout=20)[0]
    secret = re.search(rf"{address}/sign-in#([\w-]{{43}})", printed)
    assert secret, printed
    opened = open_database(f"sqlite:///{file}")
    accounts.use_link(opened, secret[1], PASSWORD, now=author().now)
    opened.close()

    subprocess.run(
        [command, "tls", "init", "--out", "tls", "--host", "tablet.test"], env=environment, cwd=tmp_path, check=True
    )
    assert (tmp_path / "tls" / "server.key").stat().st_mode & 0o077 == 0
    arguments = [
        "serve",
        "--host",
        "0.0.0.0",
        "--port",
        str(port),
        "--tls-cert",
        "tls/server.pem",
        "--tls-key",
        "tls/server.key",
    ]
    trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "authority.pem"))
    with subprocess.Popen([command, *arguments], **run) as server, httpx.Client(verify=trusting) as client:
        try:
            wait_for(f"https://127.0.0.1:{port}", client)
            signed = client.post(
                f"https://127.0.0.1:{port}/api/v1/session", json={"name": "admin", "password": PASSWORD}
            )
            assert signed.status_code == 200
            assert "Secure" in signed.headers["set-cookie"]
        finally:
            server.terminate()
        assert "#" not in server.communicate(timeout=20)[0]
