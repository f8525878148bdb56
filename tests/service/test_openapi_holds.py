"""The description is exact: generated requests meet no 500 and no answer that it does not describe."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks as known
from schemathesis.specs.openapi import checks

from provisioning.credentials import MasterKey
from service.openapi import describe

# One statement about each answer: no failure of ours, a described status, the described body.
HELD = (known.not_a_server_error, checks.status_code_conformance, checks.response_schema_conformance)
EXAMPLES = 4


@pytest.mark.filterwarnings("ignore")
def test_generated_requests_are_answered_as_the_description_says(app: FastAPI, client: TestClient) -> None:
    MasterKey.create(app.state.settings.master_key_path)
    describe(app)  # made once, before the loader's clock runs
    api = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    token = client.headers["Authorization"]
    tried = 0
    for result in api.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]  # a broken description fails right here
        if operation.path.endswith(("/login", "/events")):
            continue

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=(Phase.generate,),
                  suppress_health_check=list(HealthCheck), database=None)  # fmt: skip
        @given(case=operation.as_strategy())
        def meet(case: schemathesis.Case[Any]) -> None:
            answer = case.call(headers={"Authorization": token})
            case.validate_response(answer, checks=list(HELD))

        meet()
        tried += 1

    assert tried > 80
