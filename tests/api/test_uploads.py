"""Files sent to the register: a proposal with its column match, counts, doubts and changes; applied, taken back."""

import json

import pytest
from shapely import box
from shapely.geometry import mapping

from gridmap.services import markets
from tests import worlds
from tests.callers import token_of
from tests.workbooks import xlsx

IMPORTS = "/api/v1/markets/two-floors/imports"
LIST = [
    ["小商品城台账"],
    ["铺位号", "店面招牌", "统一社会信用代码", "楼层"],
    ["1F-001", "新来水果", "", "1F"],
    ["1F-002", "商户1F-002", "12345", "1F"],
    ["2F-001", "楼上的店", "", "1F"],
    ["9F-009", "无此铺位", "", "1F"],
]


def send(client, rows=None, *, url=IMPORTS, name="清单.xlsx", tmp_path=None, headers=None, **options):
    book = xlsx(tmp_path / "list.xlsx", {"台账": rows or LIST})
    return client.post(
        url, files={"merchants": (name, book.read_bytes())}, data={"options": json.dumps(options)}, headers=headers
    )


COLUMNS = {"merchants": {"columns": {"name": "店面招牌"}, "sheet": "台账"}}


def test_a_list_is_looked_at_applied_and_taken_back(client, database, tmp_path):
    planner = {"Authorization": f"Bearer {token_of(database, 'planner', 'market:two-floors')}"}
    before = client.get("/api/v1/markets/two-floors/occupancies").json()["items"]
    sent = send(client, tmp_path=tmp_path, headers=planner, readings=COLUMNS, whole=False, **{"from": "2026-11-01"})
    assert sent.status_code == 201, sent.text
    found = sent.json()
    assert (found["state"], found["first_day"], found["whole"]) == ("proposed", "2026-11-01", False)
    assert found["reading"]["columns"]["清单.xlsx"]["name"] == "店面招牌"
    assert [(d["row"], d["field"]) for d in found["reading"]["doubts"]] == [(5, "level")]
    assert {(e["kind"], e["name"]) for e in found["changes"]} == {("open", "新来水果"), ("open", "楼上的店")}
    assert found["files"][0] | {"sha256": ""} == {
        "role": "merchants", "name": "清单.xlsx", "sha256": "", "datum": "wgs84", "encoding": "xlsx", "rows": 4,
        "accepted": 2, "quarantined": 2, "set_aside": 0, "refused": 0,
    }  # fmt: skip
    assert sorted((row["row"], row["field"]) for row in found["quarantined"]) == [(4, "uscc"), (6, "stall_id")]
    assert client.get("/api/v1/markets/two-floors/occupancies").json()["items"] == before
    here = f"/api/v1/imports/{found['code']}"
    applied = client.post(f"{here}/apply", headers={**planner, "If-Match": sent.headers["ETag"]})
    assert applied.json()["state"] == "applied"
    assert len(client.get("/api/v1/markets/two-floors/occupancies").json()["items"]) == len(before) + 2
    assert client.get(here).json()["reading"] == found["reading"]
    assert client.post(f"{here}/undo", headers={"If-Match": applied.headers["ETag"]}).json()["state"] == "undone"
    assert client.get("/api/v1/markets/two-floors/occupancies").json()["items"] == before


