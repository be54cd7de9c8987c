"""A provider of identities in a process of its own, and a house that knows it."""

from __future__ import annotations

import pytest
from provider_door import Provider, configure, identify, person


@pytest.fixture(scope="session")
def provider_process():
    """The provider's process, for the whole run."""
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def provider(provider_process):
    """The provider, well behaved, at which the participant signs in."""
    provider_process.told(reset=True, wrong="", algorithm="RS256", claims=person())
    return provider_process


@pytest.fixture
def known(house, provider):
    """A house that knows the provider, and in which the participant's agency has its code."""
    configure(house, provider.issuer)
    identify(house, "ocmw")
    return house
