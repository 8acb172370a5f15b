"""Who may do what: roles of accounts, actions, scopes, and the one table that joins them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

DivisionCode = NewType("DivisionCode", str)
"""Code of an administrative division, unique in a database."""


class AccountRole(StrEnum):
    """What an account or a token is for. Not to be mixed up with the duty of a member (`kinds.Role`)."""

    ADMIN = "admin"  # 管理员
    PLANNER = "planner"  # 划分人员
    LEADER = "leader"  # 网格长
    MEMBER = "member"  # 网格员
    API = "api"  # 对接系统
    VIEWER = "viewer"  # 只读


class Action(StrEnum):
    """What can be done. Every route declares one; `POLICY` says whose it is."""

    VIEW = "view"  # markets, floors, stalls, plans in force, who is responsible
    VIEW_DRAFTS = "view-drafts"  # plans that nobody has published yet
    VIEW_REGISTER = "view-register"  # names of merchants, counts below five, what came in from the field
    VIEW_OWN_REGISTER = "view-own-register"  # the same, of the zones that the caller answers for
    EXPORT_REGISTER = "export-register"  # files with credit codes and members' own stalls
    DRAFT_PLAN = "draft-plan"
    PUBLISH_PLAN = "publish-plan"
    RECORD = "record"  # visits, patrols, contacts, issues and needs from the field
    MANAGE_DUTY = "manage-duty"  # members, posts, absences, hours, who answers for which zone, rules of the site
    MANAGE_RULES = "manage-rules"  # rules of a division, or of everything
    EDIT_REGISTER = "edit-register"  # imports and their proposals: who trades where
    LAY_OUT = "lay-out"  # draw levels and stalls
    MAKE_MARKET = "make-market"  # draw a market or bring it in by files; a grant for one market is too narrow
    MANAGE = "manage"  # whatever the command line changes
    MANAGE_PLACES = "manage-places"  # load the five places and check them
    MANAGE_ROADS = "manage-roads"  # lines of streets, which belong to no market
    MANAGE_ACCOUNTS = "manage-accounts"
    READ_AUDIT = "read-audit"
    PERSONAL_DATA = "personal-data"  # give out or erase all that is stored about a person


_SEES = frozenset({Action.VIEW})
_WALKS = _SEES | {Action.VIEW_DRAFTS, Action.VIEW_OWN_REGISTER, Action.RECORD}
_LEADS = _WALKS | {Action.VIEW_REGISTER, Action.MANAGE_DUTY}
_REGISTER = frozenset({Action.EXPORT_REGISTER, Action.EDIT_REGISTER, Action.LAY_OUT, Action.MAKE_MARKET})
_PLANS = _LEADS | _REGISTER | {Action.DRAFT_PLAN, Action.PUBLISH_PLAN, Action.MANAGE_RULES, Action.MANAGE_ROADS}
POLICY: dict[AccountRole, frozenset[Action]] = {
    AccountRole.ADMIN: frozenset(Action),
    AccountRole.PLANNER: _PLANS,
    AccountRole.LEADER: _LEADS,
    AccountRole.MEMBER: _WALKS,
    AccountRole.API: _SEES,
    AccountRole.VIEWER: _SEES,
}
"""Which actions a role has inside the scope that it was granted for."""

WHOLE_INSTALLATION = frozenset(
    {
        Action.MANAGE_PLACES,
        Action.MANAGE_ACCOUNTS,
        Action.MANAGE_RULES,
        Action.MANAGE_ROADS,
        Action.READ_AUDIT,
        Action.PERSONAL_DATA,
    }
)
"""Actions that belong to no market: they need a grant for everything."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a grant holds: one market, one division with all below it, or, with neither, everything."""

    market: str | None = None
    division: str | None = None

    @property
    def everything(self) -> bool:
        """Whether there is no limit."""
        return self.market is None and self.division is None

    def __str__(self) -> str:
        if self.market is not None:
            return f"market:{self.market}"
        return "all" if self.division is None else f"division:{self.division}"


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Grant:
    """A role inside a scope."""

    role: AccountRole
    scope: Scope = EVERYTHING

    def allows(self, action: Action) -> bool:
        """Whether the role has the action, inside the scope."""
        if action not in POLICY[self.role] or (action is Action.MAKE_MARKET and self.scope.market is not None):
            return False
        return self.scope.everything or action not in WHOLE_INSTALLATION


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who asks: a person's account, a machine's token, or the command line.

    `name` is what the audit log says (`user:lin`, `token:dispatch`, `cli:root`); `member` is the code of the member
    whose account it is.
    """

    name: str
    grants: tuple[Grant, ...] = ()
    member: str | None = None

    def scopes(self, action: Action) -> tuple[Scope, ...]:
        """Return where the caller may do something; empty if nowhere."""
        return tuple(grant.scope for grant in self.grants if grant.allows(action))


SYSTEM = Caller("system", (Grant(AccountRole.ADMIN),))
"""The program itself: migrations, generated places, tests. No request from outside is ever this caller."""
