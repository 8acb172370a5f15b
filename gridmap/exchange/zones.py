"""Zones in, as an export writes them: the plan in force, its zones with their shapes, who answers for them."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from shapely import MultiPolygon, Polygon

from gridmap.exchange.findings import FaultyRowError, faulty
from gridmap.exchange.members import role_of
from gridmap.exchange.names import sound_text
from gridmap.exchange.rows import Row, Table, cell, code, day, number, text, whole
from gridmap.exchange.scope import Scope, placed_rows_of_market, rows_of_market
from gridmap.model.duty import Assignment, MetricValue, Plan, Zone, ZoneShape
from gridmap.model.ids import BuildingCode, MemberCode, PlanCode, StallCode, ZoneCode
from gridmap.model.kinds import PlanState
from gridmap.model.places import LevelKey

_YES = ("true", "1", "1.0", "是", "yes")
_LONGEST = 20_000


def read_plan(table: Table, scope: Scope) -> Plan | None:
    """Read the plan in force, the first sound row; what else stands there goes to the findings."""
    found: Plan | None = None
    for row in rows_of_market(table, scope):
        try:
            if found is not None:
                words = ("只有一个现行方案", "there is one plan in force", "请删去", "Delete it")
                raise faulty("plan", text(row, "plan"), *words)
            found = _plan(row, scope)
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    return found


def read_zones(
    table: Table, scope: Scope, *, levels: Collection[LevelKey], homes: Mapping[StallCode, str]
) -> tuple[tuple[Zone, ...], int]:
    """
    Turn rows, one for each zone and level, into zones by code; return them and how many rows they are made of.

    Parameters
    ----------
    levels
        The levels there are.
    homes
        The zone of each stall, by code.
    """
    shapes: dict[str, dict[LevelKey, ZoneShape]] = {}
    first: dict[str, Row] = {}
    for row in placed_rows_of_market(table, scope):
        try:
            zone, shape = _shape(row, levels)
            if shape.level in shapes.get(zone, {}):
                raise faulty(
                    "zone", zone, "本层重复", "stands there twice on this level", "请删去一行", "Delete one of the two"
                )
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
            continue
        shapes.setdefault(zone, {})[shape.level] = shape
        first.setdefault(zone, row)
    stalls: dict[str, list[StallCode]] = {zone: [] for zone in shapes}
    for stall, zone in homes.items():
        stalls.get(zone, []).append(stall)
    zones = tuple(
        Zone(
            ZoneCode(zone), text(first[zone], "zone_name", limit=100) or zone, whole(first[zone], "colour") or 0,
            tuple(sorted(stalls[zone])), tuple(parts[key] for key in sorted(parts)), _is_yes(first[zone], "locked"),
        )
        for zone, parts in sorted(shapes.items())
    )  # fmt: skip
    return zones, sum(map(len, shapes.values()))


def read_assignments(
    table: Table, scope: Scope, *, zones: Iterable[Zone], members: Collection[MemberCode]
) -> tuple[Assignment, ...]:
    """Turn rows into who answers for which zone; zone and member must be there."""
    known = {zone.code for zone in zones}
    found: list[Assignment] = []
    for row in rows_of_market(table, scope):
        try:
            zone, member = ZoneCode(code(row, "zone")), MemberCode(code(row, "member_id"))
            if zone not in known:
                raise faulty("zone", zone, "没有这个责任区", "there is no such zone", "请改正", "Correct it")
            if member not in members:
                raise faulty(
                    "member_id", member, "没有这名网格员", "there is no such member", "请在责任人台账中补上",
                    "Add a row for the member",
                )  # fmt: skip
            found.append(Assignment(zone, member, role_of(row), day(row, "valid_from"), day(row, "valid_to")))
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    return tuple(found)


def _plan(row: Row, scope: Scope) -> Plan:
    first, end = day(row, "valid_from"), day(row, "valid_to")
    if first is None:
        raise faulty("valid_from", "", "未写生效日期", "its first day is missing", "请填写", "Fill it in")
    return Plan(
        code=PlanCode(""), market=scope.market, state=PlanState.PUBLISHED if end is None else PlanState.ENDED,
        seed=_seed(row), parameters=_object(row, "parameters"),
        input_hash=text(row, "input_hash", limit=64), engine=text(row, "engine", limit=50) or "import",
        created_at=_moment(row), created_by=sound_text(row, "created_by", limit=100), valid_from=first, valid_to=end,
        metrics=_metrics(row), name=sound_text(row, "plan_name", limit=64) or None,
    )  # fmt: skip


def _shape(row: Row, levels: Collection[LevelKey]) -> tuple[str, ZoneShape]:
    zone, ordinal = code(row, "zone"), whole(row, "level")
    inside = text(row, "building", limit=64)
    named = [key for key in levels if key.ordinal == ordinal and inside in ("", key.building)]
    if ordinal is None or len(named) != 1:
        raise faulty("level", cell(row, "level"), "没有这个楼层", "there is no such level", "请改正", "Correct it")
    if not isinstance(row.place, Polygon | MultiPolygon):
        kind = row.place.geom_type if row.place is not None else "null"
        raise faulty("geometry", kind, "责任区应为多边形", "a zone is a polygon", "请改正", "Correct it")
    _ = text(row, "zone_name", limit=100), whole(row, "colour")  # a fault in them is a fault of the row
    counts = [int(number(row, name) or 0) for name in ("stalls", "merchants")]
    return zone, ZoneShape(LevelKey(BuildingCode(named[0].building), ordinal), row.place, *counts)


def _is_yes(row: Row, name: str) -> bool:
    return str(cell(row, name)).strip().casefold() in _YES


def _seed(row: Row) -> int:
    written = text(row, "seed") or "0"
    if re.fullmatch(r"\d{1,19}", written) is None or int(written) >= 1 << 63:
        raise faulty("seed", written, "不是整数", "is not a whole number", "请改正", "Correct it")
    return int(written)


def _moment(row: Row) -> datetime:
    written = text(row, "created_at")
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise faulty(
            "created_at", written, "不是时刻", "is no moment", "写成 2026-11-21T09:00:00+08:00",
            "Write it as 2026-11-21T09:00:00+08:00",
        ) from None  # fmt: skip
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _object(row: Row, name: str) -> dict[str, float | int | str | None]:
    value = _json(row, name) or {}
    if not isinstance(value, dict) or any(not isinstance(v, str | int | float | None) for v in value.values()):
        raise _no_json(row, name)
    return cast("dict[str, float | int | str | None]", value)


def _metrics(row: Row) -> tuple[MetricValue, ...]:
    try:
        return tuple(MetricValue(**metric) for metric in _json(row, "metrics") or ())
    except TypeError:
        raise _no_json(row, "metrics") from None


def _json(row: Row, name: str) -> Any:
    written = text(row, name, limit=_LONGEST)
    try:
        return json.loads(written) if written else None
    except ValueError:
        raise _no_json(row, name) from None


def _no_json(row: Row, name: str) -> FaultyRowError:
    words = ("看不懂", "cannot be read", "请保留导出时的原样", "Keep it as it was written")
    return faulty(name, text(row, name, limit=_LONGEST), *words)
