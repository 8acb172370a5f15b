"""Asking an operation of the API made-up questions, and comparing the answers with its description."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

LONGEST_S = 120
"""An answer may take as long as loading a place does on a busy machine."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def faults_of(
    operation: Any,
    *,
    examples: int,
    headers: Mapping[str, str],
    known: Mapping[str, Sequence[str]],
    look: Callable[[Any], None] = lambda answer: None,
) -> tuple[int, list[str]]:
    """Ask; return how many questions there were and what was wrong. Every second one is about things that exist.

    `known` names, by path parameter, things that exist; `look` may raise AssertionError about an answer.
    """
    asked = 0

    @settings(
        max_examples=examples,
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
            names = [name for name in case.path_parameters if name in known]
            there = {name: known[name][asked // 2 % len(known[name])] for name in names}
            case.path_parameters |= there
        answer = case.call(headers=dict(headers), timeout=LONGEST_S)
        case.validate_response(answer, checks=CHECKS)
        look(answer)

    try:
        ask()
    except BaseExceptionGroup as group:
        return asked, [str(error) for error in group.exceptions]
    except AssertionError as error:
        return asked, [str(error)]
    return asked, []
