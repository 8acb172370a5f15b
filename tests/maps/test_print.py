"""The wall sheets: what is printed on them leads a stranger's telephone to the public card; on both databases."""

from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from gridmap.services import plans
from gridmap.store.session import Database
from tests.callers import author
from tests.chromium import chromium
from tests.maps.serving import STRANGER, desk
from tests.maps.test_editing import address, cookie, hall, homes

__all__ = ["address", "chromium"]
pytestmark = pytest.mark.browser


def scanned(sheet: Any) -> str:
    """Read the one code on a sheet off the screen, as a telephone reads it off the paper."""
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(sheet.screenshot())))
    assert code.format is zxingcpp.BarcodeFormat.QRCode
    return code.text


def test_printed_codes_lead_to_the_card_of_their_level(chromium: Any, database: Database, address: str) -> None:
    plan = hall(database)
    day = author().now.date()
    plans.publish_plan(database, plan, day, today=day)
    zone_of = homes(database, plan)
    levels = [{zone for stall, zone in zone_of.items() if stall.startswith(floor)} for floor in ("1F", "2F")]
    with desk(chromium, address, who=cookie(database, "lin", "planner"), height=1200) as page:
        page.goto(f"{address}/?market=hall")
        page.get_by_test_id("print").click()
        sheets = page.get_by_test_id("wall-sheet")
        sheets.nth(1).wait_for()
        codes = [scanned(sheets.nth(i)) for i in range(sheets.count())]
        assert "127.0.0.1" in page.get_by_test_id("sheet-only-here").inner_text()  # telephones cannot open that
        page.get_by_label("灰度预览").check()
        assert [scanned(sheets.nth(i)) for i in range(sheets.count())] == codes
    assert len(set(codes)) == 2
    told: set[str] = set()
    for code in codes:
        with desk(chromium, address, storage_state=STRANGER) as telephone:
            telephone.goto(code)
            words = telephone.locator("body").inner_text()
            (level,) = [i for i, zones in enumerate(levels) if all(zone in words for zone in zones)]
            told.add(f"{level}")
    assert told == {"0", "1"}
