"""The change feed over HTTP."""

from fastapi.testclient import TestClient

from gridmap.store.session import Database
from tests.callers import token_of


def test_feed_leads_on_from_where_one_left_off(client: TestClient, database: Database) -> None:
    begin = client.get("/api/v1/changes").json()
    assert (begin["items"], begin["more"]) == ([], False)
    client.post("/api/v1/markets/two-floors/plans", json={})
    tag = client.get("/api/v1/plans/two-floors-p1").headers["etag"]
    client.post("/api/v1/plans/two-floors-p1/publish", json={}, headers={"If-Match": tag})
    seen, url, more = [], f"{begin['next']}&limit=1&kind=plan&kind=assignment", True
    while more:
        page = client.get(url).json()
        seen += page["items"]
        url, more = page["next"], page["more"]
    assert [(c["kind"], c["subject"], c["what"], c["market"]) for c in seen] == [
        ("plan", "two-floors-p1", "drafted", "two-floors"),
        ("plan", "two-floors-p1", "published", "two-floors"),
        ("assignment", "", "changed", "two-floors"),
    ]
    assert client.get(url).json()["items"] == []
    viewer = {"Authorization": f"Bearer {token_of(database, 'viewer')}"}
    told = client.get(f"/api/v1/changes?since={begin['cursor']}", headers=viewer).json()["items"]
    assert [(c["kind"], c["what"]) for c in told] == [("plan", "published"), ("assignment", "changed")]


def test_cursor_of_another_database_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/changes?since=999999")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/since")
    assert client.get("/api/v1/changes?since=-1").status_code == 422
    assert client.get("/api/v1/changes?market=nowhere").status_code == 404
