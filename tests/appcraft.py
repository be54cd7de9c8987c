"""The application around an installation of a test's own, without building it anew."""

from __future__ import annotations

import copy
import functools

from fastapi import FastAPI
from starlette.datastructures import State

from app.kernel.work import Installation
from app.main import BEAT, create_app


@functools.cache
def _application(beat: float) -> FastAPI:
    """Build the application once a run: what FastAPI works out for each route is the same around every installation."""
    return create_app(None, beat=beat)  # type: ignore[arg-type]


def app_around(installation: Installation, beat: float = BEAT) -> FastAPI:
    """Give the application with an installation of its own, and nothing else of its own."""
    app = copy.copy(_application(beat))
    app.state = State(dict(app.state._state))
    app.state.installation = installation
    app.middleware_stack = None
    return app
