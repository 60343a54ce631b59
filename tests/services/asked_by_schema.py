"""An application in a thread of this process, asked what its own OpenAPI document allows and forbids."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema
from starlette.applications import Starlette

from adplat.flows.service_process import unused_ports

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
# What is wrong may be refused for being too large as well: it does not know that one.
_REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
_CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": _REFUSED}}})
# An operation, whether it is asked rightly, and a status that has to come back among the answers.
Asked = tuple[str, GenerationMode, int]


@contextmanager
def serving(app: Starlette, port: int = 0) -> Iterator[str]:
    """Its address; ``port`` 0: a free one."""
    port = port or unused_ports(1)[0]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def ask_as_the_document_says(
    address: str,
    asked: Asked,
    all_asked: Sequence[Asked],
    caplog: pytest.LogCaptureFixture,
    most_examples: int,
    headers: dict[str, str] | None = None,
) -> None:
    """Every answer is one that the document describes; ``all_asked`` names every operation that it has.

    ``headers`` go with every request, such as a key.
    """
    name, mode, expected = asked
    document = schemathesis.openapi.from_url(f"{address}/openapi.json", config=_CONFIG)
    assert isinstance(document, OpenApiSchema)
    operations = {found.ok().label: found.ok() for found in document.get_all_operations()}
    assert set(operations) == {each for each, _, _ in all_asked}
    seen: Counter[int] = Counter()

    @settings(max_examples=most_examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[name].as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        response = case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
        seen[response.status_code] += 1
        assert b"Traceback" not in response.content

    with caplog.at_level(logging.ERROR, logger="services"):
        ask()
    assert seen[expected] > 0, seen
    assert not [record for record in caplog.records if record.name.startswith("services")]
