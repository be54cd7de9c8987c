"""Rows and connections: PostgreSQL, reached through roles that own nothing.

Every transaction says who acts, under which mandate and at which moment (`livcr.actor`, `livcr.mandate`,
`livcr.now`), and row-level security answers accordingly (docs/decisions/0005). Nobody set: no rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy import Connection, DateTime, Engine, MetaData, Uuid, create_engine, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, sessionmaker

from app.kernel.sealed import Sealed, SealedColumn

APP, RETENTION, SEALER = "livcr_app", "livcr_retention", "livcr_sealer"
OWNER, LEDGER = "livcr_owner", "livcr_ledger"
LOGIN_ROLES = (APP, RETENTION, SEALER)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """Base of every stored row."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        dict[str, int]: JSONB,
        UUID: Uuid,
        Sealed: SealedColumn,
        __import__("datetime").datetime: DateTime(timezone=True),
    }


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def engine_for(url: str, *, pool: int = 5) -> Engine:
    """Give an engine for a `postgresql://` address; *pool* connections, checked before use after an idle spell."""
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1).replace(
            "postgres://", "postgresql+psycopg://", 1
        ),
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=5,
        pool_recycle=900,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        connect_args={
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s",
        },
    )


@dataclass(frozen=True, slots=True)
class Databases:
    """The connections of one process: what each may do is said by its database role."""

    app: Engine
    keys: Engine
    retention: Engine
    sealer: Engine
    keys_retention: Engine

    def dispose(self) -> None:
        """Close every pooled connection."""
        for engine in (self.app, self.keys, self.retention, self.sealer, self.keys_retention):
            engine.dispose()


SET_ACTOR = text(
    "SELECT set_config('livcr.actor', :actor, true), set_config('livcr.mandate', :mandate, true),"
    " set_config('livcr.now', :now, true)"
)


def say_who(conn: Connection, actor: UUID | None, mandate: UUID | None, now: Any) -> None:
    """Tell the database, for this transaction only, who acts and at which moment."""
    conn.execute(
        SET_ACTOR,
        {
            "actor": str(actor) if actor else "",
            "mandate": str(mandate) if mandate else "",
            "now": now.isoformat() if now else "",
        },
    )


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Give sessions whose every transaction begins by saying who acts (`session.info`)."""
    factory = sessionmaker(engine, expire_on_commit=False)

    @event.listens_for(factory, "after_begin")
    def _who(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        del transaction
        say_who(connection, session.info.get("actor"), session.info.get("mandate"), session.info.get("now"))

    return factory
