"""Layers of one market that must agree: what lies apart as datums do is refused until somebody says what is what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError
from gridmap.exchange.scope import Scope
from gridmap.model.intake import InputRole
from gridmap.model.places import Level
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum
from gridmap.spatial.mixups import Cause, Mixup, find_mixup

_ZH: dict[InputRole, str] = {"levels": "楼层", "stalls": "铺位", "connectors": "连通点"}
_ACCEPT = ("若位置确实如此,加 --accept-datum。", "If they really lie so, add --accept-datum.")


@dataclass(frozen=True, slots=True)
class Layer:
    """Places of one role (WGS84, as far as anybody said), where they come from, and what that was said to be in."""

    role: InputRole
    file: str
    places_lonlat: Sequence[BaseGeometry]
    datum: Datum


def outlines_of(levels: Collection[Level], file: str, datum: Datum) -> Layer:
    """Make the layer of some levels."""
    return Layer("levels", file, [level.outline_lonlat for level in levels], datum)


def check_agreement(layer: Layer, home: Layer, scope: Scope) -> None:
    """
    Refuse a layer that does not lie where the market's outlines are, if a mix-up of datums is likely.

    Parameters
    ----------
    home
        Outlines in which nearly all of the layer should lie; `file` '' if they are in the register already.

    Raises
    ------
    InputRefusedError
        Naming both, how far they lie apart, and what would bring them together; not if the caller accepted that.
    """
    if scope.datum_accepted or not layer.places_lonlat or not home.places_lonlat:
        return
    mixup = find_mixup(places_of(list(layer.places_lonlat)), shapely.union_all(places_of(list(home.places_lonlat))))
    off_floor = layer.role == "connectors"  # which each row is told of itself
    if mixup is not None and not (off_floor and mixup.cause is Cause.UNKNOWN):
        raise _refusal(layer, home, mixup)


def check_levels(levels: Collection[Level], file: str, scope: Scope) -> None:
    """
    Refuse levels of one building that lie apart from the others as datums do.

    Levels that lie apart in any other way may be two wings: nothing is said of them.

    Raises
    ------
    InputRefusedError
        Naming the level.
    """
    if scope.datum_accepted:
        return
    for level in levels:
        others = [other for other in levels if other.key.building == level.key.building and other is not level]
        if not others:
            continue
        home = shapely.union_all(places_of([other.outline_lonlat for other in others]))
        mixup = find_mixup(places_of([level.outline_lonlat]), home)
        if mixup is not None and mixup.cause is not Cause.UNKNOWN:
            raise InputRefusedError(
                file,
                f"楼层 {level.label} 与同楼其他楼层{_apart_zh(mixup)}",
                f"level {level.label} and the other levels of its building {_apart_en(mixup)}",
                f"请把各层换算到同一坐标基准后重新导出。{_ACCEPT[0]}",
                f"Bring the levels to one datum and export them again. {_ACCEPT[1]}",
            )


def _refusal(layer: Layer, home: Layer, mixup: Mixup) -> InputRefusedError:
    tags = _tags(layer, home, mixup)
    zh = f"请用 {tags} 指明坐标基准。" if tags else "请核对坐标基准与控制点。"
    en = f"Name the datum: {tags}." if tags else "Check datums and control points."
    where_zh = "市场现有楼层" if not home.file else f"楼层({home.file})"
    where_en = "the market's present levels" if not home.file else f"the levels of {home.file}"
    return InputRefusedError(
        layer.file,
        f"{_ZH.get(layer.role, layer.role)}与{where_zh}{_apart_zh(mixup)}",
        f"the {layer.role} and {where_en} {_apart_en(mixup)}",
        f"{zh}{_ACCEPT[0]}",
        f"{en} {_ACCEPT[1]}",
    )


def _apart_zh(mixup: Mixup) -> str:
    shares = f"(现有 {mixup.home_now:.0%} 重合,换算后 {mixup.home_then:.0%})"
    if mixup.cause is Cause.SWAPPED:
        return f"不重合:经度与纬度颠倒{shares}"
    if mixup.cause is Cause.UNKNOWN:
        return f"相距 {mixup.apart_m:,.0f} 米,不是任何已知坐标基准之差"
    return f"相距 {mixup.apart_m:,.0f} 米,正是 {mixup.looks_like} 与 {mixup.taken_for} 之差{shares}"


def _apart_en(mixup: Mixup) -> str:
    shares = f"({mixup.home_now:.0%} of it lies there now, {mixup.home_then:.0%} would)"
    if mixup.cause is Cause.SWAPPED:
        return f"do not meet: longitude and latitude are swapped {shares}"
    if mixup.cause is Cause.UNKNOWN:
        return f"lie {mixup.apart_m:,.0f} m apart, which no known datum explains"
    return f"lie {mixup.apart_m:,.0f} m apart, as {mixup.looks_like} and {mixup.taken_for} do {shares}"


def _tags(layer: Layer, home: Layer, mixup: Mixup) -> str:
    """Say which `--datum` would make the two agree, '' if that is not a matter of datums."""
    if mixup.cause is not Cause.DATUM:
        return ""
    if layer.datum in (Datum.WGS84, Datum.CGCS2000):
        layer_is, home_is = mixup.looks_like, mixup.taken_for
    elif mixup.looks_like is Datum.WGS84 and mixup.taken_for is layer.datum:
        layer_is, home_is = Datum.WGS84, Datum.WGS84
    else:
        return ""
    tags = [f"--datum {layer.role}={layer_is}"]
    if home.file and home_is is not home.datum:
        tags.append(f"--datum {home.role}={home_is}")
    return " ".join(tags)
