"""The market of the first start: three levels, generated, the same on every machine. Nobody in it is real."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TypeVar, cast

import numpy as np
from shapely import Point, Polygon, box

from gridmap.errors import NotFoundError
from gridmap.model.duty import Member, Plan
from gridmap.model.ids import MAIN_BUILDING, MarketCode, MemberCode, MerchantCode, StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import ConnectorKind, Layout, MarketKind, Role, UnitKind
from gridmap.model.places import Building, Connector, Level, LevelKey, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.services import markets, plans
from gridmap.services.plans import Author
from gridmap.spatial import crs, layout
from gridmap.spatial.geometry import polygons_of
from gridmap.spatial.levels import LEVEL_WALK_M, default_label
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database

CODE = MarketCode("demo")
Drawn = TypeVar("Drawn", Polygon, Point)
_OPENED = date(2025, 3, 1)
_LON, _LAT, _TURN_DEGREES = 120.9213, 30.8412, 8.0
_HALL = Polygon([(0, 0), (84, 0), (84, 22), (92, 30), (92, 62), (30, 62), (30, 54), (0, 54)])
_ATRIUM = Point(47, 31).buffer(7.5)
_CORES = {"S1": (ConnectorKind.STAIRS, 4.5, 28.0), "E1": (ConnectorKind.ESCALATOR, 47.0, 20.5),
          "S2": (ConnectorKind.STAIRS, 88.0, 45.0), "L1": (ConnectorKind.LIFT, 34.0, 58.5)}  # fmt: skip
_SURNAMES = "林陈沈陆钱孙周吴郑冯蒋韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹"
_GIVEN = "建平 秀英 志远 海燕 国庆 玉梅 文杰 爱华 立群 慧敏 永康 桂兰 振宇 小芳 春生 卫民".split()
_SHOP = "福来 和顺 金禾 锦程 安心 小蓝 瑞丰 宝盛 新华 嘉和 永兴 万里 美佳 同德 百顺 鸿运 春晖 乐家".split()
_TRADES = "箱包 文具 茶业 服饰 鞋帽 玩具 五金 日用 针织 饰品 灯具 干果".split()


def load_demo(database: Database, *, author: Author) -> Plan | None:
    """
    Bring in the demo market with its members and publish a first plan; nothing happens if it is there already.

    Returns
    -------
    plan
        The plan in force, None if the market was there before.
    """
    day = author.now.date()
    try:
        markets.market_summary(database, CODE, day)
    except NotFoundError:
        draft, staff = demo_market()
        markets.add_market(database, draft, staff=staff)
        from gridmap.services import drafts

        plan = drafts.draft_plan(database, CODE, Params(), author=author, day=day)
        return plans.publish_plan(database, plan.code, day, today=day)
    return None


def demo_market(seed: int = 20250301) -> tuple[MarketDraft, list[Member]]:
    """Generate the market and its members; the same seed gives the same market."""
    rng = np.random.default_rng(seed)
    projection = crs.local_projection(_LON, _LAT)
    levels = [
        Level(LevelKey(MAIN_BUILDING, o), default_label(o), _on_earth(hall, projection))
        for o, hall in enumerate(_halls())
    ]
    stalls = [stall for level, hall in zip(levels, _halls(), strict=True) for stall in _stalls(level, hall, projection)]
    stalls = [_with_kind(stall, rng) for stall in stalls]
    merchants, occupancies = _merchants([stall for stall in stalls if stall.kind is UnitKind.STALL], rng)
    draft = MarketDraft(
        market=Market(CODE, "永安里小商品市场(示范)", MarketKind.MARKET, Layout.BUILDING, projection),
        buildings=(Building(MAIN_BUILDING, "主楼"),),
        levels=tuple(levels),
        connectors=tuple(_connectors(levels, projection)),
        stalls=tuple(stalls),
        merchants=tuple(merchants),
        occupancies=tuple(occupancies),
    )
    return draft, _staff(stalls, rng)


def _halls() -> list[Polygon]:
    """The same house on every level, with a terrace cut out higher up."""
    beside_terrace = polygons_of(_HALL.difference(box(72, 44, 100, 70)))
    assert isinstance(beside_terrace, Polygon)
    return [_HALL, _HALL, beside_terrace]


def _on_earth(place_m: Drawn, projection: str) -> Drawn:
    west, south, east, north = _HALL.bounds
    centred = layout.shifted(place_m, -(west + east) / 2, -(south + north) / 2)
    return cast("Drawn", crs.to_lonlat(layout.turned(centred, _TURN_DEGREES), projection))


def _stalls(level: Level, hall: Polygon, projection: str) -> list[Stall]:
    blanks = [Point(x, y).buffer(4.2) for _, x, y in _CORES.values()]
    if level.key.ordinal > 0:
        blanks.append(_ATRIUM)
    floor = level.key.ordinal + 1
    return [
        Stall(
            code=StallCode(f"{chr(ord('A') + laid.row)}{floor}{laid.number:02d}"),
            level=level.key,
            place_lonlat=_on_earth(laid.place_m, projection),
        )
        for laid in layout.lay_rows(hall, blanks, layout.RowRule())
    ]


def _with_kind(stall: Stall, rng: np.random.Generator) -> Stall:
    draw = rng.random()
    kind = UnitKind.VACANT if draw < 0.06 else UnitKind.AUXILIARY if draw < 0.07 else UnitKind.STALL
    return Stall(stall.code, stall.level, stall.place_lonlat, kind, stall.name)


def _merchants(stalls: Sequence[Stall], rng: np.random.Generator) -> tuple[list[Merchant], list[Occupancy]]:
    """One merchant a stall; one in twelve has the next stall too, one stall in thirty holds two merchants."""
    merchants: list[Merchant] = []
    occupancies: list[Occupancy] = []
    for stall in stalls:
        draw = rng.random()
        if draw < 1 / 12 and merchants and occupancies[-1].stall[:2] == stall.code[:2]:
            occupancies.append(Occupancy(merchants[-1].code, stall.code, _OPENED))
            continue
        for _ in range(2 if draw > 29 / 30 else 1):
            trade = str(rng.choice(_TRADES))
            merchant = Merchant(MerchantCode(f"D{len(merchants) + 1:04d}"), f"{rng.choice(_SHOP)}{trade}", trade)
            merchants.append(merchant)
            occupancies.append(Occupancy(merchant.code, stall.code, _OPENED))
    return merchants, occupancies


def _connectors(levels: Sequence[Level], projection: str) -> list[Connector]:
    return [
        Connector(
            code=f"{code}-{lower.label}",
            kind=kind,
            from_level=lower.key,
            from_lonlat=_on_earth(Point(x, y), projection),
            to_level=upper.key,
            to_lonlat=_on_earth(Point(x, y), projection),
            walk_m=LEVEL_WALK_M,
        )
        for lower, upper in pairwise(levels)
        for code, (kind, x, y) in _CORES.items()
    ]


def _staff(stalls: Sequence[Stall], rng: np.random.Generator) -> list[Member]:
    """Members who trade in the market themselves, a leader and the operator in the office."""
    homes = [stall for stall in stalls if stall.kind is UnitKind.STALL]
    chosen = rng.choice(len(homes), size=13, replace=False)
    members = [
        Member(
            code=MemberCode(f"demo-w{i:02d}"),
            name=_name(rng),
            office_contact=f"市场管理办公室 分机 8{i:02d}",
            capacity=55,
            home_stall=homes[j].code,
        )
        for i, j in enumerate(sorted(chosen.tolist()), start=1)
    ]
    leader = Member(MemberCode("demo-leader"), _name(rng), Role.LEADER, "市场管理办公室 分机 800")
    operator = Member(MemberCode("demo-operator"), "永安里市场管理有限公司", Role.OPERATOR, "市场管理办公室 总机")
    return [*members, leader, operator]


def _name(rng: np.random.Generator) -> str:
    return f"{_SURNAMES[int(rng.integers(len(_SURNAMES)))]}{rng.choice(_GIVEN)}"
