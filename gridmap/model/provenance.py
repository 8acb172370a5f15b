"""Where a record of a ledger comes from, and whether somebody has checked it."""

from enum import StrEnum


class Source(StrEnum):
    """The ways in which an account takes records in; a ledger may name others in its own words."""

    COUNTER = "counter"  # 窗口登记
    VISIT = "visit"  # 上门走访
    COMMUNITY = "community"  # 社区摸排
    REGISTRY = "registry"  # 登记机关


class Verification(StrEnum):
    """待核实, 已核实, 不属实."""

    OPEN = "open"
    VERIFIED = "verified"
    REFUTED = "refuted"


SOURCE_WORDS = {
    Source.COUNTER: "窗口登记",
    Source.VISIT: "上门走访",
    Source.COMMUNITY: "社区摸排",
    Source.REGISTRY: "登记机关",
}
VERIFICATION_WORDS = {
    Verification.OPEN: "待核实",
    Verification.VERIFIED: "已核实",
    Verification.REFUTED: "不属实",
}
