import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from shapely import Point
from shapely.geometry import shape

from gridmap.errors import NotFoundError, NotReadyError
from gridmap.model.kinds import PlanState, UnitKind
from gridmap.model.places import Level, LevelKey
from gridmap.render.inline import remaining_loads
from gridmap.render.sources import source
from gridmap.render.theme import load_theme
from gridmap.render.views import Band, MarketView, StallMark
from gridmap.render.zones_page import SCRIPTS, zones_page
from tests.render import worlds
from tests.render.reading import read

HOSTILE = """</script><img src=x onerror="window.hurt=1">'"{{ 7*7 }}{% raw %}{# #}`${window.hurt=1}`\u2028 & <b>"""


@pytest.fixture(scope="module")
def market():
    return worlds.three_levels()


@pytest.fixture(scope="module")
def page(market, small_vendor):
    return read(zones_page(market, vendor=small_vendor))


def level_buttons(page):
    return [e for e in page.having("data-level") if e.tag == "button"]


def test_the_top_level_comes_first_with_its_counts(page, market):
    shown = [(b.attributes["data-ordinal"], b.text) for b in level_buttons(page)]
    merchants = {o: sum(s.merchants for s in market.stalls if s.level.ordinal == o) for o in (0, 1, 2)}
    assert shown == [(str(o), f"{o + 1}F{merchants[o]} 户") for o in (2, 1, 0)]
    assert all(b.attributes["aria-pressed"] == "false" for b in level_buttons(page))


def test_every_level_carries_its_own_things_and_no_others(page, market):
    for i, ordinal in enumerate((2, 1, 0)):
        block = page.block(f"data-level{i}")
        mine = [s for s in market.stalls if s.level.ordinal == ordinal]
        drawn = [f["properties"] for f in block["stalls"]["features"]]
        assert [d["stall"] for d in drawn] == [s.code for s in mine]
        assert [d.get("zone") for d in drawn] == [s.zone for s in mine]
        assert [d["merchants"] for d in drawn] == [s.merchants for s in mine]
        assert {f["properties"]["zone"] for f in block["zones"]["features"]} == {
            f"{ordinal + 1}{n:02d}" for n in range(1, 7)
        }
        assert len(block["floor"]["features"]) == 1


def test_connectors_stand_on_both_their_levels_and_assumed_ones_say_so(page):
    drawn = {
        (i, f["properties"]["word"], f["properties"]["assumed"], len(f["properties"]["ways"]))
        for i in range(3)
        for f in page.block(f"data-level{i}")["connectors"]["features"]
    }
    assert drawn == {
        (2, "楼梯", False, 1), (2, "扶梯", False, 1),
        (1, "楼梯", False, 2), (1, "扶梯", False, 1), (1, "电梯", True, 1),
        (0, "楼梯", False, 1), (0, "电梯", True, 1),
    }  # fmt: skip
    assert "连通点(推定)" in page.words()


def test_zones_are_listed_in_order_with_member_load_and_sign(page, market):
    rows = page.having("data-testid", "zone-row")
    assert [r.attributes["data-zone"] for r in rows] == sorted(z.code for z in market.zones)
    loads = [e.text for e in page.having("data-testid", "zone-load")]
    for row, load, zone in zip(rows, loads, sorted(market.zones, key=lambda z: z.code), strict=True):
        sign = "▲" if zone.merchants > 55 else "▼" if zone.merchants < 45 else ""
        assert load == f"{sign}{zone.merchants}"
        assert (zone.member_name or "无网格员") in row.text
    assert sum("代管" in row.text for row in rows) == 1


def test_signs_follow_the_band_of_the_plan(market, small_vendor):
    loads = sorted(z.merchants for z in market.zones)
    band = Band(loads[3] + 1, loads[-3] - 1)
    page = read(zones_page(replace(market, band=band), vendor=small_vendor))
    zones = page.block("data-market")["zones"]
    for zone in market.zones:
        expected = "▲" if zone.merchants > band.high else "▼" if zone.merchants < band.low else ""
        assert zones[zone.code]["sign"] == expected
    assert {z["sign"] for z in zones.values()} == {"▲", "", "▼"}
    assert f"允许 {band.low}–{band.high}" in page.words()


