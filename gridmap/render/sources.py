"""The hand-written parts of pages, in `zones/` and `hotspots/`: HTML templates, style sheets, scripts."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template


@cache
def source(name: str, folder: str = "zones") -> str:
    """Return the text of a file of a page."""
    return (files("gridmap.render") / folder / name).read_text(encoding="utf-8")


def template(name: str, folder: str = "zones") -> Template:
    """Return a file of a page as a template that escapes what is put into it and accepts no unknown name."""
    surroundings = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return surroundings.from_string(source(name, folder))
