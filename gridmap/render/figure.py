"""The folium parts of a page that stands alone: no tiles, no links out, names that are the same on every run."""

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import Layer
from folium.template import Template
from shapely.geometry.base import BaseGeometry


class Raw(Element):
    """Finished HTML. A plain branca `Element` runs its text as a template: a stall named `{{ 1 }}` would be code."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.text = text
        self._id = name


class Page(Figure):
    """The document around a map; its scripts run at the end of the body, after everything they read."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        "{{ this.header.render(**kwargs) }}\n</head>\n<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self) -> None:
        super().__init__()
        self._id = "page"
        self.header._children.clear()


class BareMap(folium.Map):
    """A folium map that needs Leaflet alone: no tiles, no jQuery, Bootstrap or marker fonts, no attribution link."""

    default_js = [("leaflet", "leaflet/leaflet.js")]  # noqa: RUF012 - folium's own form
    default_css = [("leaflet_css", "leaflet/leaflet.css")]  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }} role="application" aria-label="地图"
            data-testid="map"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
            { center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }} });
        {% endmacro %}
        """
    )

    def __init__(self, place_lonlat: BaseGeometry) -> None:
        west, south, east, north = place_lonlat.bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_start=19,
            zoom_control=False,
            attributionControl=False,
            maxZoom=25,
            zoomSnap=0.25,
            zoomDelta=0.5,
            fadeAnimation=False,
            wheelPxPerZoomLevel=90,
        )
        self._id = "page"


class LevelGroup(folium.FeatureGroup):
    """Everything that is drawn on one level of one building."""

    def __init__(self, index: int, label: str) -> None:
        super().__init__(name=label, show=False)
        self._id = f"level{index}"


class LevelFeatures(Layer):
    """A GeoJSON layer of a level: its data lie in the page's data block, its look in the page's script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = gridmap.layers.{{ this.part }}({{ this.index }});
        {% endmacro %}
        """
    )

    def __init__(self, index: int, part: str) -> None:
        super().__init__(name=part, control=False)
        self._name = "LevelFeatures"
        self._id = f"{part}{index}"
        self.index = index
        self.part = part


class Start(MacroElement):
    """Hands the map and its level groups to the page's own script, when all of them exist."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        gridmap.start({{ this.map_name }}, [{{ this.group_names|join(", ") }}]);
        {% endmacro %}
        """
    )

    def __init__(self, page_map: BareMap, groups: list[LevelGroup]) -> None:
        super().__init__()
        self._name = "Start"
        self._id = "page"
        self.map_name = page_map.get_name()
        self.group_names = [group.get_name() for group in groups]
