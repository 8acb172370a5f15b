import re

import pytest

from gridmap.errors import NotReadyError
from gridmap.render.inline import inline, remaining_loads, script_hashes, with_policy

PAGE = (
    '<!DOCTYPE html><html><head><script src="a/code.js"></script>'
    '<link rel="stylesheet" href="a/look.css"/></head></html>'
)
DOT = bytes.fromhex("89504e470d0a1a0a")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a" / "images").mkdir(parents=True)
    (tmp_path / "a" / "code.js").write_text('const end = "</script>";\n//# sourceMappingURL=code.js.map\n')
    (tmp_path / "a" / "look.css").write_text(".a{color:red}")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


def test_scripts_and_sheets_are_carried_by_the_page(folder):
    page = inline(PAGE, folder)
    assert r'const end = "<\/script>"' in page
    assert "sourceMappingURL" not in page
    assert "<style>.a{color:red}</style>" in page
    assert page.count("</script>") == 1
    assert remaining_loads(page) == []


@pytest.mark.parametrize(
    "name", ["a/missing.js", "../outside.js", "/etc/hostname", "https://example.org/x.js", "//example.org/x.js", ""]
)
def test_a_file_that_is_missing_or_elsewhere_is_refused(folder, name):
    (folder.parent / "outside.js").write_text("1")
    with pytest.raises(NotReadyError) as caught:
        inline(PAGE.replace("a/code.js", name), folder)
    assert name in caught.value.text("en")
    assert "make install" in caught.value.remedy


def test_images_become_part_of_the_sheet(folder):
    (folder / "a" / "images" / "dot.png").write_bytes(DOT)
    (folder / "a" / "look.css").write_text(".a{background:url('images/dot.png')}.b{behavior:url(#default#VML)}")
    page = inline(PAGE, folder)
    assert "url(data:image/png;base64,iVBORw0KGgo=)" in page
    assert ".b{behavior:none}" in page


def test_only_known_unused_images_may_be_missing(folder):
    (folder / "a" / "look.css").write_text(".a{background:url(images/layers.png)}")
    assert ".a{background:none}" in inline(PAGE, folder)
    (folder / "a" / "look.css").write_text(".a{background:url(images/needed.png)}")
    with pytest.raises(NotReadyError, match=r"needed\.png"):
        inline(PAGE, folder)


@pytest.mark.parametrize(
    "load",
    [
        '<img src="https://example.org/a.png">',
        '<img src="//example.org/a.png">',
        '<img srcset="a.png 2x">',
        '<iframe src="http://example.org"></iframe>',
        '<link rel="icon" href="/favicon.ico">',
        '<script async src="https://example.org/a.js"></script>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>.a{background:url(https://example.org/a.png)}</style>",
        '<p style="background:url(a.png)"></p>',
        '<form action="https://example.org"></form>',
        '<object data="a.svg"></object>',
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        "<svg><image xlink:href='a.png'/></svg>",
    ],
)
def test_anything_that_would_still_be_loaded_is_refused(folder, load):
    with pytest.raises(NotReadyError):
        inline(PAGE.replace("</head>", f"</head><body>{load}</body>"), folder)


def test_words_that_look_like_addresses_are_words(folder):
    body = '<p title="https://example.org">https://example.org</p><link rel="icon" href="data:,"><script>const a = "http://x";</script>'
    page = inline(PAGE.replace("</head>", f"</head><body>{body}</body>"), folder)
    assert remaining_loads(page) == []


def test_the_policy_admits_the_scripts_of_the_page_and_no_other(folder):
    page = with_policy(inline(PAGE, folder))
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert script_hashes(page) == re.findall(r"'sha256-[^']*'", policy)
    assert script_hashes(page.replace("const end", "const End")) != script_hashes(page)
    assert page.index("Content-Security-Policy") < page.index("<script")


def test_data_blocks_are_no_scripts():
    assert script_hashes('<script type="application/json">{"a": 1}</script>') == []
