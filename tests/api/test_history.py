"""The register on other days over HTTP: what is answered, and who is told."""

from datetime import UTC, date, datetime

import pytest

from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.services import markets
from gridmap.services.audit import read_log
from gridmap.services.register import Intake, import_market
from tests import worlds
from tests.callers import token_of

MARKET = "/api/v1/markets/two-floors"
TURN = date(2026, 3, 1)


@pytest.fixture
def changed(client, database, tmp_path):
    """From 1 March on another merchant trades in the first stall, and a third one is called otherwise."""
    path = tmp_path / "list.csv"
    path.write_text(
        "stall_id,name,merchant_id,trade\n1F-001,新来的店,new,茶叶\n1F-003,改名的店,m-1F-003,茶叶\n", encoding="utf-8"
    )
    closed = tmp_path / "closed.csv"
    closed.write_text(
        "stall_id,name,merchant_id,valid_from,valid_to\n1F-001,商户1F-001,m-1F-001,2026-01-01,2026-03-01\n"
    )
    for file in (path, closed):
        import_market(
            database, Intake(IntakeFiles(merchants=file), first_day=TURN, whole=False), MarketCode("two-floors"),
            today=TURN, now=datetime(2026, 3, 1, tzinfo=UTC),
        )  # fmt: skip
    return client


def names(client, at):
    features = client.get(f"{MARKET}/stalls?limit=3&at={at}").json()["features"]
    return [f["properties"]["merchant_names"] for f in features]


def test_stalls_and_counts_are_those_of_the_day(changed):
    assert names(changed, "2026-02-28") == [["商户1F-001"], ["商户1F-002"], ["商户1F-003"]]
    assert names(changed, "2026-03-01") == [["新来的店"], ["商户1F-002"], ["改名的店"]]
    counts = [changed.get(f"{MARKET}?at={at}").json()["merchants"] for at in ("2025-12-31", "2026-02-28", "2026-03-01")]
    assert counts == [0, 200, 200]
    (listed,) = changed.get("/api/v1/markets?at=2025-12-31").json()["items"]
    assert listed["merchants"] == 0
    levels = changed.get(f"{MARKET}/levels?at=2025-12-31").json()["features"]
    assert [f["properties"]["merchants"] for f in levels] == [0, 0]


def test_occupancies_of_a_day_come_in_pages(changed):
    whole = changed.get(f"{MARKET}/occupancies?at=2026-02-28").json()
    assert (len(whole["items"]), whole["next"], whole["at"]) == (200, None, "2026-02-28")
    assert whole["items"][0] == {
        "merchant": "m-1F-001", "name": "商户1F-001", "trade": "", "stall": "1F-001", "building": "main", "level": 0,
        "valid_from": "2026-01-01", "valid_to": "2026-03-01",
    }  # fmt: skip
    url, paged = f"{MARKET}/occupancies?at=2026-02-28&limit=70", []
    while url:
        page = changed.get(url).json()
        paged += page["items"]
        url = page["next"]
    assert paged == whole["items"]


def test_what_became_of_a_stall_and_of_a_merchant(changed):
    stall = changed.get(f"{MARKET}/stalls/1F-001/history").json()
    assert [(o["name"], o["valid_from"], o["valid_to"]) for o in stall["occupancies"]] == [
        ("商户1F-001", "2026-01-01", "2026-03-01"), ("新来的店", "2026-03-01", None)
    ]  # fmt: skip
    assert stall["states"][0]["geometry"]["type"] == "Polygon"
    merchant = changed.get(f"{MARKET}/merchants/m-1F-003/history").json()
    assert [(s["name"], s["valid_to"]) for s in merchant["states"]] == [
        ("商户1F-003", "2026-03-01"), ("改名的店", None)
    ]  # fmt: skip
    assert [o["stall"] for o in merchant["occupancies"]] == ["1F-003"]
    for path in ("stalls/9F-001", "merchants/nobody"):
        assert changed.get(f"{MARKET}/{path}/history").status_code == 404


def test_reading_history_is_in_the_audit_log(changed, database):
    changed.get(f"{MARKET}/stalls/1F-001/history")
    assert "register.history" in {line.action for line in read_log(database, newest=True)}


def test_turnover_over_http(changed):
    found = changed.get(f"{MARKET}/turnover?from=2026-02-01&to=2026-04-01").json()
    whole = found["whole"]
    assert (whole["opens"], whole["closes"], whole["stock_before"], whole["stock_after"]) == (1, 1, 200, 200)
    assert whole["rate"] == pytest.approx(1 / 200)
    assert [month["opens"] for month in found["months"]] == [0, 1]
    assert found["vacant"] == []
    assert changed.get(f"{MARKET}/turnover?from=2026-04-01&to=2026-04-01").status_code == 422
    assert changed.get(f"{MARKET}/turnover?to=0001-01-01").status_code in (200, 422)


@pytest.mark.parametrize("role", ["viewer", "api", "member"])
def test_other_days_are_for_who_sees_the_register(changed, database, role):
    """Two counts, both large, differ by what one merchant did."""
    key = {"Authorization": f"Bearer {token_of(database, role)}"}
    for path in ("", "/levels", "/stalls", "/occupancies", "/turnover", "/stalls/1F-001/history"):
        assert changed.get(f"{MARKET}{path}?at=2026-02-28", headers=key).status_code == 403, path
    assert changed.get("/api/v1/markets?at=2026-02-28", headers=key).status_code == 403
    assert changed.get(f"{MARKET}/levels", headers=key).status_code == 200


def test_lists_of_other_days_name_only_markets_whose_register_is_seen(changed, database):
    markets.add_market(database, worlds.few_merchants("other", 6))
    key = {"Authorization": f"Bearer {token_of(database, 'planner', 'market:other')}"}
    listed = changed.get("/api/v1/markets?at=2026-02-28", headers=key).json()["items"]
    assert [(m["code"], m["merchants"]) for m in listed] == [("other", 6)]
    assert changed.get(f"{MARKET}?at=2026-02-28", headers=key).status_code == 404
