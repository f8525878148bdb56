"""Unknown query parameters are refused at every door."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/me"),
        ("GET", "/api/v1/tokens"),
        ("GET", "/api/v1/hosts"),
        ("GET", "/api/v1/prometheus/targets"),
        ("GET", "/api/v1/indicators"),
        ("POST", "/api/v1/hosts"),
        ("POST", "/api/v1/surveys/imports"),
        ("GET", "/api/v1/indicators/cloud-rate"),
    ],
)
def test_an_unknown_parameter_is_a_400_that_names_it(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, params={"colour": "red"})

    assert answer.status_code == 400
    assert "colour" in answer.json()["detail"]


def test_a_dry_run_asked_for_in_the_address_does_not_import_for_real(client: TestClient) -> None:
    files = {"file": ("sheet.xlsx", b"PK")}

    answer = client.post("/api/v1/surveys/imports", params={"dry_run": "true"}, files=files)

    assert answer.status_code == 400
    assert "dry_run" in answer.json()["detail"]
