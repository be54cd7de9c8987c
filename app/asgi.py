"""A worker process: the application around databases that the parent keeps running. A composition root."""

from __future__ import annotations

import gc
import os

from fastapi import FastAPI

from app.directory.actors import recognise
from app.kernel.i18n import load_all
from app.kernel.installing import Addresses, assemble
from app.kernel.settings import settings
from app.main import create_app

MAIN, KEYS = "LIVCR_MAIN_ADDRESS", "LIVCR_KEYS_ADDRESS"


def create() -> FastAPI:
    """Build the application from the addresses the parent put into the environment."""
    process = assemble(Addresses(os.environ[MAIN], os.environ[KEYS]), settings(), recognise)
    app = create_app(process.installation)
    load_all()  # all four languages before the first request
    gc.collect()
    gc.freeze()  # what start-up made stays; collecting it again and again costs requests
    gc.set_threshold(50_000, 20, 20)
    return app
