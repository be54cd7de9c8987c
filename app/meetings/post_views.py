"""What the post answers to the server that runs it: numbers (R37)."""

from __future__ import annotations

from app.kernel.shapes import View


class SentView(View):
    """How many notices were handed over in one letter."""

    notices: int


class RemindedView(View):
    """How many reminders were left."""

    left: int
