import io
import stat
import struct
import zipfile

import pytest

from gridmap.errors import InputRefusedError
from gridmap.exchange import archives
from gridmap.exchange.archives import entries, opened, read_entry, unpacked


def packed(tmp_path, files, *, name="in.zip"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in files.items():
            archive.writestr(entry, data)
    return path


def refusal(path):
    with pytest.raises(InputRefusedError) as caught, opened(path):
        pass
    assert caught.value.file == path.name
    assert caught.value.remedy_zh
    return caught.value.reason_en


def test_entries_come_without_folders_and_without_what_macos_adds(tmp_path):
    path = packed(
        tmp_path, {"plan/": b"", "plan/a.geojson": b"1", "__MACOSX/plan/._a.geojson": b"2", ".DS_Store": b"3"}
    )
    with opened(path) as archive:
        assert list(entries(archive)) == ["plan/a.geojson"]
        assert read_entry(path, archive, entries(archive)["plan/a.geojson"]) == b"1"


@pytest.mark.parametrize("name", ["../evil.shp", "/etc/evil.shp", "a/../../evil.shp", "..\\evil.shp", "C:\\evil.shp"])
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    assert "leads out of it" in refusal(packed(tmp_path, {name: b"x"}))


def test_a_symbolic_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("stalls.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "symbolic link" in refusal(packed(tmp_path, {link: b"/etc/passwd"}))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    assert "zip bomb" in refusal(packed(tmp_path, {"units.geojson": bytes(20_000_000)}))


def test_the_size_of_all_entries_together_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1_000_000)
    assert "unpacks to" in refusal(packed(tmp_path, {f"{i}.csv": bytes(400_000) for i in range(3)}))


def test_too_many_entries_are_refused(tmp_path):
    path = packed(tmp_path, dict.fromkeys((f"{i}.csv" for i in range(archives.MAX_ENTRIES + 1)), b""))
    assert "entries, more than" in refusal(path)


def test_a_size_that_lies_is_not_believed(tmp_path):
    path = packed(tmp_path, {"a.bin": bytes(3_000_000)})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)  # the directory says 10 bytes
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("a.bin").file_size == 10
    with pytest.raises(InputRefusedError), opened(path) as archive:
        read_entry(path, archive, entries(archive)["a.bin"])


def test_what_is_unpacked_stops_at_the_limit(tmp_path):
    path = packed(tmp_path, {"a.bin": bytes(3_000_000)})
    with opened(path) as archive:
        info = entries(archive)["a.bin"]
        with pytest.raises(InputRefusedError, match="unpacks to more"):
            read_entry(path, archive, info, limit=1000)
        with (
            pytest.raises(InputRefusedError, match="unpacks to more"),
            unpacked(path, archive, {"a.bin": info}, limit=2_000_000),
        ):
            pass


def test_an_encrypted_archive_is_refused(tmp_path):
    data = bytearray(packed(tmp_path, {"a.csv": b"1"}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + offset
        data[at] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(data)
    assert "encrypted" in refusal(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04rubbish", b"not an archive"])
def test_what_is_no_archive_is_refused(tmp_path, data):
    path = tmp_path / "in.zip"
    path.write_bytes(data)
    assert refusal(path)


def test_a_damaged_entry_is_refused(tmp_path):
    path = packed(tmp_path, {"a.bin": bytes(range(256)) * 4000})
    data = bytearray(path.read_bytes())
    data[60:400] = bytes(340)
    path.write_bytes(data)
    with pytest.raises(InputRefusedError), opened(path) as archive:
        read_entry(path, archive, entries(archive)["a.bin"])


def test_unpacked_files_are_gone_afterwards(tmp_path):
    path = packed(tmp_path, {"deep/in/a.shp": b"12", "deep/in/a.dbf": b"3"})
    with opened(path) as archive:
        members = {"plan.shp": entries(archive)["deep/in/a.shp"]}
        with unpacked(path, archive, members) as folder:
            assert [(p.name, p.read_bytes()) for p in folder.iterdir()] == [("plan.shp", b"12")]
    assert not folder.exists()


def test_a_zip_inside_a_zip_is_not_opened(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("stalls.csv", "stall_id,level,lon,lat\nA,0,120,30\n")
    from gridmap.exchange.findings import Findings
    from gridmap.exchange.sources import read_table

    path = packed(tmp_path, {"inner.zip": inner.getvalue()})
    with pytest.raises(InputRefusedError, match="0 files that can be read"):
        read_table(path, "stalls", Findings())
