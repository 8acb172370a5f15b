"""Which merchant of a list is which of the register. What cannot be told for sure is a doubt, not a guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.register_changes import Doubt, Register

NEAR = 0.75
"""Share of equal characters (difflib's ratio) from which two different names in one stall may mean one merchant."""
_SIGNS = re.compile(r"[\W_]+")


@dataclass
class Matching:
    """Merchants of the list by their code there -> code in the register; those in neither are new or in doubt."""

    known: dict[MerchantCode, MerchantCode] = field(default_factory=dict[MerchantCode, MerchantCode])
    doubts: list[Doubt] = field(default_factory=list[Doubt])
    held: set[MerchantCode] = field(default_factory=set[MerchantCode])
    """Merchants of the register that a doubt is about: nothing is changed for them."""

    @property
    def doubtful(self) -> frozenset[MerchantCode]:
        """Merchants of the list that a doubt is about."""
        return frozenset(doubt.merchant for doubt in self.doubts)


def match_merchants(
    register: Register,
    merchants: Iterable[Merchant],
    occupancies: Iterable[Occupancy],
    *,
    day: date,
    decided: bool = False,
) -> Matching:
    """
    Find the merchants of a list in the register: by credit code, else by merchant code, else by stall and name.

    In doubt are: one merchant code with two credit codes; one name in one stall with two credit codes; a name that is
    near another one in the same stall (`NEAR`, or one holds the other), where no code tells them apart.

    Parameters
    ----------
    day
        The list's first day: merchants of a stall are those who trade there then, or did until then.
    decided
        A person has looked at these rows: what no code or name joins is new, not doubtful.
    """
    matching = _Search(register, day, decided)
    stalls: dict[MerchantCode, list[StallCode]] = defaultdict(list)
    for occupancy in occupancies:
        stalls[occupancy.merchant].append(occupancy.stall)
    listed = list(merchants)
    for step in (matching.by_credit_code, matching.by_code, matching.by_stall_and_name, matching.by_near_name):
        for merchant in listed:
            if merchant.code not in matching.found.known and merchant.code not in matching.found.doubtful_codes:
                step(merchant, stalls[merchant.code])
    return matching.found


@dataclass
class _Found(Matching):
    doubtful_codes: set[MerchantCode] = field(default_factory=set[MerchantCode])


class _Search:
    """What the register knows, looked up in the ways that a list may name somebody."""

    def __init__(self, register: Register, day: date, decided: bool) -> None:
        self.found = _Found()
        self._decided = decided
        self._merchants: dict[MerchantCode, Merchant] = {
            code: timeline[-1].value for code, timeline in register.merchants.items()
        }
        self._by_uscc = {m.uscc: code for code, m in self._merchants.items() if m.uscc}
        self._taken: set[MerchantCode] = set()
        self._in_stall: Mapping[StallCode, list[MerchantCode]] = _merchants_in_stalls(register, day)

    def by_credit_code(self, merchant: Merchant, _stalls: list[StallCode]) -> None:
        if merchant.uscc and (code := self._by_uscc.get(merchant.uscc)) is not None:
            self._match(merchant, code)

    def by_code(self, merchant: Merchant, stalls: list[StallCode]) -> None:
        known = self._merchants.get(merchant.code)
        if known is None or known.code in self._taken:
            if known is not None:
                self._doubt(merchant, stalls, known, "merchant_id", _CODE_TAKEN)
            return
        if known.uscc and merchant.uscc and known.uscc != merchant.uscc:
            self._doubt(merchant, stalls, known, "uscc", _TWO_CREDIT_CODES)
        else:
            self._match(merchant, known.code)

    def by_stall_and_name(self, merchant: Merchant, stalls: list[StallCode]) -> None:
        name = plain_name(merchant.name)
        for other in self._free(stalls):
            known = self._merchants[other]
            if plain_name(known.name) != name:
                continue
            if known.uscc and merchant.uscc and known.uscc != merchant.uscc:
                if not self._decided:
                    self._doubt(merchant, stalls, known, "uscc", _SAME_NAME_OTHER_CODE)
            else:
                self._match(merchant, other)
            return

    def by_near_name(self, merchant: Merchant, stalls: list[StallCode]) -> None:
        if self._decided:
            return
        for other in self._free(stalls):
            known = self._merchants[other]
            if not (known.uscc and merchant.uscc) and are_near(known.name, merchant.name):
                self._doubt(merchant, stalls, known, "name", _NEAR_NAME)
                return

    def _free(self, stalls: list[StallCode]) -> list[MerchantCode]:
        return [code for stall in stalls for code in self._in_stall.get(stall, []) if code not in self._taken]

    def _match(self, merchant: Merchant, code: MerchantCode) -> None:
        if code not in self._taken:
            self._taken.add(code)
            self.found.known[merchant.code] = code

    def _doubt(
        self, merchant: Merchant, stalls: list[StallCode], known: Merchant, field_name: str, words: "_Words"
    ) -> None:
        shown = {"name": merchant.name, "known": known.name, "code": known.code}
        self.found.doubtful_codes.add(merchant.code)
        self.found.held.add(known.code)
        self.found.doubts.append(Doubt(
            merchant.code, stalls[0] if stalls else StallCode(""), merchant.name, field_name,
            *(text.format(**shown) for text in words),
        ))  # fmt: skip


_Words = tuple[str, str, str, str]
_CODE_TAKEN: _Words = (
    "商户编号 {code} 在登记中是“{known}”,而清单中另一行已按信用代码对应到它",
    "the merchant code {code} is '{known}' in the register, whom another row names by the credit code",
    "请核对这一行的 merchant_id",
    "Check merchant_id of this row",
)
_TWO_CREDIT_CODES: _Words = (
    "商户编号 {code}(“{known}”)在登记中是另一个信用代码",
    "the merchant code {code} ('{known}') has another credit code in the register",
    "如换了执照,请给新的 merchant_id;如代码写错,请改正 uscc",
    "Give a new merchant_id if somebody else took over; correct uscc if it is a slip",
)
_SAME_NAME_OTHER_CODE: _Words = (
    "同一铺位的“{known}”(编号 {code})在登记中是另一个信用代码",
    "'{known}' ({code}) of the same stall has another credit code in the register",
    "如换了经营者,把 merchant_id 写为新编号后入库;如代码写错,请改正 uscc",
    "Let it in with a new merchant_id if somebody else took over; correct uscc if it is a slip",
)
_NEAR_NAME: _Words = (
    "与同一铺位登记的“{known}”(编号 {code})名称相近,可能是更名,也可能是另一户",
    "is near '{known}' ({code}) of the same stall: a new name, or somebody else",
    "如是更名,把 merchant_id 写为 {code};如是另一户,写一个新的 merchant_id",
    "Write merchant_id={code} for a new name, or another merchant_id for somebody else",
)


def plain_name(name: str) -> str:
    """Return a name without what people write differently: width, case, spaces, signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name).casefold())


def are_near(one: str, other: str) -> bool:
    """Whether two names may be one, written differently or changed a little."""
    a, b = plain_name(one), plain_name(other)
    if len(a) < 2 or len(b) < 2:
        return False
    return a in b or b in a or SequenceMatcher(None, a, b, autojunk=False).ratio() >= NEAR


def _merchants_in_stalls(register: Register, day: date) -> dict[StallCode, list[MerchantCode]]:
    found: dict[StallCode, list[MerchantCode]] = defaultdict(list)
    for (merchant, stall), spans in sorted(register.occupancies.items()):
        if any(span.valid_to is None or span.valid_to >= day for span in spans):
            found[stall].append(merchant)
    return found
