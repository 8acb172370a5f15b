"""Runs of hot spots that are kept: what went in and what was told, so that it can be shown, and searched once more."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from gridmap.model.hotspots import HotspotRun, Span, Wishes
from gridmap.model.ids import MarketCode
from gridmap.services.hotspot_inputs import canonical, input_of_text, packed, unpacked
from gridmap.services.hotspots import Searched, hotspots, search
from gridmap.services.plans import Author
from gridmap.spatial.hotspots import METHOD_VERSION
from gridmap.store import audit
from gridmap.store import hotspots as kept
from gridmap.store.session import Database

Json = dict[str, Any]


@dataclass(frozen=True)
class KeptRun:
    """A kept run and what was told of it."""

    run: HotspotRun
    answer: Json


@dataclass(frozen=True, slots=True)
class RunCheck:
    """
    Whether a kept run comes out again.

    `input_intact`: its input is that of the digest it was kept under. `same`: searched again by the method that is
    here, it gives the same answer. `differs` names what does not.
    """

    run: HotspotRun
    method_version: str
    input_intact: bool
    same: bool
    differs: tuple[str, ...]


def keep_run(
    database: Database, market: str, *, span: Span, zone: ZoneInfo, wishes: Wishes, author: Author
) -> tuple[KeptRun, bool]:
    """
    Search a market and keep the run; say whether it is new, or was kept before with the same input and wishes.

    Raises
    ------
    NotFoundError
        If there is no such market.
    """
    found = hotspots(database, market, span=span, zone=zone, wishes=wishes)
    one, searched = _run(found.market.code, found.run, author), found.run
    answer = canonical(searched.answer)
    with database.writing() as connection:
        new = kept.insert_run(connection, one, kept.KeptBytes(packed(searched.given.text), packed(answer)))
        if new:
            audit.describe(
                connection, "hotspots.keep", one.code, market=one.market, input_hash=one.input_hash, seed=wishes.seed,
                first=span.first.isoformat(), last=span.last.isoformat(),
            )  # fmt: skip
    return show_run(database, market, one.code), new


def kept_as(database: Database, market: str, searched: Searched) -> HotspotRun | None:
    """Return the kept run that a search gave again, None if it was not kept."""
    with database.reading() as connection:
        return kept.run_if_kept(connection, market, _code(searched))


def list_runs(database: Database, market: str, *, after: str = "", limit: int = 100) -> list[HotspotRun]:
    """Return a market's kept runs, newest first, those past one with a code."""
    with database.reading() as connection:
        return kept.runs(connection, market, before=after, limit=limit)


def show_run(database: Database, market: str, code: str) -> KeptRun:
    """Return a kept run as it was told; NotFoundError if there is none."""
    with database.reading() as connection:
        run = kept.run(connection, market, code)
        return KeptRun(run, json.loads(unpacked(kept.kept_bytes(connection, market, code).answer)))


def check_run(database: Database, market: str, code: str) -> RunCheck:
    """Search a kept run's input once more and compare; NotFoundError if there is no such run."""
    with database.reading() as connection:
        run = kept.run(connection, market, code)
        stored = kept.kept_bytes(connection, market, code)
    text = unpacked(stored.given)
    before: Json = json.loads(unpacked(stored.answer))
    again: Json = json.loads(canonical(search(input_of_text(text), run.wishes).answer))
    differs = tuple(
        key for key in sorted(before.keys() | again.keys()) if key != "version" and before.get(key) != again.get(key)
    )
    intact = hashlib.sha256(text.encode()).hexdigest() == run.input_hash
    return RunCheck(run, METHOD_VERSION, intact, intact and not differs, differs)


def _run(market: MarketCode, searched: Searched, author: Author) -> HotspotRun:
    found, counts = searched.found, searched.counts
    return HotspotRun(
        code=_code(searched),
        market=market,
        span=searched.given.span,
        wishes=searched.wishes,
        method_version=METHOD_VERSION,
        input_hash=searched.given.digest,
        visits=int(counts.visits.sum()),
        events=int(counts.events.sum()),
        hot_stalls=int(found.hot.sum()),
        hot_places=len(found.places),
        created_at=author.now,
        created_by=author.name,
    )


def _code(searched: Searched) -> str:
    """Name a run by everything that its answer depends on: the same run is kept once."""
    wishes = searched.wishes
    parts = (searched.given.digest, METHOD_VERSION, wishes.by, wishes.list_size, repr(wishes.random_share), wishes.seed)
    return hashlib.sha256(repr(tuple(map(str, parts))).encode()).hexdigest()[:16]
