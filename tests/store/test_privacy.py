"""What the schema may hold about people, read from the schema."""

import re

import pytest
import sqlalchemy as sa

from gridmap.store import tables as t
from tests.conftest import ROOT

COLUMNS = [column for table in t.metadata.sorted_tables for column in table.columns]
FORBIDDEN = re.compile(
    r"politic|party_member|ethnic|nationality|religion|belief|faith|resident|household|id_card|passport|birth|gender|"
    r"(^|_)(sex|age|race|phone|mobile|wechat|email|home_address)(_|$)|"
    r"track|trajectory|gps|gnss|heading|speed|last_seen|whereabouts|政治|民族|宗教|信仰|轨迹"
)
PERSONAL = re.compile(r"(^|_)(uscc|contact|password_hash|actor)$")
PURPOSES = {"duty", "register", "work", "account", "audit"}


def people() -> set[str]:
    """Tables of people, and those with a row about one of them."""
    named = {"member", "merchant", "account"}
    return named | {
        column.table.name for column in COLUMNS for key in column.foreign_keys if key.column.table.name in named
    }


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_nothing_forbidden_has_a_column(column: sa.Column[object]) -> None:
    assert not FORBIDDEN.search(column.name)
    assert not FORBIDDEN.search(column.table.name)


def test_nobodys_place_is_stored() -> None:
    """No table about people has a geometry, coordinates, or stands as a place table of one that has."""
    coordinates = {
        str(column)
        for column in COLUMNS
        if column.table.name in people()
        and ("geometry" in str(column.type).lower() or re.search(r"(^|_)(lon|lat|x|y|position)(_|$)", column.name))
    }
    assert coordinates == set()


def test_personal_columns_are_marked_and_explained() -> None:
    told = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    marked = {str(column): column.info["personal"] for column in COLUMNS if "personal" in column.info}
    assert set(marked.values()) <= PURPOSES
    assert {name for name in marked if f"| `{name}` |" not in told} == set()
    listed = set(re.findall(r"^\| `(\w+\.\w+)` \|", told, re.MULTILINE))
    assert listed == set(marked)


def test_columns_that_name_a_person_are_marked() -> None:
    names = {str(c) for c in COLUMNS if c.table.name in {"member", "merchant", "account"} and c.name == "name"}
    names |= {str(c) for c in COLUMNS if PERSONAL.search(c.name)}
    assert len(names) >= 6
    assert {str(c) for c in COLUMNS if str(c) in names and "personal" not in c.info} == set()
