"""A wrong figure makes the check fail: in the file before loading, in the database after it, in the account itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gridmap.errors import InputRefusedError, NotFoundError
from gridmap.exchange.place_files import PLACES, PLACES_DIR, read_place
from gridmap.model.facts import FigureKind
from gridmap.services import place_checks, places
from gridmap.services.place_checks import RowState
from gridmap.services.plans import Author
from gridmap.services.published import jiashan
from gridmap.store import tables as t
from gridmap.store.session import Database

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
AUTHOR = Author("test", NOW)


def file_with(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    """Copy a place's file, changed."""
    text = (PLACES_DIR / f"{name}.toml").read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text, "the change changes nothing"
    (folder / f"{name}.toml").write_text(changed, encoding="utf-8")
    return folder


def failing(database: Database, name: str, folder: Path = PLACES_DIR) -> set[str]:
    found = place_checks.check_place(database, name, NOW.date(), folder)
    assert found.ok == (not found.count(RowState.FAILED))
    return {row.row for row in found.rows if row.state is RowState.FAILED}


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ('key = "merchants", value = 210', 'key = "merchants", value = 211', {"J01", "J02", "J03", "J12"}),
        ('key = "members", value = 10', 'key = "members", value = 11', {"J01"}),
        ('key = "organisations_joint", value = 3', 'key = "organisations_joint", value = 4', {"J06"}),
        ('key = "points_street", value = 4', 'key = "points_street", value = 5', {"J05", "J11"}),
        ('kind = "bound", bound = "at-least", rows = ["J01"', 'kind = "stated", rows = ["J01"', {"J01", "J02"}),
        ("on = 2017-11-01", "on = 2017-10-01", {"J02"}),
        ('line_parent = "jiashan-agency", ', "", {"J03", "J13"}),
        ("offices = 2", "offices = 0", {"J12"}),
        ('key = "organisations", value = 42', 'key = "organisations", value = 43', {"J06"}),
    ],
)
def test_wrong_figure_planted_in_the_file_fails(
    database: Database, tmp_path: Path, old: str, new: str, rows: set[str]
) -> None:
    folder = file_with(tmp_path, "jiashan", lambda text: text.replace(old, new))
    places.load_place(database, "jiashan", author=AUTHOR, folder=folder, drafts=places.Drafts.NONE)
    assert failing(database, "jiashan", folder) == rows


def test_a_row_lost_from_the_database_fails(database: Database) -> None:
    places.load_place(database, "jiashan", author=AUTHOR, drafts=places.Drafts.NONE)
    assert failing(database, "jiashan") == set()
    with database.writing() as connection:
        one = connection.scalar(sa.select(sa.func.min(t.occupancy.c.id)))
        connection.execute(sa.delete(t.occupancy).where(t.occupancy.c.id == one))
    assert failing(database, "jiashan") == {"J01", "J02", "J03", "J12"}


def test_unknown_and_unloaded_places_are_named(database: Database) -> None:
    for name in ("atlantis", "yuyuan"):
        with pytest.raises(NotFoundError, match=name):
            place_checks.check_place(database, name, NOW.date())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("code = ", "code == ", "TOML"),
        ('merchant_word = "户"', 'merchant_wrod = "户"', "merchant_w"),
        ("seed = 210", 'seed = "many"', "generator.seed"),
        ('kind = "bound", bound = "at-least"', 'kind = "bound"', "bound"),
        ('key = "zones", unit', 'key = "zones", value = 10, unit', "not-stated"),
        ('rows = ["J07"] },\n  { key = "standardised', 'rows = ["J99"] },\n  { key = "standardised', "J99"),
        ('key = "members", value = 10', 'key = "persons", value = 10', "members"),
        ('key = "members", value = 10', 'key = "members", value = 10.5', "members"),
        ('key = "streets"', 'key = "members"', "twice"),
    ],
)
def test_faulty_file_is_refused_and_says_where(tmp_path: Path, old: str, new: str, words: str) -> None:
    folder = file_with(tmp_path, "jiashan", lambda text: text.replace(old, new, 1))
    with pytest.raises(InputRefusedError, match=words):
        read_place("jiashan", folder)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="yuyuan"):
        read_place("yuyuan", tmp_path)


def test_every_figure_has_its_kind_and_every_row_its_title() -> None:
    for name in PLACES:
        programme = read_place(name)
        assert {f.kind for f in programme.figures} <= set(FigureKind)
        assert all(f.words.endswith(")") or f.kind is FigureKind.NOT_STATED for f in programme.figures)
        assert all(programme.rows.values())
    assert sum(len(read_place(name).rows) for name in PLACES) == 135
    assert jiashan.ROWS.keys() <= read_place("jiashan").rows.keys()


def test_bounds_are_never_shown_as_bare_numbers() -> None:
    merchants = read_place("jiashan").figure("merchants")
    assert merchants.words == "不低于210 户(原文数据(界限))"
    with pytest.raises(ValueError, match="bound"):
        replace(merchants, bound=None)
