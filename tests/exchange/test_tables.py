from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import FaultyRowError, Findings
from gridmap.exchange.rows import Row, code, day, number, text, whole
from gridmap.exchange.tables import read_grid
from gridmap.model.intake import Reading

MERCHANTS = "铺位号,店名,经营范围\nA1,豫园小商品行,百货\nA2,“老”字号𠮷记,茶叶\n"


@pytest.fixture
def read(tmp_path):
    def _read(data, role="merchants"):
        path = tmp_path / "in.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        findings = Findings()
        return read_grid(path, role, findings, Reading()), findings

    return _read


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize(("delimiter", "name"), [(",", None), ("\t", "tab"), (";", ";"), ("\uff0c", "\uff0c")])
def test_encoding_and_delimiter_are_found_out(read, encoding, found, delimiter, name):
    table, findings = read(MERCHANTS.replace(",", delimiter).encode(encoding))
    assert table.encoding == found
    assert dict(table.columns) == {"stall_id": "铺位号", "name": "店名", "trade": "经营范围"}
    assert [text(row, "name") for row in table.rows] == ["豫园小商品行", "“老”字号𠮷记"]
    assert [row.number for row in table.rows] == [2, 3]
    assert any(f"the delimiter is {name}" in note for note in findings.notes) == (name is not None)


def test_rows_count_as_a_spreadsheet_shows_them(read):
    table, _ = read('\n\nstall_id,name\r\n\r\nA1,"two\nlines"\n,\nA2,x\n')
    assert [(row.number, row.cells["stall_id"]) for row in table.rows] == [(5, "A1"), (7, "A2")]


def test_a_ragged_row_is_faulty_when_it_has_more_cells_than_the_heading(read):
    table, _ = read("stall_id,name,trade\nA1,x\nA2,tea, coffee,and more\nA3,y,z,,\n")
    assert [row.fault is None for row in table.rows] == [True, False, True]
    assert text(table.rows[0], "trade") == ""
    assert "more cells" in table.rows[1].fault.reason_en


def test_our_own_word_wins_over_a_synonym_and_others_are_named(read):
    table, _ = read("店名,name,摊位号,备注\nx,y,A1,-\n")
    assert dict(table.columns) == {"stall_id": "摊位号", "name": "name"}
    assert table.unused == ("店名", "备注")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"stall_id,name\n", "no row below the heading"),
        (b"stall_id,owner\nA1,x\n", "name are missing"),
        (b"PK\x03\x04zip", "ZIP or Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"stall_id,name\nA1,\xff\xff\xff\n", "encoding"),
        (b"stall_id,name\nA1,\x01\x02\n", "encoding"),
        (b'stall_id,name\nA1,"' + b"x" * 140_000 + b'"\n', "cannot be read as a table"),
    ],
)
def test_what_is_no_table_is_refused(read, data, words):
    with pytest.raises(InputRefusedError) as caught:
        read(data)
    assert words in caught.value.text("en")


def test_stalls_from_a_table_need_coordinates(read):
    with pytest.raises(InputRefusedError) as caught:
        read("stall_id,level\nA1,0\n", "stalls")
    assert "lon and lat" in caught.value.reason_en


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        ("120.1", "30.1", None),
        ("30.1", "120.1", "swapped"),
        ("nan", "30", "finite"),
        ("inf", "30", "finite"),
        ("200", "30", "longitude beyond"),
        ("120.1", "", "missing"),
        ("x", "30", "finite"),
    ],
)
def test_coordinates_are_doubted(read, lon, lat, words):
    table, _ = read(f"铺位号,楼层,经度,纬度\nA1,0,{lon},{lat}\n", "stalls")
    (row,) = table.rows
    if words is None:
        assert (row.place.x, row.place.y) == (120.1, 30.1)
    else:
        assert words in row.fault.reason_en


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("0", 0), ("-1", -1), (" 2 ", 2), ("２", 2), ("3.0", 3), (1, 1), (1.0, 1), ("", None), (None, None)],
)
def test_levels_are_whole_numbers(written, read_as):
    assert whole(Row(1, {"level": written}), "level") == read_as


@pytest.mark.parametrize(
    "written",
    ["1.5", 1.5, "nan", float("nan"), "inf", True, "B1", "1e9", pytest.param(10**400, id="huge"), [1], {"a": 1}],
)
def test_what_is_no_level_is_a_fault(written):
    with pytest.raises(FaultyRowError) as caught:
        whole(Row(1, {"level": written}), "level")
    assert "1F = 0" in caught.value.fault.remedy_en


@pytest.mark.parametrize(
    "written", ["2026-11-21", "2026/11/21", "2026年11月21日", "20261121", 20261121, "2026-11-21T00:00:00"]
)
def test_days(written):
    assert day(Row(1, {"d": written}), "d") == date(2026, 11, 21)


@pytest.mark.parametrize("written", ["2026-02-30", "yesterday", "21/11/2026", 3.5, True])
def test_what_is_no_day_is_a_fault(written):
    with pytest.raises(FaultyRowError):
        day(Row(1, {"d": written}), "d")


@pytest.mark.parametrize(
    ("written", "read_as"), [(" A1\u3000", "A1"), (101, "101"), (101.0, "101"), ("\ufeffA", "A"), (None, "")]
)
def test_texts_are_trimmed(written, read_as):
    assert text(Row(1, {"t": written}), "t") == read_as


@pytest.mark.parametrize(
    "written", ["a\x00b", "\ud800", "x" * 300, True, ["A"], {}, float("inf"), pytest.param(10**5000, id="huge")]
)
def test_texts_that_no_database_takes_are_faults(written):
    with pytest.raises(FaultyRowError):
        text(Row(1, {"t": written}), "t")


def test_a_code_is_needed():
    with pytest.raises(FaultyRowError):
        code(Row(1, {"stall_id": "  "}), "stall_id")


cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=2)
)


@settings(max_examples=150, deadline=None)
@given(cells)
def test_a_cell_is_read_or_faulty_and_never_worse(value):
    for reader in (text, code, whole, number, day):
        try:
            reader(Row(1, {"c": value}), "c")
        except FaultyRowError:
            continue


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(alphabet='stall_id,name\n"A1;\t\r 名', max_size=60).map(str.encode)))
def test_any_bytes_are_refused_or_read(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(b"stall_id,name\n" + data)
    try:
        table = read_grid(path, "merchants", Findings(), Reading())
    except InputRefusedError:
        return
    assert table.rows
