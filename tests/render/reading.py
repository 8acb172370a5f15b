"""Read a page back as a browser would, without running it."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class ReadPage:
    elements: list[Element] = field(default_factory=list)

    def having(self, name: str, value: str | None = None) -> list[Element]:
        return [e for e in self.elements if name in e.attributes and value in (None, e.attributes[name])]

    def of(self, tag: str) -> list[Element]:
        return [e for e in self.elements if e.tag == tag]

    def block(self, name: str):
        (element,) = self.having("id", name)
        return json.loads(element.text)

    def words(self) -> str:
        (body,) = self.of("body")
        return body.text


class _Reader(HTMLParser):
    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self):
        super().__init__()
        self.page = ReadPage()
        self.open: list[Element] = []

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.page.elements.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data):
        if self.open and self.open[-1].tag in {"script", "style"}:
            self.open[-1].text += data
            return
        for element in self.open:
            element.text += data.strip()


def read(page: str) -> ReadPage:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.page
