"""Every file of the collections of faulty files: refused, or each row accounted for. Never a crash, never silence."""

from datetime import date
from pathlib import Path

import pytest

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.sources import TAKES, read_table
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.services.intake import read_market
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.data
FOLDER = SHARED_DATA / "malformed"
FILES = sorted(p for p in FOLDER.rglob("*") if p.suffix in {*TAKES["stalls"]}) or [FOLDER / "missing"]


@pytest.fixture(autouse=True)
def _there():
    if not FOLDER.is_dir():
        pytest.skip(f"real data is missing: {FOLDER} (set GRIDMAP_SHARED_DATA)")


@pytest.mark.parametrize("role", ["levels", "stalls"])
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_faulty_file_is_refused_or_every_row_is_accounted_for(path: Path, role):
    files = IntakeFiles(levels=path) if role == "levels" else IntakeFiles(stalls=path)
    refused: InputRefusedError | None = None
    try:
        _, report = read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))
    except InputRefusedError as error:
        refused = error
    if refused is not None:
        assert path.name in refused.text("zh")
        assert path.name in refused.text("en")
        assert refused.remedy_zh
        return
    (count,) = report.files
    assert count.rows == count.accepted + count.quarantined + count.set_aside
    assert count.quarantined == len(report.quarantined)


# What the reader alone says of the features, with the columns taken as given.
FAULTS = {
    "invalid_geometries/invalid_incorrect_geometry_data_type": "not a number|nested|not \\[",
    "invalid_geometries/invalid_less_three_unique_nodes": "fewer than three",
    "invalid_geometries/invalid_unclosed": "not closed",
    "invalid_structure/invalid_feature_geometry_is_string": "not a JSON object",
    "invalid_structure/invalid_feature_properties_is_array": "properties is not an object",
    "invalid_structure/invalid_feature_properties_is_int": "properties is not an object",
    "invalid_structure/invalid_feature_wrong_geometry_key": "no geometry",
    "invalid_structure/invalid_featurecollection_feature_nullfeature": "not a JSON object",
    "invalid_structure/invalid_featurecollection_features_is_object": "no list of features",
    "invalid_structure/invalid_featurecollection_no_features_member": "no list of features",
    "invalid_structure/invalid_featurecollection_nulltype": "not GeoJSON",
    "invalid_structure/invalid_featurecollection_type_lowercase": "not GeoJSON",
    "invalid_structure/invalid_featurecollection_unknown_type": "not GeoJSON",
    "invalid_structure/invalid_geometry_coordinates_1d": "nested wrongly",
    "invalid_structure/invalid_geometry_coordinates_empty_position": "not \\[longitude",
    "invalid_structure/invalid_geometry_coordinates_missing": "no coordinates",
    "invalid_structure/invalid_geometry_coordinates_string": "not a number",
    "invalid_structure/invalid_geometry_depth_deep_point": "not \\[longitude",
    "invalid_structure/invalid_geometry_depth_deep_polygon": "not \\[longitude",
    "invalid_structure/invalid_geometry_depth_shallow_linestring": "not \\[longitude",
    "invalid_structure/invalid_geometry_depth_shallow_multipolygon": "not \\[longitude",
    "invalid_structure/invalid_geometry_depth_shallow_polygon": "not \\[longitude",
    "invalid_structure/invalid_geometry_geometrycollection_null_geometry": "not a JSON object",
    "invalid_structure/invalid_geometry_mislabeled_point": "nested wrongly",
    "invalid_structure/invalid_geometry_missing_type": "not GeoJSON",
    "invalid_structure/invalid_geometry_wrong_geometry_type": "not GeoJSON",
    "problematic_geometries/problematic_crosses_antimeridian": "half the globe",
    "problematic_geometries/problematic_feature_null_geometry": "no geometry",
    "problematic_geometries/problematic_inner_and_exterior_ring_intersect": "the polygon is invalid",
    "problematic_geometries/problematic_outside_lat_lon_boundaries": "beyond",
    "problematic_geometries/problematic_self_intersection_large": "the polygon is invalid",
    "problematic_geometries/problematic_zero_length_linestring": "no length",
    "valid/valid_feature_null_geometry": "no geometry",
    "valid/valid_featurecollection_empty_features": "no feature",
    "valid/valid_geometry_geometrycollection_empty_geometries": "empty",
}
MENDED = {
    "invalid_geometries/invalid_exterior_not_ccw": "rings in another order",
    "invalid_geometries/invalid_interior_not_cw": "rings in another order",
    "invalid_structure/invalid_geometry_bbox_not4or6": "bbox",
    "invalid_structure/invalid_geometry_bbox_not_list": "bbox",
    "invalid_structure/invalid_geometry_bbox_not_numbers": "bbox",
    "problematic_geometries/problematic_3d_coordinates": "third coordinate",
    "problematic_geometries/problematic_4d_coordinates": "third coordinate",
    "problematic_geometries/problematic_duplicate_nodes": "doubled vertices",
    "problematic_geometries/problematic_self_intersection_small": "touches itself|the polygon is invalid",
    "problematic_structure/problematic_crs_defined": "stated coordinate system|beyond",
    "problematic_structure/problematic_geometrycollection_single": "taken out",
    "valid/valid_geometry_3d_coordinates": "third coordinate",
}


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix == ".geojson"], ids=lambda p: p.name)
def test_the_reader_names_the_fault_and_takes_the_valid_ones(path: Path, monkeypatch):
    monkeypatch.setattr("gridmap.exchange.geojson.check_required", lambda *args, **given: None)
    name = f"{path.parent.name}/{path.stem}"
    findings = Findings()
    try:
        table = read_table(path, "levels", findings)
    except InputRefusedError as error:
        said = error.reason_en
    else:
        faults = [row.fault.reason_en for row in table.rows if row.fault is not None]
        said = "; ".join([*faults, *(told.what for told in findings.repaired)])
    expected = FAULTS.get(name) or MENDED.get(name)
    if expected is None:
        assert "fault" not in said
        assert not said, "a fault that the table does not know"
    else:
        assert any(word in said for word in expected.replace("\\", "").split("|")), said