def test_the_bar_names_market_plan_and_totals(page, market):
    words = page.words()
    assert "永安里小商品市场" in words
    assert "自 2026 年 12 月 1 日起" in words
    assert [e.text for e in page.having("data-testid", "plan-state")] == ["现行方案"]
    totals = [e.text for e in page.of("dd")]
    units = [s for s in market.stalls if s.kind in {UnitKind.STALL, UnitKind.VACANT}]
    assert totals == [str(sum(s.merchants for s in market.stalls)), str(len(units)), "18"]


@pytest.mark.parametrize(
    ("state", "since", "until", "word", "dates"),
    [
        (PlanState.DRAFT, None, None, "草案", "未发布"),
        (PlanState.PUBLISHED, date(2026, 12, 1), None, "现行方案", "自 2026 年 12 月 1 日起"),
        (PlanState.PUBLISHED, date(2027, 1, 1), None, "待生效", "自 2027 年 1 月 1 日起"),
        (
            PlanState.ENDED,
            date(2026, 1, 1),
            date(2026, 12, 1),
            "历史方案",
            "自 2026 年 1 月 1 日起 至 2026 年 11 月 30 日止",
        ),
    ],
)
def test_the_plan_is_called_what_it_is(market, small_vendor, state, since, until, word, dates):
    plan = replace(market.plan, state=state, valid_from=since, valid_to=until)
    page = read(zones_page(replace(market, plan=plan), vendor=small_vendor))
    assert [e.text for e in page.having("data-testid", "plan-state")] == [word]
    assert dates in page.words()


def test_without_a_plan_stalls_are_drawn_and_the_page_says_so(small_vendor):
    view = worlds.three_levels(planned=False)
    page = read(zones_page(view, vendor=small_vendor))
    assert [e.text for e in page.having("data-testid", "plan-state")] == ["尚无现行方案"]
    assert "图上只画铺位" in page.words()
    assert page.having("data-testid", "zone-row") == []
    assert not page.block("data-market")["planned"]
    assert sum(len(page.block(f"data-level{i}")["stalls"]["features"]) for i in range(3)) == len(view.stalls)
    assert all(page.block(f"data-level{i}")["zones"]["features"] == [] for i in range(3))
    assert "责任区(颜色" not in page.words()


def test_buildings_are_named_where_there_are_several(small_vendor):
    page = read(zones_page(worlds.two_buildings(), vendor=small_vendor))
    assert [(b.attributes["data-building"], b.attributes["data-ordinal"]) for b in level_buttons(page)] == [
        ("east", "1"), ("east", "0"), ("west", "1"), ("west", "0"),
    ]  # fmt: skip
    assert [e.text for e in page.of("h2")] == ["东楼", "西楼"]
    assert [level["title"] for level in page.block("data-market")["levels"]] == [
        "东楼 2F",
        "东楼 1F",
        "西楼 2F",
        "西楼 1F",
    ]
    assert list(page.block("data-market")["zones"]) == ["9", "10"]
    assert page.block("data-market")["zones"]["9"]["levels"] == [[1, 3, 2], [0, 3, 2]]
    assert [len(page.block(f"data-level{i}")["connectors"]["features"]) for i in range(4)] == [1, 0, 1, 0]


def test_the_legend_shows_what_occurs_and_nothing_else(page, small_vendor):
    words = page.words()
    for sign in ("空置铺位", "其他单元", "不足", "连通点"):
        assert sign in words
    plain = read(zones_page(worlds.points_only(), vendor=small_vendor)).words()
    for sign in ("空置铺位", "其他单元", "超出", "连通点", "未划入责任区"):
        assert sign not in plain


def test_a_stall_that_the_plan_forgot_is_in_the_legend(market, small_vendor):
    stalls = (replace(market.stalls[0], zone=None), *market.stalls[1:])
    page = read(zones_page(replace(market, stalls=stalls), vendor=small_vendor))
    assert "未划入责任区" in page.words()


def hostile(market):
    stall = replace(market.stalls[0], code=HOSTILE, merchants=1, merchant_names=(HOSTILE,))
    zone = replace(market.zones[0], code="</script>", name=HOSTILE, member_name=HOSTILE, office_contact=HOSTILE)
    levels = (replace(market.levels[0], label=HOSTILE), *market.levels[1:])
    return replace(
        market,
        name=HOSTILE,
        levels=levels,
        stalls=(replace(stall, zone=zone.code), *market.stalls[1:]),
        zones=(zone, *market.zones[1:]),
    )


