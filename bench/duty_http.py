"""CPU of one HTTP question, beside a route with the same parameters and rights that does nothing."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from duty_place import AUTHOR, NOW, Asked
from tables import ROOT

from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts
from gridmap.store.session import Database

PORT = 18_437


def cpu_per_request(database: Database, url: str, asked: Sequence[Asked], rounds: int) -> list[dict[str, object]]:
    """Ask a server in a process of its own, the two routes in turn; CPU seconds are those of the server."""
    secret = accounts.create_token(database, "bench", Grant(AccountRole.API), author=AUTHOR)
    server = subprocess.Popen([sys.executable, str(ROOT / "bench" / "duty_server.py"), url, str(PORT)], cwd=ROOT)
    try:
        _until_up()
        paths = [urlencode({**asdict(a), "at": NOW.isoformat()}) for a in asked]
        spent: dict[str, list[float]] = {"empty": [], "nearest": []}
        for _ in range(rounds + 1):  # the first round warms up
            spent["nearest"].append(_cpu_us(server.pid, "/api/v1/responsible-members/nearest?", paths, secret))
            spent["empty"].append(_cpu_us(server.pid, "/api/v1/empty?", paths, secret))
        batch_s = [_batch_s(asked, secret) for _ in range(rounds)]
    finally:
        server.terminate()
        server.wait()
    empty, ours = median(spent["empty"][1:]), median(spent["nearest"][1:])
    return [
        {"route": "empty, same parameters, token checked", "cpu_us": empty, "empty / this": 1.0},
        {"route": "nearest", "cpu_us": ours, "empty / this": empty / ours},
        {"route": f"nearest/batch of {len(asked)}, wall s", "cpu_us": None, "empty / this": median(batch_s)},
    ]


def _until_up() -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")


def _cpu_us(pid: int, path: str, queries: Sequence[str], secret: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    before = _cpu_s(pid)
    for query in queries:
        connection.request("GET", path + query, headers={"Authorization": f"Bearer {secret}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:300]!r}")
    return 1e6 * (_cpu_s(pid) - before) / len(queries)


def _batch_s(asked: Sequence[Asked], secret: str) -> float:
    queries = [
        {"market": a.market, "lon": a.lon, "lat": a.lat, "building": a.building, "level": a.level} for a in asked
    ]
    body = json.dumps({"at": NOW.isoformat(), "queries": queries})
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    started = time.perf_counter()
    connection.request("POST", "/api/v1/responsible-members/nearest/batch", body,
                       {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"})  # fmt: skip
    answer = connection.getresponse()
    told = json.loads(answer.read())
    if answer.status != 200 or len(told["answers"]) != len(asked):
        raise RuntimeError(f"{answer.status}: {str(told)[:300]}")
    return time.perf_counter() - started


def _cpu_s(pid: int) -> float:
    """Read user and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
