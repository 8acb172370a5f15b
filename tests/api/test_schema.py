"""Whatever the description of the API allows is answered as it describes: schemathesis, as administrator."""

from typing import Any

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 6
"""Made-up requests a route; every second one is about things that exist."""
KNOWN = {"market": "two-floors", "plan": "two-floors-p1", "account": "lin", "token": "machine", "place": "jiashan"}


def test_every_route_answers_as_described(client: TestClient) -> None:
    client.post("/api/v1/markets/two-floors/plans", json={})
    client.post("/api/v1/accounts", json={"name": "lin", "role": "viewer"})
    client.post("/api/v1/tokens", json={"name": "machine"})
    faults: list[str] = []
    asked = 0
    for result in schemathesis.openapi.from_asgi("/openapi.json", client.app).get_all_operations():
        operation = result.ok()
        found = _faults(operation, client.headers["authorization"])
        faults += [f"{operation.label}: {fault}" for fault in found[1]]
        asked += found[0]
    assert faults == [], "\n\n".join(faults)
    assert asked > 100


def _faults(operation: Any, key: str) -> tuple[int, list[str]]:
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        if asked % 2:
            case.path_parameters |= {name: KNOWN[name] for name in case.path_parameters}
        case.validate_response(case.call(headers={"Authorization": key}), checks=CHECKS)

    try:
        ask()
    except BaseExceptionGroup as group:
        return asked, [str(error) for error in group.exceptions]
    except AssertionError as error:
        return asked, [str(error)]
    return asked, []
