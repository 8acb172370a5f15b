"""schemathesis over the whole API as each role but admin, and as a stranger: as described, and nothing told."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis

from gridmap.api.access import Open, decisions
from gridmap.model.rights import POLICY, AccountRole, Action
from gridmap.services import audit
from gridmap.store.session import Database
from tests.callers import token_of
from tests.described import faults_of
from tests.soak.budget import share_of
from tests.two_halls import OTHER, OWN, SECRET, two_halls

EXAMPLES = 120
"""Made-up requests a route and role."""
_READS = frozenset({"register.read"})
_LEADS = _READS | {"sync", "site.rules", "member.add", "member.change", "member.end", "post.add", "post.end"}
_LEADS |= {f"absence.{act}" for act in ("add", "end", "cover")} | {"shifts.member", "shifts.role"}
_LEADS |= {f"assignment.{act}" for act in ("add", "end", "apply")}
MAY_WRITE = {
    AccountRole.PLANNER: _LEADS | {"plan.draft", "plan.publish"},
    AccountRole.LEADER: _LEADS,
    AccountRole.MEMBER: frozenset({"sync"}),
}
"""What the audit log may say of a role."""
ROLES = [*(role for role in AccountRole if role is not AccountRole.ADMIN), None]


@pytest.mark.soak
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "stranger")
def test_every_route_answers_each_role_as_described(
    database: Database, database_url: str, tmp_path: Path, role: AccountRole | None
) -> None:
    with two_halls(database, database_url, tmp_path) as world:
        headers = {"Authorization": f"Bearer {token_of(database, role, f'market:{OWN}')}"} if role else {}
        allowed = POLICY[role] if role else frozenset[Action]()
        opened = {(row.method, row.path) for row in decisions(world.app) if isinstance(row.decision, Open)}
        known = {
            "market": [OWN, OTHER],
            "plan": [plan for both in world.plans.values() for plan in both],
            "other": [plan for both in world.plans.values() for plan in both],
            "account": ["nobody"],
            "token": ["nothing"],
            "place": ["yuyuan"],
            "member": ["nobody"],
            "absence": ["nothing"],
            "assignment": ["nothing"],
            "merchant": ["nobody"],
            "role": ["member"],
        }
        faults: list[str] = []
        asked = 0
        for result in schemathesis.openapi.from_asgi("/openapi.json", world.app).get_all_operations():
            operation = result.ok()
            is_open = (operation.method.upper(), operation.full_path) in opened

            def look(answer: Any, is_open: bool = is_open) -> None:
                assert role or is_open or answer.status_code in (400, 401), "a stranger got past the gate"
                assert Action.VIEW_REGISTER in allowed or SECRET not in answer.text, "names merchants"
                assert answer.status_code >= 400 or OTHER not in answer.text, "speaks of another market"

            count, found = faults_of(
                operation, examples=share_of(EXAMPLES, least=3), headers=headers, known=known, look=look
            )
            asked += count
            faults += [f"{operation.label}: {fault}" for fault in found]
        assert faults == [], "\n\n".join(faults)
        assert asked > 20
        written = {line.action for line in audit.read_log(database, limit=100_000) if line.actor.startswith("token:")}
        assert written <= MAY_WRITE.get(role, frozenset()), "wrote what is not his"