def test_rows_that_stayed_out_are_mended_or_dropped(client, tmp_path):
    sent = send(client, tmp_path=tmp_path, readings=COLUMNS, whole=False, **{"from": "2026-11-01"})
    client.post(f"/api/v1/imports/{sent.json()['code']}/apply", headers={"If-Match": sent.headers["ETag"]})
    url, rows = "/api/v1/markets/two-floors/quarantine?limit=1", []
    while url:
        page = client.get(url).json()
        rows += page["items"]
        url = page["next"]
    by_row = {row["row"]: row for row in rows}
    assert by_row.keys() == {4, 6}
    here = f"/api/v1/quarantine/{by_row[6]['code']}"
    tag = client.get(here).headers["ETag"]
    wrong = client.post(f"{here}/mend", json={"values": {"stall_id": "8F-001"}}, headers={"If-Match": tag})
    assert (wrong.status_code, wrong.json()["record"], wrong.json()["row"]["value"]) == (200, None, "8F-001")
    right = {"values": {"铺位号": "2F-002"}}
    assert client.post(f"{here}/mend", json=right).status_code == 428
    assert client.post(f"{here}/mend", json=right, headers={"If-Match": tag}).status_code == 412
    done = client.post(f"{here}/mend", json=right, headers={"If-Match": wrong.headers["ETag"]})
    assert [(e["kind"], e["name"], e["stalls"]) for e in done.json()["changes"]] == [("open", "无此铺位", ["2F-002"])]
    assert client.get(f"/api/v1/imports/{done.json()['record']}").json()["kind"] == "mend"
    there = f"/api/v1/quarantine/{by_row[4]['code']}"
    dropped = client.post(f"{there}/drop", headers={"If-Match": client.get(there).headers["ETag"]})
    assert dropped.json()["state"] == "dropped"
    assert client.get("/api/v1/markets/two-floors/quarantine").json()["items"] == []
    states = [row["state"] for row in client.get("/api/v1/markets/two-floors/quarantine?state=all").json()["items"]]
    assert sorted(states) == ["dropped", "mended"]


def test_a_row_elsewhere_answers_like_one_that_is_not_there(client, database, tmp_path):
    markets.add_market(database, worlds.few_merchants("elsewhere", 6))
    (row, _) = send(client, tmp_path=tmp_path, readings=COLUMNS, whole=False).json()["quarantined"]
    key = {"Authorization": f"Bearer {token_of(database, 'planner', 'market:elsewhere')}", "If-Match": '"x.0"'}
    for path in ("", "/mend", "/drop"):
        method, extra = ("POST", {"json": {"values": {}}}) if path else ("GET", {})
        answers = [
            client.request(method, f"/api/v1/quarantine/{code}{path}", headers=key, **extra)
            for code in (row["code"], "no-such-row")
        ]
        assert [a.status_code for a in answers] == [404, 404]
        assert answers[0].text.replace(row["code"], "?") == answers[1].text.replace("no-such-row", "?")


def test_a_new_market_is_checked_and_then_written(client, tmp_path):
    stalls = {"type": "FeatureCollection", "features": []}
    for i in range(4):
        place = mapping(box(120 + i * 3e-5, 30, 120 + (i + 1) * 3e-5, 30.00003))
        stalls["features"].append({"type": "Feature", "properties": {"stall": f"A{i}", "level": 0}, "geometry": place})
    files = {
        "stalls": ("a.geojson", json.dumps(stalls)),
        "merchants": ("../../b.csv", "铺位号,店名\nA0,甲\nA9,乙\n".encode("gbk")),
    }
    said = {"options": json.dumps({"name": "新市场"})}
    checked = client.post("/api/v1/imports?market=fresh", files=files, data=said)
    assert checked.status_code == 200, checked.text
    assert (checked.json()["accepted"]["stalls"], checked.json()["accepted"]["merchants"]) == (4, 1)
    assert [row["value"] for row in checked.json()["quarantined"]] == ["A9"]
    assert client.get("/api/v1/markets/fresh").status_code == 404
    written = client.post("/api/v1/imports?market=fresh&dry_run=false", files=files, data=said).json()
    assert written["markets"][0]["record"] == "fresh-i1"
    assert written["encoding"] == {"a.geojson": "utf-8", "b.csv": "gb18030"}
    assert client.get("/api/v1/markets/fresh").json()["name"] == "新市场"


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"datum": "mars"}, "/options/datum"),
        ({"trades": "/etc/passwd"}, "/options/trades"),
        ({"readings": {"merchants": {"columns": {"nonsense": "x"}}}}, "/options/readings/merchants/columns"),
        ({"from": "2026-02-30"}, "/options/from"),
    ],
)
def test_what_is_said_of_files_is_checked(client, tmp_path, options, pointer):
    answer = send(client, tmp_path=tmp_path, **options)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_list_of_which_nothing_can_be_used_says_why_row_by_row(client, tmp_path):
    rows = [["铺位号", "店名"], ["Z1", "甲"], ["Z2", "乙"]]
    answer = send(client, rows, tmp_path=tmp_path, name="x.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (422, "input-refused")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/x.xlsx/2/stall_id", "/x.xlsx/3/stall_id"]
    assert client.post(IMPORTS).status_code == 422
    assert client.get(IMPORTS).json()["items"] == []


