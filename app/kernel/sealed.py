"""A sealed value: something only the vault can open, on purpose.

The column type never encrypts: it does not see the row. It only refuses clear text, so that nothing readable
can reach a sealed column by mistake, and hides what it holds from logs and tracebacks.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Sealed(bytes):
    """Sealed bytes. Printing shows the length and nothing else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<sealed {len(self)} B>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


class SealedColumn(TypeDecorator[Sealed]):
    """Column of sealed values; clear text or plain bytes are a TypeError."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Let only Sealed through."""
        del dialect
        if value is None:
            return None
        if not isinstance(value, Sealed):
            msg = "a sealed column takes Sealed values only"
            raise TypeError(msg)
        return bytes(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        """Give back what was stored, still shut."""
        del dialect
        return None if value is None else Sealed(value)
