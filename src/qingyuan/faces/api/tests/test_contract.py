"""The whole description of the API against a live server: whatever is sent, the answer is one that was promised."""

from __future__ import annotations

import datetime as dt
import logging
import zlib

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance

from qingyuan.faces.api.exchange import api
from qingyuan.records.cases import transfer
from qingyuan.records.cases.tests.cast import AT, file, inspected, officer
from qingyuan.records.registry.tokens import issue_token

EXAMPLES = 6


@pytest.mark.django_db(transaction=True)
def test_every_operation_keeps_its_promises(live_server, settings_of_test):
    """Bounded and deterministic: no 5xx, no undeclared status, no undeclared shape, for valid and for malformed requests."""
    clear = settings_of_test
    logging.getLogger("django.request").setLevel(logging.ERROR)
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/"))
    schema.config.update(base_url=live_server.url)
    headers = {"Authorization": f"Bearer {clear}", "Idempotency-Key": "contract-00000001"}
    broken = []
    for found in schema.get_all_operations():
        broken += problems_of(found.ok(), headers)
    assert not broken, "\n".join(broken)


@pytest.fixture
def settings_of_test(settings, tmp_path, transactional_db):
    """A case with a transfer and a token, so that some requests reach what is behind the doors; the clear token."""
    settings.QINGYUAN_FILES = tmp_path
    case = file(inspected())
    transfer.transfer(case, kind="crime", to="公安局", papers=["案件调查报告"], why="涉嫌犯罪", offence="污染环境罪", procuratorate="检察院", by=officer("吴海涛"), at=AT)
    return issue_token(name="对接", officer=officer("李明"), may_write=True, valid_to=dt.datetime(2099, 1, 1, tzinfo=dt.UTC), by=None, at=AT)


def problems_of(operation, headers: dict[str, str]) -> list[str]:
    """What one operation answered that it had not declared, one line each."""
    found: list[str] = []
    declared = set(operation.definition.raw["responses"])

    @seed(1)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case) -> None:
        if isinstance(case.path_parameters.get("pk"), int) and case.path_parameters["pk"] % 3:
            case.path_parameters["pk"] = 1  # two of three go to the row that is there
        case.headers = {**headers, "Idempotency-Key": f"contract-{zlib.crc32(repr((case.path_parameters, case.body)).encode()):09d}"}
        answer = case.call()
        where = f"{operation.method.upper()} {operation.path}"
        if str(answer.status_code) not in declared:
            found.append(f"{where}: {answer.status_code} is not declared; {case.path_parameters} {case.query} {str(case.body)[:200]} → {answer.text[:200]}")
        elif answer.status_code >= 400 and not answer.json().get("reasons"):
            found.append(f"{where}: {answer.status_code} without a reason")
        elif answer.status_code < 400:
            try:
                case.validate_response(answer, checks=[response_schema_conformance])
            except (Failure, FailureGroup) as error:
                found.append(f"{where}: {str(error)[:300]}")

    ask()
    return found
