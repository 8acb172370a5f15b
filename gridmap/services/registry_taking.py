"""What events of the registry make of one market's register: pure reckoning, nothing is read or written."""

from dataclasses import dataclass, field, replace
from datetime import date

from gridmap.model.credit_codes import credit_code
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.register import Merchant
from gridmap.model.register_changes import Change, Register, Subject
from gridmap.model.registry import RegistryEvent, RegistryKind
from gridmap.model.timelines import Dated, Timeline, value_on

Words = tuple[str, str]
_NO_STALL: Words = ("当日没有这个铺位", "there is no such stall on that day")


@dataclass
class TakenEvents:
    """A market's register, and what events of the registry make of it so far; nothing is written."""

    known: Register
    merchants: dict[MerchantCode, Timeline[Merchant]] = field(default_factory=dict[MerchantCode, Timeline[Merchant]])
    spells: dict[tuple[MerchantCode, StallCode], Timeline[None]] = field(
        default_factory=dict[tuple[MerchantCode, StallCode], "Timeline[None]"]
    )
    first: date = date.max

    def take(self, event: RegistryEvent) -> bool | Words:
        """Take one event in: whether it changes anything, or why it cannot be."""
        done = self._close(event) if event.kind is RegistryKind.CLOSE else self._open(event)
        if done is True:
            self.first = min(self.first, event.day)
        return done

    def changes(self) -> tuple[Change, ...]:
        """Return what the events change in all."""
        new = [Change(Subject.MERCHANT, (code,), (), timeline) for code, timeline in self.merchants.items()]
        return (*new, *(
            Change(Subject.OCCUPANCY, pair, known, after)
            for pair, after in self.spells.items()
            if after != (known := self.known.occupancies.get(pair, ()))
        ))  # fmt: skip

    def _merchant(self, uscc: str) -> MerchantCode | None:
        held = {**self.known.merchants, **self.merchants}
        return next((code for code, timeline in held.items() if timeline[-1].value.uscc == uscc), None)

    def _close(self, event: RegistryEvent) -> bool:
        merchant = self._merchant(credit_code(event.uscc).value)
        changed = False
        for pair in [pair for pair in {**self.known.occupancies, **self.spells} if pair[0] == merchant]:
            if event.stall and pair[1] != event.stall:
                continue
            before = self._spells(pair)
            after = tuple(replace(d, valid_to=event.day) if d.holds(event.day) else d for d in before)
            after = tuple(d for d in after if d.valid_to is None or d.valid_from is None or d.valid_from < d.valid_to)
            changed |= after != before
            self.spells[pair] = after
        return changed

    def _open(self, event: RegistryEvent) -> bool | Words:
        stall = value_on(self.known.stalls.get(StallCode(event.stall), ()), event.day)
        if stall is None or stall.kind is not UnitKind.STALL:
            return _NO_STALL
        uscc = credit_code(event.uscc).value
        merchant = self._merchant(uscc)
        if merchant is None:
            merchant = MerchantCode(uscc)
            self.merchants[merchant] = (Dated(Merchant(merchant, event.name, event.trade, uscc)),)
        pair = (merchant, stall.code)
        before = self._spells(pair)
        later = [d.valid_from for d in before if d.valid_from is not None and d.valid_from > event.day]
        if any(d.holds(event.day) for d in before):
            return False
        spell = Dated(None, event.day, min(later, default=None))
        self.spells[pair] = tuple(sorted((*before, spell), key=lambda d: d.valid_from or date.min))
        return True

    def _spells(self, pair: tuple[MerchantCode, StallCode]) -> Timeline[None]:
        return self.spells.get(pair, self.known.occupancies.get(pair, ()))
