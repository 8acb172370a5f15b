"""The pages beside the desk, in a real browser: staffing, places, tokens, the audit log; and what a viewer is shown."""

import re
from typing import Any

import pytest

from tests.chromium import chromium
from tests.maps.serving import VIEWER, desk

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


def test_place_is_loaded_by_a_click_and_checked(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/places")
        place = page.locator("[data-place=jiashan]")
        place.get_by_text("未载入").wait_for()
        place.get_by_test_id("place-load").dblclick()
        page.locator("[data-place=jiashan][data-state=loaded]").wait_for(timeout=60_000)
        assert (
            page.get_by_test_id("place-done").inner_text().startswith("嘉善车站路街区 已载入:2 个市场,新编制 4 个方案")
        )
        place.get_by_test_id("place-check-go").click()
        assert "没有不符" in page.get_by_test_id("check-sum").inner_text()
        assert page.locator("[data-row=J01]").inner_text().count("210") >= 2
        assert "尚未实现的" in page.get_by_test_id("open-rows").inner_text()
        assert page.url.endswith("/places?check=jiashan")

        page.goto(f"{server}/audit?action=place.load")
        page.get_by_test_id("audit-row").wait_for()
        assert "user:desk" in page.get_by_test_id("audit-row").inner_text()


def test_staffing_answers_what_is_asked_and_keeps_it_in_the_address(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/staffing?merchants=5800&members=81&markets=18&limit=8")
        page.get_by_test_id("staffing-headline").get_by_text("还缺 35 人").wait_for()
        assert page.get_by_test_id("staffing-kind").inner_text() == "按豫园标准测算"
        assert [
            re.findall(r"\d+", page.get_by_test_id(f"way-{key}").inner_text())[-3:] for key in ("pooled", "equal")
        ] == [
            ["116", "35", "72"],
            ["126", "45", "81"],
        ]
        duty = page.get_by_test_id("duty").inner_text()
        assert "7.2 户" in duty
        assert "9 个工作日" in duty
        page.get_by_test_id("input-helpers").fill("35")
        page.get_by_test_id("staffing-headline").get_by_text("正好够用").wait_for()
        assert "helpers=35" in page.url

        page.get_by_test_id("of-place").click()
        page.get_by_test_id("place-select").select_option("all")
        page.locator("[data-market=demo]").wait_for()
        assert "place=all" in page.url


def test_token_is_made_shown_once_and_revoked(chromium: Any, server: str) -> None:
    with desk(chromium, server, width=1280, height=800) as page:
        page.goto(f"{server}/tokens")
        page.get_by_test_id("token-name").fill("dispatch")
        page.get_by_test_id("token-scope").fill("market:demo")
        page.get_by_test_id("token-go").click()
        assert page.get_by_test_id("new-token").inner_text().startswith("gm_")
        row = page.locator("[data-token=dispatch]")
        assert "market:demo" in row.inner_text()
        page.reload()
        row.get_by_test_id("revoke").click()
        assert page.get_by_test_id("new-token").count() == 0
        row.get_by_test_id("revoke-sure").click()
        row.get_by_text("已撤销").wait_for()


def test_audit_log_is_filtered_and_its_chain_checked(chromium: Any, server: str) -> None:
    with desk(chromium, server) as page:
        page.goto(f"{server}/audit")
        page.get_by_test_id("chain").get_by_text("没有被改动").wait_for()
        page.get_by_test_id("filter-action").select_option("plan.publish")
        page.get_by_test_id("filter-go").click()
        page.wait_for_url("**/audit?action=plan.publish")
        page.get_by_test_id("audit-row").first.wait_for()
        page.wait_for_function("!document.querySelector('[data-testid=audit-row]:not([data-action=\"plan.publish\"])')")
        page.get_by_test_id("anchor").fill(f"1:{'0' * 64}")
        page.get_by_test_id("verify").click()
        page.get_by_test_id("chain").get_by_text("发现 1 处不符").wait_for()


def test_viewer_is_told_which_counts_are_not_shown(chromium: Any, server: str) -> None:
    with desk(chromium, server, who=VIEWER) as page:
        page.goto(f"{server}/?market=tiny")
        page.get_by_test_id("zone-row").first.wait_for()
        assert page.get_by_test_id("zone-load").all_inner_texts() == ["—", "—"]
        assert page.get_by_test_id("zone-load").first.get_attribute("title") == "户数未显示,以免推算出单个商户"
        assert "未显示" in page.get_by_test_id("level-switch").inner_text()
        page.get_by_test_id("zone-row").first.click()
        assert "未显示" in page.get_by_test_id("zone-card").inner_text()
        words = page.inner_text("body")
        assert not re.search(r"NaN|null|undefined|Infinity", words)
        assert "另有 2 个未显示" in words
        assert not re.search(r"<5|少于 ?5", words)
        page.goto(f"{server}/staffing?place=all&cap=1")
        page.locator("[data-market=nook]").get_by_text("未显示").first.wait_for()
        assert page.get_by_test_id("staffing-headline").inner_text() == "缺口未显示"
        assert page.get_by_test_id("way-own").inner_text().count("未显示") == 3
        assert not re.search(r"NaN|null|undefined|Infinity", page.inner_text("main"))
        assert page.get_by_role("link", name="操作记录").count() == 0
