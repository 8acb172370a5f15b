"""The page of coverage gaps: totals that add up, patterns and words, and nothing of it on the page of zones."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gridmap.model.coverage import Gap
from gridmap.model.kinds import UnitKind
from gridmap.render.views import CoverageMark, MarketView
from gridmap.render.zones_page import zones_page
from tests.chromium import chromium, watched_page  # noqa: F401 - a fixture
from tests.render import worlds
from tests.render.reading import read


@pytest.fixture(scope="module")
def gaps_view() -> MarketView:
    """Every third stall of the market is in a gap of another kind."""
    view = worlds.three_levels()
    kinds = list(Gap)
    stalls = [
        replace(s, gaps=((kinds[i % len(kinds)],) if i % 3 == 0 else ()))
        if s.kind is UnitKind.STALL and s.merchants
        else s
        for i, s in enumerate(view.stalls)
    ]
    counts = {gap: sum(s.merchants for s in stalls if s.gaps and s.gaps[0] is gap) for gap in kinds}
    total = sum(s.merchants for s in stalls)
    mark = CoverageMark(
        datetime(2026, 12, 1, 9, tzinfo=UTC), total, total - sum(counts.values()), tuple(counts.items())
    )
    return replace(view, stalls=tuple(stalls), coverage=mark)


def test_each_stall_carries_its_reasons(gaps_view: MarketView, small_vendor) -> None:
    page = read(zones_page(gaps_view, vendor=small_vendor))
    levels = [page.block(f"data-level{i}")["stalls"]["features"] for i in range(3)]
    drawn = {f["properties"]["stall"]: f["properties"] for features in levels for f in features}
    for stall in gaps_view.stalls:
        told = drawn[stall.code]
        assert told.get("gaps", []) == list(stall.gaps or ())
        assert told.get("cover") == (None if stall.gaps is None else (stall.gaps or ("covered",))[0])
    assert set(page.block("data-market")["gapWords"]) == set(Gap)


def test_page_of_zones_knows_nothing_of_coverage(small_vendor) -> None:
    text = zones_page(worlds.three_levels(), vendor=small_vendor)
    assert 'data-testid="coverage-legend"' not in text
    assert read(text).block("data-market")["covers"] is None


@pytest.mark.browser
def test_legend_adds_up_and_a_stall_says_why(gaps_view: MarketView, vendor, tmp_path, chromium) -> None:  # noqa: F811
    path = tmp_path / "coverage.html"
    path.write_text(zones_page(gaps_view, vendor=vendor), encoding="utf-8")
    with watched_page(chromium, width=1280, height=720) as page:
        page.goto(path.as_uri())
        page.wait_for_selector(".levels button[aria-pressed=true]")
        counts = page.locator("[data-testid=coverage-legend] li b").all_inner_texts()
        assert sum(int("".join(c for c in text if c.isdigit())) for text in counts) == gaps_view.coverage.merchants
        stall = next(s for s in gaps_view.stalls if s.gaps == (Gap.OVER_CAPACITY,))
        page.evaluate("code => gridmap.goToUnit(code)", stall.code)
        page.wait_for_selector("[data-testid=card]")
        assert "超出人员容量" in page.locator("[data-testid=card]").inner_text()
