"""An import whose process is killed on the way leaves all as it was, and goes in whole when it is asked for again."""

import multiprocessing
import os
import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.services import markets
from gridmap.services.register import Intake, import_market
from gridmap.store import tables as t
from gridmap.store.session import open_database
from tests import worlds

MARKET, FIRST_DAY, NEXT_MONTH = MarketCode("two-floors"), date(2026, 11, 1), date(2026, 12, 1)
WRITES = ("INSERT", "UPDATE", "DELETE")
MOMENTS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377)
START = multiprocessing.get_context("forkserver")
START.set_forkserver_preload([__name__])

STALLS = "stall_id,level,lon,lat\n" + "".join(f"s{i},1,{121.49 + i * 1e-4:.4f},31.22\n" for i in range(8))
NEW_LIST = "stall_id,name,merchant_id,trade\n" + "".join(f"s{i},商户{i},M{i},布匹\n" for i in range(8))
FIRST_LIST = (
    "stall_id,name,merchant_id,trade\n1F-001,永康布行,M1,布匹\n1F-002,老王五金,M2,五金\n2F-001,东方茶庄,M3,茶叶\n"
)
LATER_LIST = (
    "stall_id,name,merchant_id,trade\n1F-001,永康布业,M1,布匹\n1F-003,老王五金,M2,灯具\n2F-002,新来水果,M4,\n"
    "9F-009,无此铺位,M5,\n"  # stays out, and is kept as a row in quarantine
)


def bring(url: str, files: dict[str, Path], day: date, killed_at: int | str | None = None) -> None:
    """Import; the process kills itself after so many written statements, or when all is written but not committed."""
    database = open_database(url)
    done = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def count(_connection, _cursor, statement, *_rest) -> None:
        nonlocal done
        done += statement.lstrip().startswith(WRITES)
        if done == killed_at:
            die()

    event.listen(database.engine, "after_cursor_execute", count)
    if killed_at == "commit":
        event.listen(database.engine, "commit", lambda _connection: die() if done else None)
    import_market(database, Intake(IntakeFiles(**files), whole=True, first_day=day), MARKET, today=day)
    database.close()


def ended(url: str, files: dict[str, Path], day: date, killed_at: int | str | None = None) -> int:
    """Import in a process of its own; return how it ended."""
    process = START.Process(target=bring, args=(url, files, day, killed_at))
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return process.exitcode


def everything(url: str) -> dict[str, list[str]]:
    """Return every row of every table as it lies in the database."""
    database = open_database(url)
    with database.reading() as connection:
        found = {
            name: sorted(map(repr, connection.execute(sa.text(f'SELECT * FROM "{name}"'))))
            for name in t.metadata.tables
        }
    database.close()
    return found


def written(folder: Path, **lists: str) -> dict[str, Path]:
    paths = {role: folder / f"{role}.csv" for role in lists}
    for role, text in lists.items():
        paths[role].write_text(text, encoding="utf-8")
    return paths


def with_a_first_list(url: str, folder: Path) -> None:
    database = open_database(url)
    draft = worlds.two_floors_one_stair(MARKET, stalls_a_floor=4)
    markets.add_market(database, replace(draft, merchants=(), occupancies=()))
    database.close()
    bring(url, written(folder, merchants=FIRST_LIST), FIRST_DAY)


@pytest.mark.parametrize("first", [True, False], ids=["a first import", "a later list"])
def test_an_import_that_is_killed_leaves_all_as_before_and_goes_in_afterwards(database_url, tmp_path, first):
    if first:
        files, day = written(tmp_path, stalls=STALLS, merchants=NEW_LIST), FIRST_DAY
    else:
        with_a_first_list(database_url, tmp_path)
        files, day = written(tmp_path, merchants=LATER_LIST), NEXT_MONTH
    before = everything(database_url)
    assert ended(database_url, files, day, "commit") == -signal.SIGKILL
    assert everything(database_url) == before
    killed = 0
    for moment in MOMENTS:
        code = ended(database_url, files, day, moment)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert everything(database_url) == before, f"killed after {moment} statements"
        killed += 1
    assert code == 0
    assert killed >= 5
    after = everything(database_url)
    changed = {name for name in after if after[name] != before[name]}
    assert {"merchant", "occupancy", "market", "register_import", "register_import_file", "audit"} <= changed
    assert len(after["occupancy"]) == (8 if first else 5)
