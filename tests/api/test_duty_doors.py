"""Lists of visits, organisations, stations, tiers and rules over HTTP, on both databases."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient

from gridmap.services import markets
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of

HALL = "two-floors"
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
IMPORT = f"/api/v1/markets/{HALL}/records/import"


def test_a_list_of_visits_goes_in_and_faulty_rows_are_told(client: TestClient) -> None:
    day = (TODAY - timedelta(days=1)).isoformat()
    text = f"铺位号,日期,类型\n1F-001,{day},走访\n9Z,{day},走访\n1F-002,{day},联系\n".encode()
    for expected in ((2, 0), (0, 2)):
        answer = client.post(IMPORT, content=text, headers={"Content-Type": "text/csv"})
        assert answer.status_code == 200
        body = answer.json()
        assert (body["applied"], body["duplicates"]) == expected
        assert [(row["row"], row["field"]) for row in body["quarantined"]] == [(3, "stall_id")]
    kinds = [record["kind"] for record in client.get(f"/api/v1/markets/{HALL}/records").json()["items"]]
    assert sorted(kinds) == ["contact", "visit"]
    assert client.post(IMPORT, content="a,b\n1,2\n").status_code == 422
    assert client.post(IMPORT, content=text, params={"filename": "../x.csv"}).status_code == 422
    assert client.post(IMPORT.replace(HALL, "nowhere"), content=text).status_code == 404


def test_visits_tiers(client: TestClient) -> None:
    asked = {"tier": ["高:300:20", "其余:6177"], "limit": 20, "within": 60}
    plan = client.get("/api/v1/staffing/tiers", params=asked).json()
    assert (plan["full_cycle_days"], sum(tier["visits_a_day"] for tier in plan["tiers"])) == (324, 20)
    short = client.get("/api/v1/staffing/tiers", params={"tier": "高:300:2", "limit": 20})
    assert (short.status_code, short.json()["code"]) == (422, "tiers-short")


def test_duty_arithmetic_both_ways(client: TestClient) -> None:
    duty = client.get("/api/v1/staffing?merchants=13500&members=91&limit=8").json()["duty"]
    assert (duty["load"], duty["visits_a_day"], duty["cycle_working_days"]) == (148.4, 14.8, 19)


def test_organisations_have_two_parents_and_stations_a_load(client: TestClient, database: Database) -> None:
    client.post("/api/v1/places/jiashan/load")
    tree = {o["code"]: o for o in client.get("/api/v1/places/jiashan/organisations").json()["items"]}
    assert tree["jiashan-street"]["through_block"] == tree["jiashan-agency"]["through_line"] == 210
    assert tree["jiashan-street"]["through_primary"] == 210
    assert tree["jiashan-agency"]["through_primary"] == 0, "totals count through the primary parent only"
    sides = {parent["side"]: parent["primary"] for parent in tree["jiashan-b01"]["parents"]}
    assert sides == {"block": True, "line": False}
    assert len(client.get("/api/v1/places/jiashan/stations").json()["items"]) == 11
    viewer = {"Authorization": f"Bearer {token_of(database, 'viewer', 'market:two-floors')}"}
    for what in ("organisations", "stations"):
        assert client.get(f"/api/v1/places/jiashan/{what}", headers=viewer).status_code == 404
        assert client.get(f"/api/v1/places/yuyuan/{what}").status_code == 404


def test_rules_of_everything_and_of_a_division(client: TestClient, database: Database) -> None:
    assert client.put("/api/v1/rules", json={"cycle_days": 30, "cap": 60}).json()["cycle_days"] == 30
    assert client.get("/api/v1/rules").json()["cap"] == 60
    client.put(f"/api/v1/markets/{HALL}/rules", json={"cap": 40})
    rules = client.get(f"/api/v1/markets/{HALL}/rules").json()
    assert (rules["cycle_days"], rules["cap"]) == (30, 40)
    assert client.get("/api/v1/divisions/999/rules").status_code == 404
    client.post("/api/v1/places/jiashan/load")
    division = "330421"
    assert client.put(f"/api/v1/divisions/{division}/rules", json={"cycle_days": 7}).status_code == 200
    assert client.get("/api/v1/markets/jiashan-01/rules").json()["cycle_days"] == 7
    assert client.get(f"/api/v1/markets/{HALL}/rules").json()["cycle_days"] == 30
    markets.add_market(database, worlds.few_merchants("few", 3))
    leader = {"Authorization": f"Bearer {token_of(database, 'leader')}"}
    for path in ("/api/v1/rules", f"/api/v1/divisions/{division}/rules"):
        assert client.put(path, json={"cap": 1}, headers=leader).status_code == 403
