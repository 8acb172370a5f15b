"""Tiny DXF drawings for tests, written entity by entity."""

from itertools import chain
from pathlib import Path


def square(x, y, w=4.0, d=5.0):
    return [(x, y), (x + w, y), (x + w, y + d), (x, y + d)]


def polyline(layer, points, *, closed=True, bulges=None):
    entity = ["0", "LWPOLYLINE", "8", layer, "100", "AcDbEntity", "100", "AcDbPolyline"]
    entity += ["90", len(points), "70", int(closed)]
    for i, (x, y) in enumerate(points):
        entity += ["10", x, "20", y, *(["42", bulges[i]] if bulges else [])]
    return entity


def line(layer, start, end):
    return ["0", "LINE", "8", layer, "10", start[0], "20", start[1], "11", end[0], "21", end[1]]


def text(layer, x, y, words, kind="TEXT"):
    marker = "AcDbText" if kind == "TEXT" else "AcDbMText"
    return ["0", kind, "8", layer, "100", "AcDbEntity", "100", marker, "10", x, "20", y, "30", 0, "40", 0.5, "1", words]


def insert(layer, block, x=0.0, y=0.0):
    return ["0", "INSERT", "8", layer, "2", block, "10", x, "20", y]


def block(name, entities):
    return ["0", "BLOCK", "8", "0", "2", name, "70", 0, "10", 0, "20", 0, *chain.from_iterable(entities), "0", "ENDBLK"]


def write_dxf(path: Path, entities, *, blocks=(), codepage="ANSI_936", encoding="gbk") -> Path:
    items = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1015", "9", "$DWGCODEPAGE", "3", codepage]
    items += ["0", "ENDSEC", "0", "SECTION", "2", "BLOCKS", *chain.from_iterable(blocks), "0", "ENDSEC"]
    items += ["0", "SECTION", "2", "ENTITIES", *chain.from_iterable(entities), "0", "ENDSEC", "0", "EOF"]
    path.write_bytes("\n".join(map(str, items)).encode(encoding) + b"\n")
    return path
