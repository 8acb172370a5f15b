"""The hand-written parts of a page, in `zones/`: HTML templates, style sheet, scripts."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template


@cache
def source(name: str) -> str:
    """Return the text of a file in `zones/`."""
    return (files("gridmap.render") / "zones" / name).read_text(encoding="utf-8")


def template(name: str) -> Template:
    """Return a file in `zones/` as a template that escapes what is put into it and accepts no unknown name."""
    surroundings = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return surroundings.from_string(source(name))
