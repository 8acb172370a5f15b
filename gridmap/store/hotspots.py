"""Runs of hot spots that were kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.hotspots import HotspotRun, Period, Span, Wishes
from gridmap.model.ids import MarketCode
from gridmap.model.rights import Action
from gridmap.store import changes, dialect
from gridmap.store import tables as t
from gridmap.store.markets import market_id

_SHORT = [column for column in t.hotspot_run.c if column.name not in ("input", "answer")]


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """What went into a run and what came out, as it is kept."""

    given: bytes
    answer: bytes


def insert_run(connection: Connection, run: HotspotRun, kept: KeptBytes) -> bool:
    """Keep a run unless it is kept already, by code; say whether it is new."""
    key = market_id(connection, run.market)
    row = {
        "code": run.code, "market_id": key, "first_day": run.span.first, "last_day": run.span.last,
        "by": run.wishes.by, "list_size": run.wishes.list_size, "random_share": run.wishes.random_share,
        "seed": run.wishes.seed, "method_version": run.method_version, "input_hash": run.input_hash,
        "visits": run.visits, "events": run.events, "hot_stalls": run.hot_stalls, "hot_places": run.hot_places,
        "created_at": run.created_at, "created_by": run.created_by, "input": kept.given, "answer": kept.answer,
    }  # fmt: skip
    new = bool(dialect.insert_new(connection, t.hotspot_run, "code", [row]))
    if new:
        changes.note(connection, "hotspot_run", run.code, "added", market_key=key, needs=Action.VIEW_REGISTER)
    return new


def runs(connection: Connection, market: str, *, before: str = "", limit: int) -> list[HotspotRun]:
    """Return kept runs of a market, newest first, from the one with a code on."""
    found = t.hotspot_run.c
    query = _runs().where(found.market_id == market_id(connection, market))
    if before:
        known = sa.select(found.id).where(found.code == before, found.market_id == market_id(connection, market))
        query = query.where(found.id < known.scalar_subquery())
    return [_run(row) for row in connection.execute(query.order_by(found.id.desc()).limit(limit))]


def run_if_kept(connection: Connection, market: str, code: str) -> HotspotRun | None:
    """Return a run of a market, None if it is not kept."""
    found: Sequence[Any] = connection.execute(
        _runs().where(t.hotspot_run.c.market_id == market_id(connection, market), t.hotspot_run.c.code == code)
    ).all()
    return _run(found[0]) if found else None


def run(connection: Connection, market: str, code: str) -> HotspotRun:
    """Return a kept run of a market; NotFoundError if there is none."""
    found = run_if_kept(connection, market, code)
    if found is None:
        raise NotFoundError("hotspot run", code)
    return found


def kept_bytes(connection: Connection, market: str, code: str) -> KeptBytes:
    """Return what went into a kept run and what came out; NotFoundError if there is none."""
    row = connection.execute(
        sa.select(t.hotspot_run.c.input, t.hotspot_run.c.answer).where(
            t.hotspot_run.c.market_id == market_id(connection, market), t.hotspot_run.c.code == code
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("hotspot run", code)
    return KeptBytes(bytes(row.input), bytes(row.answer))


def _runs() -> sa.Select[Any]:
    return sa.select(*_SHORT, t.market.c.code.label("market")).join_from(t.hotspot_run, t.market)


def _run(row: Any) -> HotspotRun:
    return HotspotRun(
        code=row.code,
        market=MarketCode(row.market),
        span=Span(row.first_day, row.last_day),
        wishes=Wishes(Period(row.by), row.list_size, row.random_share, row.seed),
        method_version=row.method_version,
        input_hash=row.input_hash,
        visits=row.visits,
        events=row.events,
        hot_stalls=row.hot_stalls,
        hot_places=row.hot_places,
        created_at=row.created_at,
        created_by=row.created_by,
    )
