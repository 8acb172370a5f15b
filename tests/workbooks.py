"""Workbooks made by hand, part by part: sound ones, and ones that no program would write."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_REL = '<Relationship Id="{id}" Type="' + _OFFICE + '/{kind}" Target="{target}"/>'
_ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
_STATES = ("visible", "hidden")
Rows = Sequence[Sequence[object]]


def column(index: int) -> str:
    """Name a column from 0: A, B, ... AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def xlsx(path: Path, sheets: Mapping[str, Rows], *, merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> Path:
    """Write a workbook; `merged` are ranges of the first sheet."""
    parts = {name: sheet_xml(rows, merged if i == 0 else ()) for i, (name, rows) in enumerate(sheets.items())}
    return xlsx_of_parts(path, parts, hidden=hidden)


def xlsx_of_parts(path: Path, sheets: Mapping[str, str], *, hidden: Sequence[str] = ()) -> Path:
    """Write a workbook whose sheets are given as XML."""
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="r{i}" state="{_STATES[name in hidden]}"/>'
        for i, name in enumerate(sheets, start=1)
    )
    targets = "".join(
        _REL.format(id=f"r{i}", kind="worksheet", target=f"worksheets/s{i}.xml") for i in range(1, len(sheets) + 1)
    )
    root = _REL.format(id="r1", kind="officeDocument", target="xl/workbook.xml")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS.format(root))
        archive.writestr(
            "xl/workbook.xml", f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(targets))
        for i, sheet in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/s{i}.xml", sheet)
    return path


def sheet_xml(rows: Rows, merged: Sequence[str] = ()) -> str:
    """Give the XML of a sheet, text in line."""
    lines = "".join(
        f'<row r="{i}">{"".join(_xlsx_cell(f"{column(j)}{i}", value) for j, value in enumerate(row))}</row>'
        for i, row in enumerate(rows, start=1)
    )
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    joined = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    return f"<worksheet {_MAIN}><sheetData>{lines}</sheetData>{joined}</worksheet>"


def _xlsx_cell(at: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, int | float):
        return f'<c r="{at}"><v>{value}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def ods(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write an OpenDocument spreadsheet."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    return ods_of_tables(path, tables)


def ods_of_tables(path: Path, tables: str) -> Path:
    """Write an OpenDocument spreadsheet whose tables are given as XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {_ODS}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )
    return path


def _ods_row(row: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
