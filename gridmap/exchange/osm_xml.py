"""OpenStreetMap's own XML (`.osm`) in: its ways as lines with their tags; nothing that a file names is ever opened.

Points and relations are no lines and are not given. A way whose points the file does not hold all is a faulty record.
"""

from collections.abc import Mapping
from types import MappingProxyType
from xml.parsers import expat

import shapely

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Fault
from gridmap.exchange.geojson import Record
from gridmap.exchange.geometries import MAX_VERTICES, too_many_vertices


def read_osm_xml(file: str, data: bytes) -> list[Record]:
    """
    Read the ways of an OSM XML document that have tags, with their ids (`way/123`) under `@id`.

    Raises
    ------
    InputRefusedError
        If it is not XML, declares entities, is not OSM, has no way, or too many points.
    """
    reading = _Reading(file)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.EntityDeclHandler = reading.refuse_entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _refused(file, f"不是完好的 XML({error})", f"it is not sound XML ({error})") from error
    if not reading.records:
        raise _refused(file, "没有带标签的线(way)", "it has no way with a tag")
    return reading.records


class _Reading:
    """What is known in the middle of a document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.records: list[Record] = []
        self._places: dict[str, tuple[float, float]] = {}
        self._way: str | None = None
        self._refs: list[str] = []
        self._tags: dict[str, str] = {}
        self._root = ""

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Take an element in."""
        if not self._root:
            self._root = name
            if name != "osm":
                raise _refused(self.file, f"最外层是 {name[:40]},不是 osm", f"its root is {name[:40]}, not osm")
        if name == "node":
            self._node(given)
        elif name == "way":
            self._way, self._refs, self._tags = given.get("id", ""), [], {}
        elif self._way is not None and name == "nd":
            self._refs.append(given.get("ref", ""))
        elif self._way is not None and name == "tag":
            self._tags[given.get("k", "")] = given.get("v", "")

    def end(self, name: str) -> None:
        """Make a record of a way that ends."""
        if name != "way" or self._way is None:
            return
        if self._tags:
            self.records.append(self._record(self._way))
        self._way = None

    def refuse_entity(self, *_: object) -> None:
        """Refuse a document that makes up words of its own: they are how XML swells, and OSM has none."""
        raise _refused(self.file, "声明了实体", "it declares entities")

    def _node(self, given: Mapping[str, str]) -> None:
        if len(self._places) >= MAX_VERTICES:
            raise too_many_vertices(self.file, len(self._places))
        try:
            lon, lat = float(given["lon"]), float(given["lat"])
        except (KeyError, ValueError):
            return  # ways that go through it are told
        if abs(lon) <= 180 and abs(lat) <= 90:
            self._places[given.get("id", "")] = (lon, lat)

    def _record(self, way: str) -> Record:
        number = len(self.records) + 1
        tags = MappingProxyType({"@id": f"way/{way}", **self._tags})
        points = [self._places[ref] for ref in self._refs if ref in self._places]
        if len(points) < len(self._refs) or len(points) < 2:
            fault = Fault(
                "nd", f"way/{way}", "缺少它经过的点", "points that it goes through are missing",
                "请连同节点一起导出", "Export it with its nodes",
            )  # fmt: skip
            return Record(number, f"way/{way}", tags, fault=fault)
        return Record(number, f"way/{way}", tags, shapely.LineString(points))


def _refused(file: str, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        file, zh, en, "请重新导出为 .osm(XML)或 GeoJSON。", "Export it again as .osm (XML) or GeoJSON."
    )
