"""Headings: which column of a file means which of our words, in Chinese and English."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from gridmap.errors import InputRefusedError
from gridmap.model.intake import InputRole

_STALL = (
    "stall_id",
    "stall",
    "stall_no",
    "stall_code",
    "unit_id",
    "摊位号",
    "铺位号",
    "摊位编号",
    "铺位编号",
    "铺号",
    "商铺号",
)
_LEVEL = ("level", "level_ordinal", "ordinal", "floor", "楼层", "层", "楼层序号")
_LABEL = ("level_label", "label", "floor_label", "level_name", "floor_name", "楼层名称", "楼层标签")
_BUILDING = ("building", "building_id", "楼栋", "楼号", "栋", "楼宇")
_MARKET = ("market", "market_code", "市场", "市场编号")
_LON = ("lon", "lng", "long", "longitude", "经度")
_LAT = ("lat", "latitude", "纬度")

SYNONYMS: Mapping[InputRole, Mapping[str, tuple[str, ...]]] = {
    "levels": {
        "market": _MARKET,
        "level": _LEVEL,
        "label": (*_LABEL, "name", "名称"),
        "building": _BUILDING,
        "building_name": ("building_name", "楼栋名称"),
        "market_name": ("market_name", "市场名称"),
        "market_kind": ("market_kind", "市场类型"),
        "layout": ("layout", "market_layout"),
        "division": ("division", "division_code", "行政区划"),
    },
    "stalls": {
        "market": _MARKET,
        "stall_id": (*_STALL, "摊位", "铺位", "商铺", "unit", "编号"),
        "level": _LEVEL,
        "level_label": _LABEL,
        "kind": ("kind", "unit_kind", "category", "type", "类型", "类别", "用途"),
        "name": ("name", "stall_name", "unit_name", "铺位名称", "摊位名称", "名称"),
        "building": _BUILDING,
        "lon": _LON,
        "lat": _LAT,
    },
    "merchants": {
        "market": _MARKET,
        "stall_id": (*_STALL, "摊位", "铺位", "商铺", "unit"),
        "name": (
            "name",
            "merchant",
            "merchant_name",
            "shop_name",
            "商户名称",
            "店名",
            "商户",
            "字号",
            "店铺名称",
            "名称",
        ),
        "merchant_id": ("merchant_id", "merchant_code", "商户编号", "商户号"),
        "trade": ("trade", "business", "经营范围", "经营品类", "业态", "行业", "主营"),
        "uscc": ("uscc", "credit_code", "统一社会信用代码", "社会信用代码", "信用代码", "信用码"),
        "valid_from": ("valid_from", "from", "since", "start_date", "入驻日期", "入驻时间", "开始日期"),
        "valid_to": ("valid_to", "until", "end_date", "退场日期", "结束日期"),
    },
    "connectors": {
        "market": _MARKET,
        "code": ("code", "connector", "connector_id", "id", "编号", "连通点", "连通点编号"),
        "kind": ("kind", "type", "类型", "类别"),
        "from_level": ("from_level", "起始楼层", "起点楼层", "从楼层"),
        "to_level": ("to_level", "到达楼层", "终点楼层", "到楼层"),
        "from_building": ("from_building", "building", "起始楼栋", "楼栋"),
        "to_building": ("to_building", "到达楼栋"),
        "walk_m": ("walk_m", "metres", "meters", "步行距离", "步行米数"),
        "assumed": ("assumed", "推定"),
        "locked": ("locked", "上锁", "封闭"),
        "open_hours": ("open_hours", "opening_hours", "开放时间"),
        "lon": _LON,
        "lat": _LAT,
        "from_lon": ("from_lon", "起点经度"),
        "from_lat": ("from_lat", "起点纬度"),
        "to_lon": ("to_lon", "终点经度"),
        "to_lat": ("to_lat", "终点纬度"),
    },
    "links": {
        "market": _MARKET,
        "from": ("from", "from_stall", "起点", "起始铺位"),
        "to": ("to", "to_stall", "终点", "到达铺位"),
        "walk_m": ("walk_m", "metres", "meters", "步行距离", "步行米数"),
        "kind": ("kind", "type", "类型", "类别"),
    },
    "members": {
        "market": _MARKET,
        "member_id": ("member_id", "member", "member_code", "网格员编号", "工号", "编号"),
        "name": ("name", "member_name", "姓名", "网格员", "网格员姓名"),
        "role": ("role", "角色", "职责"),
        "stall_id": (*_STALL, "home_stall", "本人铺位"),
        "capacity": ("capacity", "户数上限", "联系户数"),
        "office_contact": ("office_contact", "office", "办公电话", "办公联系方式"),
    },
}

REQUIRED: Mapping[InputRole, tuple[str, ...]] = {
    "levels": ("level",),
    "stalls": ("stall_id", "level"),
    "merchants": ("stall_id", "name"),
    "connectors": ("from_level", "to_level"),
    "links": ("from", "to", "walk_m"),
    "members": ("member_id", "name"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """`columns`: our word -> heading in the file; `unused`: headings that mean nothing to us."""

    columns: Mapping[str, str]
    unused: tuple[str, ...]


def match_columns(headings: Iterable[str], role: InputRole) -> Match:
    """
    Find out which heading means what.

    Of several headings for one of our words the one that stands first in the list of synonyms wins (our own word is
    always first), then the one that stands first in the file.
    """
    by_key: dict[str, str] = {}
    for heading in headings:
        by_key.setdefault(_key(heading), heading)
    columns: dict[str, str] = {}
    for word, synonyms in SYNONYMS[role].items():
        found = next((by_key[s] for s in synonyms if s in by_key and by_key[s] not in columns.values()), None)
        if found is not None:
            columns[word] = found
    used = set(columns.values())
    return Match(columns, tuple(h for h in by_key.values() if h and h not in used))


def check_required(file: str, match: Match, role: InputRole, *, given: Collection[str] = ()) -> None:
    """
    Refuse a file that lacks a column without which nothing can be read; what is `given` otherwise is not missed.

    Raises
    ------
    InputRefusedError
        Naming the missing columns, what they may be called, and what the file has.
    """
    missing = [word for word in REQUIRED[role] if word not in match.columns and word not in given]
    if not missing:
        return
    has = "、".join([*match.columns.values(), *match.unused][:20]) or "-"
    names = "; ".join(f"{word} ({', '.join(SYNONYMS[role][word][1:6])})" for word in missing)
    words = ", ".join(missing)
    raise InputRefusedError(
        file,
        f"缺少必需的列 {words};文件中的列:{has}",
        f"the column(s) {words} are missing; the file has: {has.replace('、', ', ')}",
        f"请补上列(也可用这些列名:{names})。",
        f"Add the column(s); these headings are understood: {names}.",
    )


def _key(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).strip().strip("\ufeff").casefold()
    return re.sub(r"[\s\-]+", "_", plain)
