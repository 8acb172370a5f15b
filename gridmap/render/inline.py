"""Turn a page that links to files into one that carries them, and prove that it loads nothing else."""

import base64
import hashlib
import mimetypes
import re
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Final

from gridmap.errors import NotReadyError

VENDOR: Final = Path(__file__).resolve().parent.parent / "web" / "vendor"
"""Where the build of the web client puts the files of the npm packages: `leaflet/leaflet.js`, `leaflet/leaflet.css`."""

UNUSED_IMAGES: Final = frozenset({"layers.png", "layers-2x.png", "marker-icon.png"})
"""Images of Leaflet's layers control and default marker; no page here has either."""

_SCRIPT = re.compile(r'<script src="([^"]*)"></script>')
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]*)"\s*/?>')
_CSS_URL = re.compile(r"""url\(\s*(['"]?)([^'")]*)\1\s*\)""")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//[#@] sourceMappingURL=.*$", re.MULTILINE)
_LOADING = frozenset(
    {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest", "xlink:href"}
)


def inline(html: str, vendor: Path) -> str:
    """
    Replace every script and style sheet of a page by the file's content.

    Parameters
    ----------
    html
        A page whose `<script src>` and `<link rel="stylesheet" href>` name files relative to `vendor`.
    vendor
        Folder of the files; images that a style sheet names become data URIs.

    Returns
    -------
    page
        The page, needing no other file.

    Raises
    ------
    NotReadyError
        If a file is missing, lies outside `vendor`, or if something would still be loaded from elsewhere.
    """
    page = _SCRIPT.sub(lambda found: f"<script>{_script(vendor, found[1])}</script>", html)
    page = _SHEET.sub(lambda found: f"<style>{_sheet(vendor, found[1])}</style>", page)
    loads = remaining_loads(page)
    if loads:
        raise NotReadyError(
            f"页面仍要加载外部内容:{loads[0]}",
            f"The page would still load {loads[0]}",
            "把该文件放进 web/vendor 后重试 / put the file into web/vendor",
        )
    return page


def with_policy(page: str) -> str:
    """Put a content security policy into a page's head: its own scripts and styles, data images, and nothing else."""
    policy = (
        f"default-src 'none'; script-src {' '.join(script_hashes(page))}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return page.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def remaining_loads(page: str) -> list[str]:
    """Return what a browser would fetch for this page: addresses of elements and of style sheets, data URIs apart."""
    reader = _LoadReader()
    reader.feed(page)
    reader.close()
    return reader.loads


def script_hashes(page: str) -> list[str]:
    """Return the `'sha256-...'` sources of a content security policy that admits exactly this page's own scripts."""
    reader = _LoadReader()
    reader.feed(page)
    reader.close()
    digests = (hashlib.sha256(text.encode()).digest() for text in reader.scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _read(vendor: Path, name: str) -> Path:
    path = (vendor / PurePosixPath(name)).resolve()
    if "://" in name or name.startswith("//") or not path.is_relative_to(vendor.resolve()) or not path.is_file():
        raise NotReadyError(
            f"缺少页面文件 {name}",
            f"The page needs the file {name}, which is missing",
            "运行 make install 重新生成 web/vendor / run `make install`, which builds web/vendor",
        )
    return path


def _script(vendor: Path, name: str) -> str:
    text = _SOURCE_MAP.sub("", _read(vendor, name).read_text(encoding="utf-8"))
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE).replace("<!--", r"<\!--")


def _sheet(vendor: Path, name: str) -> str:
    text = _CSS_COMMENT.sub("", _read(vendor, name).read_text(encoding="utf-8"))
    folder = PurePosixPath(name).parent

    def data_uri(found: re.Match[str]) -> str:
        address = found[2]
        if address.startswith("data:"):
            return found[0]
        if address.startswith("#"):  # an old browser's behaviour, nothing is fetched
            return "none"
        image = str(folder / address)
        if PurePosixPath(image).name in UNUSED_IMAGES and not (vendor / image).is_file():
            return "none"
        kind = mimetypes.guess_type(image)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(_read(vendor, image).read_bytes()).decode()})"

    return re.sub(r"</(style)", r"<\\/\1", _CSS_URL.sub(data_uri, text), flags=re.IGNORECASE)


class _LoadReader(HTMLParser):
    """Collects what a page would load and the text of the scripts that it carries."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        self._inside = tag if tag in {"script", "style"} else ""
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.scripts.append("")
        elif tag == "script" and values.get("type") == "application/json":
            self._inside = ""
        named = [value for key, value in values.items() if key in _LOADING or (key == "href" and tag != "a")]
        self.loads += [value for value in named if value and not value.startswith(("data:", "#"))]
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.loads.append(values.get("content", ""))
        self._read_sheet(values.get("style", ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the signature is HTMLParser's
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside == "style":
            self._read_sheet(data)

    def _read_sheet(self, text: str) -> None:
        self.loads += [found[2] for found in _CSS_URL.finditer(text) if not found[2].startswith(("data:", "#"))]
        self.loads += re.findall(r"@import\s+[^;]*", text)
