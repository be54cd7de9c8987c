"""The stage of the proofs, and what was proven in figures at the end of the run."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import cast as cast_module
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from provider_door import settings
from proving.client import Undone, swiftly
from proving.prover import Prover
from proving.stage import Stage
from proving.things import ISSUER

from app.directory.actors import recognise
from app.kernel.clock import SetClock
from app.kernel.installing import assemble
from app.kernel.migrating import admin_engine
from app.kernel.openid import OpenId

COUNTS: Counter[str] = Counter()
"""What the proofs did, by kind; printed at the end."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the figures of one of several workers to who asked for them."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["proofs"] = dict(COUNTS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the figures of a worker to ours."""
    for name, figure in getattr(node, "workeroutput", {}).get("proofs", {}).items():
        COUNTS[name] = COUNTS[name] + figure if isinstance(figure, int) else figure


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in figures what the proofs covered."""
    if not COUNTS:
        return
    terminalreporter.section("need-to-know, proven by machine")
    for name, count in COUNTS.items():
        terminalreporter.write_line(f"{name}: {count}")


@pytest.fixture(scope="session")
def counts() -> Counter[str]:
    return COUNTS


@pytest.fixture(scope="module")
def proving_house(databases: Any, template: Any) -> Iterator[Any]:
    """A House on databases of its own, shared by the tests of one file."""
    house = sys.modules[type(databases).__module__].House
    name = f"livcr_p_{uuid4().hex[:10]}"
    addresses = databases.create(name, template.name)
    process = assemble(addresses, databases.server.settings, recognise, SetClock(cast_module.NOW))
    process.installation.openid = OpenId(settings(ISSUER), seconds=1.0)
    try:
        yield house(process, deepcopy(template.cast))
    finally:
        process.databases.dispose()
        databases.drop(name)


@pytest.fixture(scope="module")
def stage(proving_house: Any) -> Stage:
    """Everybody and everything of the sweep, committed."""
    with admin_engine(proving_house.process.addresses.main).begin() as conn:
        return Stage(conn, proving_house)


@pytest.fixture(scope="module")
def undone(proving_house: Any) -> Iterator[Undone]:
    """The application, each call of it taken back."""
    made = Undone(proving_house)
    with swiftly():
        yield made
    made.close()


@pytest.fixture(scope="module")
def pair(proving_house: Any, undone: Undone) -> Iterator[tuple[Undone, Undone]]:
    """Two of them, so that one asks while the database answers the other."""
    made = Undone(proving_house)
    yield undone, made
    made.close()


@pytest.fixture
def prove(house: Any) -> Iterator[Prover]:
    """Who asks one route of a house of one's own, for what the stage does not hold."""
    engine = admin_engine(house.process.addresses.main).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as conn, swiftly():
        made = Prover(house, conn)
        yield made
        made.caller.close()
