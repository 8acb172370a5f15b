"""Whatever the description of the API allows is answered as it describes: schemathesis, as administrator."""

from pathlib import Path

import schemathesis
from fastapi.testclient import TestClient

from gridmap.model.intake import IntakeFiles
from gridmap.services import imports
from gridmap.services.register import Intake
from gridmap.store.session import Database
from tests.callers import author
from tests.described import faults_of

EXAMPLES = 6
"""Made-up requests a route; every second one is about things that exist."""
KNOWN = {
    "market": ["two-floors"],
    "plan": ["two-floors-p1"],
    "other": ["two-floors-p1"],
    "account": ["lin"],
    "token": ["machine"],
    "place": ["jiashan"],
    "member": ["W001", "W002"],
    "absence": ["00000000-0000-4000-8000-000000000001"],
    "role": ["member", "leader"],
    "merchant": ["two-floors:m-1F-001"],
    "record": ["two-floors-i1"],
    "stall": ["1F-001"],
    "building": ["main", "-"],
    "level": ["0", "1"],
    "z": ["17"],
    "x": ["109769"],
    "y": ["53558"],
}


def test_every_route_answers_as_described(client: TestClient, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("stall_id,name\n1F-001,新来水果\n9F-009,无此铺位\n", encoding="utf-8")
    intake = Intake(IntakeFiles(merchants=path), whole=False)
    proposed = imports.propose(database, intake, "two-floors", author=author())
    (row,) = imports.show_import(database, "two-floors", proposed.code).rows
    client.post("/api/v1/markets/two-floors/plans", json={})
    client.post("/api/v1/accounts", json={"name": "lin", "role": "viewer"})
    client.post("/api/v1/tokens", json={"name": "machine"})
    away = {"uuid": KNOWN["absence"][0], "from": "2036-12-01", "to": "2036-12-03"}
    assert client.post("/api/v1/members/W001/absences", json=away).status_code == 201
    placed = client.get("/api/v1/members/W001").json()["assignments"]
    known = {**KNOWN, "row": [row.code], "assignment": [one["uuid"] for one in placed]}
    faults: list[str] = []
    asked = 0
    key = {"Authorization": client.headers["authorization"]}
    for result in schemathesis.openapi.from_asgi("/openapi.json", client.app).get_all_operations():
        operation = result.ok()
        found = faults_of(operation, examples=EXAMPLES, headers=key, known=known)
        faults += [f"{operation.label}: {fault}" for fault in found[1]]
        asked += found[0]
    assert faults == [], "\n\n".join(faults)
    assert asked > 100