def test_what_files_would_make_of_a_market_is_drawn_and_nothing_is_written(client, database, tmp_path):
    planner = {"Authorization": f"Bearer {token_of(database, 'planner', 'market:two-floors')}"}
    before = client.get("/api/v1/markets/two-floors/stalls").json()["features"]
    seen = send(client, url="/api/v1/imports/preview?market=two-floors", tmp_path=tmp_path, headers=planner,
                readings=COLUMNS, whole=False)  # fmt: skip
    assert seen.status_code == 200, seen.text
    features = seen.json()["features"]
    assert [f["properties"]["level"] for f in features if f["properties"]["what"] == "level"] == [0, 1]
    stalls = {f["properties"]["stall"]: f["properties"] for f in features if f["properties"]["what"] == "stall"}
    assert stalls.keys() == {f["properties"]["stall"] for f in before}
    assert (stalls["1F-001"]["merchants"], "新来水果" in seen.text) == (1, False)
    assert client.get("/api/v1/markets/two-floors/stalls").json()["features"] == before
    viewer = {"Authorization": f"Bearer {token_of(database, 'viewer')}"}
    assert send(client, url="/api/v1/imports/preview", tmp_path=tmp_path, headers=viewer).status_code == 403


def test_a_ledger_of_organisations_is_looked_at_and_applied(client, tmp_path):
    rows = [["组织名称", "组织类型", "来源", "核实状态"], ["豫园商城党支部", "党支部", "窗口", "已核实"],
            ["无层级", "小组", "", ""]]  # fmt: skip
    book = xlsx(tmp_path / "o.xlsx", {"组织台账": rows})
    sent = client.post(IMPORTS, files={"organisations": ("组织台账.xlsx", book.read_bytes())})
    assert sent.status_code == 201, sent.text
    found = sent.json()
    assert (found["counts"], [row["field"] for row in found["quarantined"]]) == ({"organisation": 1}, ["tier"])
    assert [doubt["field"] for doubt in found["reading"]["doubts"]] == ["organisation"]  # nobody holds a post in it
    applied = client.post(f"/api/v1/imports/{found['code']}/apply", headers={"If-Match": sent.headers["ETag"]})
    assert applied.json()["state"] == "applied"
    again = client.post(IMPORTS, files={"organisations": ("组织台账.xlsx", book.read_bytes())}).json()
    assert again["changes"] == []


def test_a_list_of_trades_is_kept_over_http(client, tmp_path):
    url = "/api/v1/markets/two-floors/trades"
    assert client.get(url).json() == {"name": "", "entries": []}
    body = {"name": "市场清单", "entries": [{"name": "水果", "code": "F52", "aliases": ["鲜果"]}]}
    assert client.put(url, json=body).json() == body
    assert client.put(url, json={"entries": [{"name": "水果"}, {"name": "水果"}]}).status_code == 422
    rows = [["铺位号", "店名", "业态"], ["1F-003", "城隍庙鲜果行", "鲜果"], ["1F-004", "老庙黄金银楼", "黄金"]]
    sent = send(client, rows, tmp_path=tmp_path, whole=False)
    assert [(row["field"], row["value"]) for row in sent.json()["quarantined"]] == [("trade", "黄金")]
