"""A world for questions of rights: two markets in two divisions, each with a plan in force and a draft."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings
from gridmap.services import drafts, markets, plans
from gridmap.spatial.partition.params import Params
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author

OWN, OTHER = "own-hall", "other-hall"
SECRET = "外人不得而知"


@dataclass
class World:
    """The application over two markets in two divisions, each with a plan in force and a draft."""

    app: FastAPI
    client: TestClient
    database: Database
    plans: dict[str, tuple[str, str]]  # market -> plan in force, draft


@contextmanager
def two_halls(database: Database, database_url: str, folder: Path) -> Generator[World]:
    """Make the world and open a client of it; the names of its merchants are a secret."""
    made = {code: _market(database, code) for code in (OWN, OTHER)}
    with database.writing() as connection:
        insert = sa.insert(t.division)
        connection.execute(insert.values(id=1, code="3101", name="甲市", kind="city"))
        connection.execute(insert.values(id=2, code="310101", name="甲区", kind="district", parent_id=1))
        connection.execute(insert.values(id=3, code="3301", name="乙市", kind="city"))
        for code, division in ((OWN, 2), (OTHER, 3)):
            connection.execute(sa.update(t.market).where(t.market.c.code == code).values(division_id=division))
        connection.execute(sa.update(t.merchant).values(name=sa.literal(SECRET) + t.merchant.c.code))
    app = create_app(Settings(database_url=database_url, web_dir=folder))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield World(app, client, database, made)


def _market(database: Database, code: str) -> tuple[str, str]:
    markets.add_market(database, worlds.two_floors_one_stair(code, stalls_a_floor=8))
    who = author()
    ask = {"params": Params(target=8), "author": who, "day": who.now.date()}
    first = drafts.draft_plan(database, code, **ask)
    plans.publish_plan(database, first.code, who.now.date(), today=who.now.date())
    return first.code, drafts.draft_plan(database, code, **ask).code
