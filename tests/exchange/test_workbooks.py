"""Workbooks in: what every kind gives, and what is done about those that were made to hurt."""

import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlwt

from gridmap.errors import InputRefusedError
from gridmap.exchange import workbooks
from gridmap.exchange.findings import Findings
from gridmap.exchange.rows import Row, Table, code, day, text
from gridmap.exchange.sources import read_table
from gridmap.model.intake import AS_IT_SAYS, Reading
from tests.workbooks import ods, ods_of_tables, sheet_xml, xlsx, xlsx_of_parts

LIST = [
    ["豫园小商品市场商户台账"],
    [],
    ["序号", "铺位号", "店名", "入驻日期", "备注"],
    [1, 101, "豫园小商品行", "2026-01-02", ""],
    [2, "A2", "“老”字号𠮷记", "2026年3月4日", "x"],
    ["合计", "", "2户", "", ""],
]


def read(path: Path, reading: Reading = AS_IT_SAYS) -> tuple[Table, list[str]]:
    findings = Findings()
    table = read_table(path, "merchants", findings, reading)
    return table, findings.notes


def xls(path: Path, rows: list[list[object]]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    book.save(str(path))
    return path


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_each_kind_gives_the_same_rows(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"list.{kind}"
    {
        "xlsx": lambda: xlsx(path, {"名单": LIST}),
        "ods": lambda: ods(path, {"名单": LIST}),
        "xls": lambda: xls(path, LIST),
    }[kind]()
    table, notes = read(path)
    assert table.encoding == kind
    assert dict(table.columns) == {"stall_id": "铺位号", "name": "店名", "valid_from": "入驻日期"}
    assert [(row.number, code(row, "stall_id"), text(row, "name")) for row in table.rows] == [
        (4, "101", "豫园小商品行"),
        (5, "A2", "“老”字号𠮷记"),
    ]
    assert [str(day(row, "valid_from")) for row in table.rows] == ["2026-01-02", "2026-03-04"]
    assert any("the heading is row 3" in note and "豫园小商品市场商户台账" in note for note in notes)
    assert any("totals (rows 6)" in note for note in notes)


def test_days_of_a_spreadsheet_are_days(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for j, value in enumerate(["铺位", "店名", "入驻日期"]):
        sheet.write(0, j, value)
    sheet.write(1, 0, "A1")
    sheet.write(1, 1, "甲")
    sheet.write(1, 2, date(2026, 5, 6), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    book.save(str(tmp_path / "d.xls"))
    table, _ = read(tmp_path / "d.xls")
    assert str(day(table.rows[0], "valid_from")) == "2026-05-06"


def test_cells_merged_from_top_to_bottom_count_in_every_row(tmp_path: Path) -> None:
    rows = [["铺位", "店名", "楼层"], ["A1", "甲", "1F"], ["", "乙", ""], ["A3", "丙", ""]]
    table, notes = read(xlsx(tmp_path / "m.xlsx", {"s": rows}, merged=["A2:A3", "C2:C4"]))
    assert [row.cells["stall_id"] for row in table.rows] == ["A1", "A1", "A3"]
    assert [row.cells["level"] for row in table.rows] == [0, 0, 0]
    assert any("3 cells" in note for note in notes)


def test_cells_that_span_rows_of_an_ods_count_in_every_row(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    rows = [
        cell.format("", "铺位") + cell.format("", "店名"),
        cell.format(' table:number-rows-spanned="2"', "A1") + cell.format("", "甲"),
        "<table:covered-table-cell/>" + cell.format("", "乙"),
    ]
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    table, notes = read(ods_of_tables(tmp_path / "m.ods", f'<table:table table:name="s">{lines}</table:table>'))
    assert [row.cells["stall_id"] for row in table.rows] == ["A1", "A1"]
    assert any("1 cells" in note for note in notes)


def test_a_heading_of_two_rows_is_understood_where_its_lower_row_says_more(tmp_path: Path) -> None:
    rows = [["铺位号", "商户信息", ""], ["", "店名", "经营范围"], ["A1", "甲", "茶叶"]]
    table, _ = read(xlsx(tmp_path / "h.xlsx", {"s": rows}, merged=["A1:A2", "B1:C1"]))
    assert [dict(row.cells) for row in table.rows] == [{"stall_id": "A1", "name": "甲", "trade": "茶叶"}]


def test_of_several_sheets_the_one_that_looks_like_the_list_is_taken_and_the_rest_said(tmp_path: Path) -> None:
    sheets = {
        "封面": [["豫园"], ["2026 年"]],
        "一楼": [["铺位", "店名"], ["A1", "甲"]],
        "二楼": [["铺位", "店名"], ["B1", "乙"], ["B2", "丙"]],
        "旧": [["铺位", "店名"], ["C1", "丁"], ["C2", "丁"], ["C3", "丁"]],
    }
    path = xlsx(tmp_path / "s.xlsx", sheets, hidden=["旧"])
    table, notes = read(path)
    assert [row.cells["stall_id"] for row in table.rows] == ["B1", "B2"]
    said = " ".join(notes)
    assert "the sheet '二楼' was read" in said
    assert "一楼(1)" in said
    assert "hidden sheets are not read (旧)" in said
    told, _ = read(path, Reading(sheet="一楼"))
    assert [row.cells["stall_id"] for row in told.rows] == ["A1"]
    with pytest.raises(InputRefusedError, match="三楼"):
        read(path, Reading(sheet="三楼"))


def test_a_text_file_that_is_called_a_workbook_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_bytes("铺位\t店名\nA1\t甲\n".encode("gb18030"))
    table, notes = read(path)
    assert (table.encoding, text(table.rows[0], "name")) == ("gb18030", "甲")
    assert any("not a workbook" in note for note in notes)
    path.write_text("<html><table><tr><td>铺位</td></tr></table></html>", encoding="utf-8")
    with pytest.raises(InputRefusedError, match="HTML"):
        read(path)


# --- Made to hurt -----------------------------------------------------------------------------------------------------

ENTITIES = "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'>{}]>".format(
    "".join(f"<!ENTITY {c} '{f'&{p};' * 10}'>" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
)
FILE_ENTITY = '<!DOCTYPE w [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


def _with_entity(doctype: str) -> str:
    return doctype + sheet_xml([["铺位", "店名"], ["A1", "甲_"]]).replace("_", "&i;")


def _corner(at: str) -> str:
    return sheet_xml([["铺位", "店名"], ["A1", "甲"]]).replace(
        "</sheetData>", f'<row r="{at[3:]}"><c r="{at}"><v>1</v></c></row></sheetData>'
    )


def _bomb(path: Path) -> Path:
    xlsx(path, {"s": [["铺位", "店名"], ["A1", "甲"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/big.xml", "w") as part:
        for _ in range(6):
            part.write(b" " * 100_000_000)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: xlsx_of_parts(p, {"s": _with_entity(ENTITIES)}), "entities"),
        (lambda p: xlsx_of_parts(p, {"s": _with_entity(FILE_ENTITY)}), "entities"),
        (lambda p: xlsx_of_parts(p, {"s": _corner("XFD1048576")}), "more memory than allowed"),
        (lambda p: xlsx_of_parts(p, {"s": _corner("AAA9000")}), "cells, over"),
        (lambda p: xlsx(p, {"s": [["铺位", "店名", *map(str, range(700))], ["A1", "甲"]]}), "columns, more than"),
        (lambda p: xlsx(p, {"s": [["铺位", "店名"], ["A1", "x" * 1_000_000]]}), "more than 100,000 characters"),
        (lambda p: xlsx(p, {f"s{i}": [["铺位"]] for i in range(120)}), "120 sheets"),
        (lambda p: xlsx_of_parts(p, {"s": "<worksheet><sheetData><row"}), "cannot be opened"),
        (lambda p: p.write_bytes(b"PK\x03\x04 no archive"), "cannot be opened"),
        (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000), "cannot be opened"),
        (_bomb, "a zip bomb"),
    ],
    ids=["billion laughs", "file entity", "far corner", "wide", "700 columns", "long cell", "120 sheets", "cut xml",
         "no zip", "no ole", "zip bomb"],
)  # fmt: skip
def test_a_workbook_made_to_hurt_is_refused_in_words(tmp_path: Path, make, words: str) -> None:
    path = tmp_path / "bad.xlsx"
    make(path)
    with pytest.raises(InputRefusedError) as caught:
        read(path)
    assert words in caught.value.text("en")
    assert caught.value.remedy_zh


def test_repeated_cells_of_an_ods_are_bounded(tmp_path: Path) -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000"'
        ' office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    path = ods_of_tables(tmp_path / "r.ods", f'<table:table table:name="s">{row}</table:table>')
    with pytest.raises(InputRefusedError):
        read(path)


def test_an_archive_that_lies_about_its_size_is_not_believed(tmp_path: Path) -> None:
    path = _bomb(tmp_path / "lie.xlsx")
    raw = path.read_bytes()
    honest = (600_000_000).to_bytes(4, "little")
    assert honest in raw
    path.write_bytes(raw.replace(honest, (1000).to_bytes(4, "little")))
    with pytest.raises(InputRefusedError, match="lie"):
        read(path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name in ("big.csv", "big.xlsx", "big.dbf"):
        path = tmp_path / name
        with path.open("wb") as stream:
            stream.truncate(500_000_000)  # a hole: it takes no room, and would take long to read
        with pytest.raises(InputRefusedError, match="MB"):
            read(path)


def test_the_process_of_a_workbook_is_bounded(tmp_path: Path) -> None:
    path = xlsx_of_parts(tmp_path / "far.xlsx", {"s": _corner("XFD1048576")})
    done = subprocess.run(
        [sys.executable, "-m", "gridmap.exchange.workbook_process", str(path)], capture_output=True, check=False
    )
    assert done.returncode != 0
    assert not done.stdout
    assert workbooks.is_workbook(path)


def test_a_row_of_a_workbook_may_hold_any_kind_of_cell(tmp_path: Path) -> None:
    table, _ = read(xlsx(tmp_path / "k.xlsx", {"s": [["铺位", "店名"], [1.5, "甲\n乙"], ["A2", "two\nlines"]]}))
    assert [text(row, "name") for row in table.rows] == ["甲乙", "two lines"]
    assert isinstance(table.rows[0], Row)
    assert text(table.rows[0], "stall_id") == "1.5"