def test_hostile_text_stays_text(page, market, small_vendor):
    text = zones_page(hostile(market), vendor=small_vendor)
    found = read(text)
    assert Counter(e.tag for e in found.elements) == Counter(e.tag for e in page.elements)
    assert not any(key.startswith("on") for e in found.elements for key in e.attributes)
    assert found.of("h1")[0].text == HOSTILE.strip()
    assert "49" not in found.of("h1")[0].text
    assert found.block("data-level2")["stalls"]["features"][0]["properties"]["merchant_names"] == [HOSTILE]
    assert found.block("data-market")["zones"]["</script>"]["member"] == HOSTILE


def test_nothing_is_loaded_even_where_data_look_like_addresses(market, small_vendor):
    view = replace(
        market,
        name="https://example.org/a.png",
        stalls=(replace(market.stalls[0], merchant_names=("src=http://example.org",)),),
    )
    assert remaining_loads(zones_page(view, vendor=small_vendor)) == []


def test_the_same_view_gives_the_same_page(market, small_vendor):
    assert zones_page(market, vendor=small_vendor) == zones_page(market, vendor=small_vendor)


def test_folium_brings_none_of_its_own_libraries(market, small_vendor):
    text = zones_page(market, vendor=small_vendor).lower()
    for library in ("jquery", "bootstrap", "awesome", "glyphicon", "openstreetmap", "cdn"):
        assert library not in text


def test_a_large_market_stays_small(market, small_vendor):
    rng = np.random.default_rng(1)
    many = tuple(
        replace(
            stall,
            code=f"{stall.code}-{i}",
            merchant_names=tuple(f"第{rng.integers(9999)}号商行" for _ in stall.merchant_names),
        )
        for i in range(7)
        for stall in market.stalls
    )
    assert len(many) > 5000
    assert len(zones_page(replace(market, stalls=many), vendor=small_vendor).encode()) < 3_000_000


def test_colours_come_from_the_theme(page):
    theme = load_theme()
    block = page.block("data-market")
    assert [fill["stall"] for fill in block["fills"]] == list(theme.zone_fills)
    assert block["fills"][0]["floor"] == theme.zone_floor(0)


@pytest.mark.parametrize("name", ["page.css", *SCRIPTS])
def test_no_colour_stands_beside_the_theme(name):
    assert set(re.findall("#[0-9A-Fa-f]{3,8}\\b", source(name))) <= {"#fff", "#FFFFFF"}


@pytest.mark.data
def test_a_real_mall_is_drawn_whole(hangzhou, small_vendor):
    levels = json.loads((hangzhou / "levels.geojson").read_text(encoding="utf-8"))["features"]
    units = json.loads((hangzhou / "units.geojson").read_text(encoding="utf-8"))["features"]
    view = MarketView(
        market="hangzhou-mall",
        name="杭州某商场",
        levels=tuple(Level(key(f), f["properties"]["label"], shape(f["geometry"])) for f in levels),
        stalls=tuple(
            StallMark(f["properties"]["stall_id"], key(f), shape(f["geometry"]), UnitKind(f["properties"]["kind"]))
            for f in units
        ),
    )
    page = read(zones_page(view, vendor=small_vendor))
    assert [level["label"] for level in page.block("data-market")["levels"]] == ["F4", "F3", "F2", "F1", "B1"]
    drawn = [f for i in range(5) for f in page.block(f"data-level{i}")["stalls"]["features"]]
    assert len(drawn) == len(units) == 1286
    places = {f["properties"]["stall_id"]: shape(f["geometry"]) for f in units}
    bent = [f["properties"] for f in drawn if "at" in f["properties"]]
    assert len(bent) > 50
    for unit in bent:
        lat, lon, room_m = unit["at"]
        assert places[unit["stall"]].buffer(1e-7).contains(Point(lon, lat)), unit
        assert room_m > 0


def key(feature):
    return LevelKey("main", feature["properties"]["level"])


def test_a_market_without_levels_is_refused(market, small_vendor):
    with pytest.raises(NotFoundError):
        zones_page(replace(market, levels=()), vendor=small_vendor)


def test_a_missing_leaflet_is_refused(market, tmp_path):
    with pytest.raises(NotReadyError, match="leaflet"):
        zones_page(market, vendor=tmp_path)
