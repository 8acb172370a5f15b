"""Where the places' files are found: in a checkout, and in a wheel that was built from it."""

import subprocess
import sys
import zipfile
from pathlib import Path

from gridmap.exchange.place_files import PLACES, places_dir, read_place
from tests.conftest import ROOT

HERE = Path("gridmap") / "exchange"


def test_wheel_carries_the_files_and_finds_its_own(tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with zipfile.ZipFile(tmp_path / made.stdout.split()[-1]) as wheel:
        wheel.extractall(tmp_path / "site", [name for name in wheel.namelist() if name.endswith(".toml")])
    found = places_dir(tmp_path / "site" / HERE)
    assert found.is_relative_to(tmp_path)
    for name in PLACES:
        assert (found / f"{name}.toml").read_bytes() == (ROOT / "data" / "places" / f"{name}.toml").read_bytes()
        assert read_place(name, found) == read_place(name)


def test_checkout_reads_its_data_folder(tmp_path: Path) -> None:
    assert places_dir(ROOT / HERE) == ROOT / "data" / "places"
    assert places_dir(tmp_path / HERE) == tmp_path / "data" / "places"
