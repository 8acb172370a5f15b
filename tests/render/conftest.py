"""Where pages take Leaflet from: the built client, or for tests that run no browser a stand-in of a few bytes."""

from pathlib import Path

import pytest

from gridmap.render.inline import VENDOR
from tests.conftest import missing


@pytest.fixture(scope="session")
def vendor() -> Path:
    """Give the folder that the build of the web client made."""
    if not (VENDOR / "leaflet" / "leaflet.js").is_file():
        missing("the web client is not built (make install)")
    return VENDOR


@pytest.fixture(scope="session")
def small_vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a stand-in with the same file names, which makes pages small and needs no build."""
    folder = tmp_path_factory.mktemp("vendor")
    (folder / "leaflet").mkdir()
    (folder / "leaflet" / "leaflet.js").write_text("/* leaflet */\n//# sourceMappingURL=leaflet.js.map\n")
    (folder / "leaflet" / "leaflet.css").write_text(".leaflet-control-layers{background:url(images/layers.png)}")
    return folder
