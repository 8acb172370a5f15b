"""Source and state of verification of a row of a ledger, in the words of those who keep it."""

from gridmap.exchange.findings import faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.rows import Row, text
from gridmap.model.provenance import SOURCE_WORDS, VERIFICATION_WORDS, Source, Verification

_SOURCES = {
    **{source.value: source for source in Source},
    **{word: source for source, word in SOURCE_WORDS.items()},
    **dict.fromkeys(("窗口", "服务窗口", "大厅登记", "窗口填报"), Source.COUNTER),
    **dict.fromkeys(("走访", "上门", "入户", "上门摸排", "网格走访", "实地走访"), Source.VISIT),
    **dict.fromkeys(("社区", "村社区", "社区登记", "社区上报"), Source.COMMUNITY),
    **dict.fromkeys(("登记", "市场监管局", "市场监管所", "工商登记", "注册登记"), Source.REGISTRY),
}
_STATES = {
    **{state.value: state for state in Verification},
    **{word: state for state, word in VERIFICATION_WORDS.items()},
    **dict.fromkeys(("未核实", "待核", "核实中", "否", "no", "n", "0", "false", "unverified"), Verification.OPEN),
    **dict.fromkeys(("核实", "已核", "核实无误", "属实", "是", "yes", "y", "1", "true"), Verification.VERIFIED),
    **dict.fromkeys(("有误", "不符", "核实不符", "查无", "查无此人"), Verification.REFUTED),
}


def source_of(row: Row) -> str:
    """Return where a row comes from: one of `Source`, else the ledger's own words, '' if it does not say."""
    if "source" not in row.cells:  # as in most lists
        return ""
    written = sound_text(row, "source", limit=64)
    return _SOURCES.get(written.casefold(), written)


def verification_of(row: Row) -> Verification | None:
    """
    Return whether a row was checked, None if it does not say.

    Raises
    ------
    FaultyRowError
        If it says so in words that mean nothing here.
    """
    written = text(row, "verification")
    if not written:
        return None
    found = _STATES.get(written.casefold())
    if found is None:
        known = "、".join(VERIFICATION_WORDS.values())
        raise faulty(
            "verification", written, "没有这种核实状态", "is no state of verification", f"可用:{known}",
            f"Use one of: {', '.join(Verification)}",
        )  # fmt: skip
    return found
