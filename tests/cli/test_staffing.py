"""`gridmap staffing` and `gridmap place check` as a user runs them."""

import pytest

from tests.cli.conftest import Run, json_of


@pytest.mark.parametrize(
    ("merchants", "members", "markets", "pooled", "apart"),
    [
        (5800, 81, 18, (116, 35, 72), (126, 45, 81)),
        (36000, 325, 258, (720, 395, 111), (774, 449, 140)),
        (13500, 91, None, (270, 179, 149), None),
        (210, 10, None, (5, -5, 21), None),
        (142500, 58, None, (2850, 2792, 2457), None),
    ],
)
def test_figures_of_the_accounts(
    gridmap: Run, merchants: int, members: int, markets: int | None, pooled: tuple[int, ...], apart: tuple[int, ...]
) -> None:
    more = ("--markets", markets) if markets else ()
    found = json_of(gridmap("staffing", "--merchants", merchants, "--members", members, *more, "--json"))
    assert (found["need"], found["gap"], found["least_cap"]) == pooled
    assert found["covered"] + found["uncovered"] == merchants
    assert found["no_crossing"] == (dict(zip(("need", "gap", "least_cap"), apart, strict=True)) if apart else None)
    assert found["kind"] == "按豫园标准测算"


def test_a_place_is_loaded_checked_and_measured(gridmap: Run) -> None:
    assert "已载入" in gridmap("place", "load", "jiashan").stdout
    assert "已在库中" in gridmap("place", "load", "jiashan").stdout
    listed = json_of(gridmap("place", "list", "--json"))["places"]
    assert [p["code"] for p in listed if p["loaded"]] == ["jiashan"]
    checked = json_of(gridmap("place", "check", "jiashan", "--json"))
    assert checked["ok"]
    assert {row["state"] for row in checked["rows"]} == {"ok", "open"}
    assert "○ J04" in gridmap("place", "check", "jiashan").stdout
    found = json_of(gridmap("staffing", "jiashan", "--json"))
    assert (found["need"], found["gap"], found["no_crossing"]) == (5, -5, {"need": 5, "gap": -5, "least_cap": 21})
    assert "按豫园标准测算" in gridmap("staffing", "jiashan").stdout
    gridmap("db", "check")


def test_mistakes_are_named(gridmap: Run) -> None:
    assert "merchants" in gridmap("staffing", code=2).stderr
    assert "yuyuan" in gridmap("staffing", "yuyuan", code=2).stderr
    assert "yuyuan" in gridmap("place", "check", "yuyuan", code=2).stderr
    gridmap("staffing", "--merchants", -1, "--members", 1, code=2)
