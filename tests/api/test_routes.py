"""`GET /api/v1/routes`: a member's round of a day, without names of merchants."""

from pathlib import Path

from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings
from gridmap.store.session import Database
from tests.callers import token_of
from tests.services.test_routes import FIRST, HALL, MONDAY, hall


def test_a_member_is_told_his_round(database: Database, database_url: str, tmp_path: Path) -> None:
    hall(database)
    bearer = {"Authorization": f"Bearer {token_of(database, 'leader', f'market:{HALL}')}"}
    app = create_app(Settings(database_url=database_url, web_dir=tmp_path))
    with TestClient(app) as client:
        answer = client.get(f"/api/v1/routes?member={FIRST}&day={MONDAY}", headers=bearer)
        assert answer.status_code == 200
        body = answer.json()
        (zone,) = body["zones"]
        assert (body["member"], body["day"]) == (FIRST, str(MONDAY))
        assert (zone["cycle"]["day"], zone["cycle"]["days"], len(zone["cycle"]["working_days"])) == (1, 14, 10)
        stops = [stop["stall"] for stop in zone["round"]["stops"]]
        assert len(stops) + sum(one["stops"] for one in zone["ahead"]) == zone["stalls"] == 48
        assert "商户" not in answer.text
        again = client.get(f"/api/v1/routes?member={FIRST}&day={MONDAY}", headers=bearer)
        assert again.json() == body
        sunday = client.get(f"/api/v1/routes?member={FIRST}&day=2026-11-22", headers=bearer).json()
        assert sunday["zones"][0]["round"] is None
        assert client.get("/api/v1/routes?member=nobody", headers=bearer).status_code == 404
        assert client.get("/api/v1/routes", headers=bearer).status_code == 422
