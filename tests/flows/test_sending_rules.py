"""What a schedule may name: a number that would be refused when it is sent to is refused when it is saved."""

from __future__ import annotations

import pytest

from adplat.domain import ConfigRejected, SendTo
from adplat.flows.sending_rules import SendingRules
from tests.client.test_webhook import NEAR

OTHERWISE_WRITTEN = ["127.1", "2130706433", "0x7f.0.0.1", "10.5", "0300.0250.1.1", "127.0.0.1."]


@pytest.mark.parametrize("host", [*NEAR, *OTHERWISE_WRITTEN])
def test_a_number_that_is_not_on_the_open_internet_is_refused_when_it_is_saved(host: str) -> None:
    address = f"https://[{host}]/x" if ":" in host else f"https://{host}/x"
    with pytest.raises(ConfigRejected, match="open internet"):
        SendingRules().require(SendTo(webhook=address))


@pytest.mark.parametrize("address", ["https://93.184.215.14/x", "https://[2606:4700::1111]/x", "https://hook.example/"])
def test_one_that_may_be_far_is_taken(address: str) -> None:
    SendingRules().require(SendTo(webhook=address))
    with pytest.raises(ConfigRejected, match="without TLS"):
        SendingRules().require(SendTo(webhook=address.replace("https:", "http:")))


def test_for_trials_this_machine_is_taken_and_its_neighbours_are_not() -> None:
    trial = SendingRules(local_webhooks=True)
    for address in ("http://127.0.0.1:8000/", "http://localhost/", "https://[::1]/"):
        trial.require(SendTo(webhook=address))
    with pytest.raises(ConfigRejected, match="open internet"):
        trial.require(SendTo(webhook="https://10.0.0.5/x"))
