"""`gridmap coverage`, `tiers`, `visits`, `members`, `rules`, `organisations` and `stations` as a user runs them."""

import csv
import io
import json
from pathlib import Path

from tests.cli.conftest import Run, json_of

MARKET = "jiashan-02"


def test_coverage_and_visits_of_a_place(gridmap: Run, tmp_path: Path) -> None:
    gridmap("place", "load", "jiashan")

    found = json_of(gridmap("coverage", "--place", "jiashan", "--json"))
    assert (found["merchants"], found["covered"], len(found["markets"])) == (210, 210, 2)
    assert found["covered"] + sum(each["first"] for each in found["reasons"]) == 210
    every = found["every_reason"]
    assert every["none"] + sum(each["first"] for each in every["reasons"]) == 210
    lacking = {each["reason"]: each["markets"] for each in found["lacking"]}
    assert (lacking["no_branch"], lacking["no_guide"], lacking["no_station"]) == (0, 2, 2)
    assert "无党建指导员联系" in gridmap("coverage", "--place", "jiashan").stdout
    gridmap("coverage", "--place", "jiashan", "--out", tmp_path / "stalls.csv")
    lines = list(csv.DictReader(io.StringIO((tmp_path / "stalls.csv").read_text(encoding="utf-8-sig"))))
    assert sum(int(line["merchants"]) for line in lines) == 210
    gridmap("coverage", MARKET, "--out", tmp_path / "stalls.geojson")
    stalls = json.loads((tmp_path / "stalls.geojson").read_text(encoding="utf-8"))["features"]
    assert {feature["properties"]["market"] for feature in stalls} == {MARKET}
    assert "market" in gridmap("coverage", code=2).stderr

    stall = stalls[0]["properties"]["stall"]
    visits = tmp_path / "走访.csv"
    visits.write_text(f"铺位号,日期,类型\n{stall},2026-11-01,走访\n无此铺位,2026-11-01,走访\n", encoding="utf-8")
    told = gridmap("visits", "import", visits, "--market", MARKET, code=3)
    assert "第 3 行" in told.stderr
    again = json_of(gridmap("visits", "import", visits, "--market", MARKET, "--json", code=3))
    assert (again["applied"], again["duplicates"], len(again["quarantined"])) == (0, 1, 1)
    visits.write_text("没有,标题\n", encoding="utf-8")
    gridmap("visits", "import", visits, "--market", MARKET, code=4)


def test_bodies_rules_and_people_of_a_place(gridmap: Run) -> None:
    gridmap("place", "load", "jiashan")
    tree = {o["code"]: o for o in json_of(gridmap("organisations", "jiashan", "--json"))["organisations"]}
    assert tree["jiashan-street"]["through_block"] == tree["jiashan-agency"]["through_line"] == 210
    assert [parent["side"] for parent in tree["jiashan-b01"]["parents"]] == ["line", "block"]
    assert "jiashan-b01" in gridmap("organisations", "jiashan").stdout
    assert len(json_of(gridmap("stations", "jiashan", "--json"))["stations"]) == 11

    gridmap("rules", "set", "--all", "--cycle-days", 30)
    gridmap("rules", "set", "--market", MARKET, "--cap", 40, "--resetting", "visit", "--resetting", "contact")
    rules = json_of(gridmap("rules", "show", MARKET, "--json"))
    assert (rules["cycle_days"], rules["cap"], rules["resetting"]) == (30, 40, ["contact", "visit"])
    gridmap("rules", "set", "--market", MARKET, "--clear")
    assert json_of(gridmap("rules", "show", MARKET, "--json"))["cap"] == 50
    gridmap("rules", "set", "--cap", 40, code=2)

    people = json_of(gridmap("members", "list", MARKET, "--json"))["members"]
    code = people[0]["member_id"]
    assert "guide" in gridmap("members", "post", MARKET, code, "guide").stdout
    assert "guide" not in gridmap("members", "post", MARKET, code, "guide", "--end").stdout
    gridmap("members", "hours", "mon-fri 08:00-18:00", "--member", code)
    gridmap("members", "hours", "24/7", "--market", MARKET, "--role", "member")
    gridmap("members", "hours", "whenever", "--member", code, code=2)
    gridmap("members", "hours", "24/7", "--market", MARKET, code=2)

    plan = json_of(gridmap("plan", "list", "jiashan-01", "--json"))["plans"]
    in_force = next(p["code"] for p in plan if p["state"] == "published")
    detail = json_of(gridmap("plan", "show", in_force, "--json"))
    zone = detail["zones"][0]["zone"]
    free = json_of(gridmap("members", "list", "jiashan-02", "--json"))["members"][0]["member_id"]
    assert zone in gridmap("members", "give", in_force, zone, free, "--role", "deputy").stdout
    gridmap("members", "give", in_force, zone, free, code=2)  # it has a member


def test_duty_arithmetic_both_ways(gridmap: Run) -> None:
    """N5: Beizhen's 148.4 a member are 14.8 visits a day in a fortnight; at 8 a day a round takes 19 working days."""
    asked = ("staffing", "--merchants", 13500, "--members", 91, "--limit", 8)
    duty = json_of(gridmap(*asked, "--json"))["duty"]
    assert (duty["load"], duty["visits_a_day"], duty["cycle_working_days"]) == (148.4, 14.8, 19)
    assert "19 个工作日" in gridmap(*asked).stdout


def test_tiers_of_a_station(gridmap: Run) -> None:
    """N6: a station of Liwan at 20 a day: a whole round takes 324 working days; the tiers sum to 20."""
    plan = json_of(gridmap("tiers", "--tier", "高:300:20", "--tier", "其余:6177", "--limit", 20, "--json"))
    assert (plan["full_cycle_days"], sum(tier["visits_a_day"] for tier in plan["tiers"])) == (324, 20)
    assert "324" in gridmap("tiers", "--tier", "全部:6477").stdout
    gridmap("tiers", "--tier", "高:300:2", "--limit", 20, code=5)
