"""Encodings found out: each kind, short texts, broken letters, and what is no text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import InputRefusedError
from gridmap.exchange.encodings import decoded, everyday_share
from gridmap.exchange.findings import Findings
from gridmap.exchange.rows import text
from gridmap.exchange.sources import read_table
from gridmap.model.intake import Reading
from tests.conftest import SHARED_DATA

SIMPLE = "铺位,店名,经营范围\nA1,豫园小商品行,百货\nA2,老字号茶庄,茶叶\n"
TRADITIONAL = "攤位號,商戶名稱,經營範圍\nA1,大稻埕布行,布料\nA2,迪化街南北貨,乾貨\n"


@pytest.mark.parametrize(
    ("words", "encoding", "found"),
    [
        (SIMPLE, "gbk", "gb18030"),
        (SIMPLE, "gb2312", "gb18030"),
        (SIMPLE + "A3,𠮷野家,餐饮\n", "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "cp950", "big5"),
        (TRADITIONAL, "gbk", "gb18030"),
        ("简体国语", "gbk", "gb18030"),
        ("繁體國語", "big5", "big5"),
        (SIMPLE, "utf-8", "utf-8"),
    ],
)
def test_the_encoding_of_chinese_text_is_found_out(words, encoding, found):
    assert decoded(words.encode(encoding)) == (words, found)


def test_a_big5_list_is_read_by_its_traditional_headings(tmp_path):
    path = tmp_path / "taipei.csv"
    path.write_bytes(TRADITIONAL.encode("big5"))
    findings = Findings()
    table = read_table(path, "merchants", findings)
    assert dict(table.columns) == {"stall_id": "攤位號", "name": "商戶名稱", "trade": "經營範圍"}
    assert [text(row, "name") for row in table.rows] == ["大稻埕布行", "迪化街南北貨"]
    assert any("read as Big5" in note for note in findings.notes)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_broken_letter_spoils_its_row_and_no_other(encoding):
    whole = (SIMPLE * 40).encode(encoding)
    at = whole.index("茶庄".encode(encoding))
    broken = whole[:at] + b"\xff" + whole[at:]
    words, found = decoded(broken)
    assert found == {"gbk": "gb18030", "utf-8": "utf-8"}[encoding]
    assert [i for i, line in enumerate(words.splitlines()) if "\ufffd" in line] == [2]
    assert words.replace("\ufffd", "").count("豫园小商品行") == 40


@pytest.mark.parametrize("data", [b"a,\xff\xff\n", "é,è\n".encode("latin-1"), codecs.BOM_UTF16_LE + b"\x00\xd8\x00"])
def test_what_is_no_text_is_nothing(data):
    assert decoded(data) is None


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=40))
def test_utf_8_is_never_taken_for_anything_else(words):
    assert decoded(words.encode()) == (words, "utf-8")


def test_everyday_text_is_told_from_the_same_bytes_in_another_encoding():
    raw = TRADITIONAL.encode("big5")
    assert everyday_share(raw.decode("big5"), "big5") > 0.9
    assert everyday_share(raw.decode("gb18030", "replace"), "gb18030") < 0.7


# --- Real ones --------------------------------------------------------------------------------------------------------

FOLDER = SHARED_DATA / "malformed" / "encodings"
NAME = {"name": "NAME", "stall_id": "NAME"}
TABLES = {
    "gbk.dbf": ("gb18030", NAME, ["简体国语"]),
    "gb2312.dbf": ("gb18030", NAME, ["简体国语"]),
    "big5.dbf": ("big5", NAME, ["繁體國語"]),
    "chinese.dbf": ("gb18030", NAME, ["简体"]),
    "a_utm.dbf": ("utf-8", NAME, ["Staten Island"]),
    "d_geo.dbf": ("utf-8", NAME, ["Staten Island"]),
    "invalid_coordinates.dbf": ("utf-8", {"name": "COMMON_NAM", "stall_id": "STRUCTID"}, ["WHITE SPRUCE"]),
    "duplicate_fields.dbf": ("utf-8", {"name": "geoid", "stall_id": "SP_ID"}, ["15003980600", None, None, None, None]),
    "utf8_bom.csv": ("utf-8-sig", {"name": "polling_place_name", "stall_id": "polling_place_id"}, None),
    "utf16_le_bom.csv": ("utf-16", {"name": "polling_place_name", "stall_id": "polling_place_id"}, None),
    "empty_fields.csv": ("utf-8", {"name": "Precinct", "stall_id": "Voters_FIPS"}, ["BRIDGEPORT", "BRIDGEPORT"]),
}
REFUSED = {"empty.csv": "the file is empty"}


@pytest.fixture
def folder():
    if not FOLDER.is_dir():
        pytest.skip(f"real data is missing: {FOLDER} (set GRIDMAP_SHARED_DATA)")
    return FOLDER


@pytest.mark.data
def test_every_table_of_the_collection_is_in_the_list(folder):
    assert {path.name for path in folder.iterdir() if path.suffix in (".csv", ".dbf")} == {*TABLES, *REFUSED}


@pytest.mark.data
@pytest.mark.parametrize("name", TABLES)
def test_a_real_table_is_read(folder, name):
    encoding, columns, names = TABLES[name]
    findings = Findings()
    table = read_table(folder / name, "merchants", findings, Reading(columns=columns))
    assert table.encoding == encoding
    assert table.columns.items() >= columns.items()
    found = [row.cells["name"] for row in table.rows]
    if names is None:
        assert found
        assert all(found)
    else:
        assert len(found) == len(names)
        assert all(one == other for one, other in zip(found, names, strict=True) if other is not None)
    if name == "duplicate_fields.dbf":
        assert sum("stands there twice" in note for note in findings.notes) == 2


@pytest.mark.data
@pytest.mark.parametrize("name", REFUSED)
def test_a_real_table_is_refused_with_its_reason(folder, name):
    with pytest.raises(InputRefusedError) as caught:
        read_table(folder / name, "merchants", Findings())
    assert REFUSED[name] in caught.value.text("en")
