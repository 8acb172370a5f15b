"""Yuyuan as its planners meet it, without a network, on both databases: staffing, a cap too low, the city."""

import re
from typing import Any

import pytest

from gridmap.services import places
from gridmap.store.session import Database
from tests.callers import account_of, author
from tests.chromium import chromium
from tests.maps.serving import ADMIN, desk
from tests.maps.test_editing import address, shot, until

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


def test_staffing_and_a_cap_that_cannot_be_kept(chromium: Any, database: Database, address: str) -> None:
    places.load_place(database, "yuyuan", author=author())
    who = {**ADMIN, "value": account_of(database, "lin", "admin").secret}
    with desk(chromium, address, who=who, expected=("422 (", "409 (")) as page:
        # 5,800 merchants, 81 members: who is missing, and what 35 helpers would do
        page.goto(f"{address}/staffing?place=yuyuan")
        page.get_by_test_id("staffing-headline").get_by_text("还缺 35 人").wait_for(timeout=60_000)
        pooled = re.findall(r"\d+", page.get_by_test_id("way-pooled").inner_text())[-3:]
        assert pooled == ["116", "35", "72"]
        assert page.get_by_test_id("market-row").count() > 0
        page.get_by_test_id("activists").click()
        page.get_by_test_id("staffing-headline").get_by_text("正好够用").wait_for()

        # the city: this place alone, with its stations and organisations
        page.goto(f"{address}/city")
        page.get_by_test_id("city-place").select_option("yuyuan")
        page.wait_for_url("**place=yuyuan**")
        assert page.get_by_test_id("city-row").count() == 18
        page.get_by_test_id("city-bodies-toggle").click()
        page.get_by_test_id("city-body").first.wait_for()
        assert page.locator(".body-mark").count() > 0
        shot(page, "city-place")
        page.get_by_test_id("city-body").first.click()
        page.wait_for_url("**at=**")

        # zones of at most 50, but fewer than that needs: the answer in words, the least cap, and the way out
        page.goto(f"{address}/?market=yuyuan-01")
        page.get_by_test_id("auto-partition").click()
        page.get_by_test_id("how-zones").click()
        page.get_by_test_id("input-zones").fill("2")
        page.get_by_test_id("input-zones-cap").fill("20")
        page.get_by_test_id("partition-go").click()
        page.get_by_test_id("infeasible").wait_for(timeout=120_000)
        shot(page, "infeasible")
        told = page.get_by_test_id("infeasible").inner_text()
        assert "没有写入任何数据" in told
        assert "最紧张的市场:福安珠宝市场,需" in told
        least = int("".join(c for c in page.get_by_test_id("least-cap").inner_text() if c.isdigit()))
        assert least > 20
        page.get_by_test_id("use-cap").click()
        if page.get_by_test_id("partition-go").is_visible():
            page.get_by_test_id("partition-go").click()
        until(page, lambda: page.get_by_test_id("partition-accept").is_enabled(), "a proposal that can be kept")
