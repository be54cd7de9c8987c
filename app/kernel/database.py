"""Rows and connections: PostgreSQL, reached through roles that own nothing.

Every transaction says who acts, under which mandate and at which moment (`livcr.actor`, `livcr.mandate`,
`livcr.now`), and row-level security answers accordingly (docs/decisions/0005). Nobody set: no rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, DateTime, Engine, MetaData, Select, Uuid, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg as psycopg_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, sessionmaker

from app.kernel.sealed import Sealed, SealedColumn

APP, RETENTION, SEALER, KEEPER = "livcr_app", "livcr_retention", "livcr_sealer", "livcr_keeper"
OWNER, LEDGER = "livcr_owner", "livcr_ledger"
LOGIN_ROLES = (APP, RETENTION, SEALER, KEEPER)

_TWICE = {"23505", "23P01"}

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_JSON = JSONB(none_as_null=True)
"""Nothing is NULL, which SQL can ask for; as the word null of JSON it would count as something."""


class Row(DeclarativeBase):
    """Base of every stored row."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, Any]: _JSON,
        list[dict[str, Any]]: _JSON,
        dict[str, str]: _JSON,
        dict[str, int]: _JSON,
        UUID: Uuid,
        Sealed: SealedColumn,
        datetime: DateTime(timezone=True),
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
        hide_parameters=True,  # no value reaches a log by way of an error
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
    keys_keeper: Engine

    def dispose(self) -> None:
        """Close every pooled connection."""
        for engine in (
            self.app,
            self.keys,
            self.retention,
            self.sealer,
            self.keys_retention,
            self.keys_keeper,
        ):
            engine.dispose()


WHO = (
    "set_config('livcr.actor', %(who_actor)s, true) AS who_actor,"
    " set_config('livcr.mandate', %(who_mandate)s, true) AS who_mandate,"
    " set_config('livcr.now', %(who_now)s, true) AS who_now"
)
"""Columns of a SELECT that tell the database, for this transaction only, who acts and at which moment."""


def _who(actor: UUID | None, mandate: UUID | None, now: datetime | None) -> dict[str, str]:
    return {
        "who_actor": str(actor) if actor else "",
        "who_mandate": str(mandate) if mandate else "",
        "who_now": now.isoformat() if now else "",
    }


def say_who(conn: Connection, actor: UUID | None, mandate: UUID | None, now: datetime | None) -> None:
    """Tell the database, for this transaction only, who acts and at which moment."""
    _by_hand(conn, "SELECT " + WHO, _who(actor, mandate, now))


def lean_rows(session: Session, query: str, /, **values: Any) -> list[Any]:
    """Give the rows of a statement written by hand (`%(name)s` for values), in the session's own transaction.

    For what is asked all day: it costs a third of what the object mapper takes. Rows are named tuples; a
    statement without a result gives none. What the session has not written yet is written first. Raises
    DBAPIError, as the session itself does.
    """
    session.flush()
    return _by_hand(session.connection(), query, values)


class Composed:
    """A query composed of parts once, and then asked by hand all day; what changes are its `bindparam`s."""

    def __init__(self, query: Select[Any]) -> None:
        dialect = psycopg_dialect()  # type: ignore[no-untyped-call]
        made = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self._text = str(made)
        self._fixed = {name: value for name, value in made.params.items() if value is not None}

    def rows(self, session: Session, /, **values: Any) -> list[Any]:
        """Give the rows for these values, as `lean_rows`."""
        return lean_rows(session, self._text, **self._fixed, **values)


def arrive(session: Session, query: str, /, **values: Any) -> list[Any]:
    """Begin the session's transaction with a query that itself selects `WHO`: one round trip less.

    Where the query finds no row, the transaction acts for nobody.
    """
    info = session.info
    info["said"] = True
    try:
        conn = session.connection()
    finally:
        info["said"] = False
    return _by_hand(conn, query, _who(info["actor"], info["mandate"], info["now"]) | values)


def _by_hand(conn: Connection, query: str, values: dict[str, Any]) -> list[Any]:
    driver: Any = conn.connection.driver_connection
    try:
        with driver.cursor(row_factory=namedtuple_row) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.rownumber is not None else []
    except psycopg.Error as fault:
        raise DBAPIError.instance(query, None, fault, psycopg.Error, hide_parameters=True) from fault


def is_there_already(fault: BaseException | None) -> bool:
    """Tell whether the database refused what must be there once: a unique key, or a period that overlaps another."""
    return isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) in _TWICE


def planned_once(engine: Engine) -> Engine:
    """Have an engine's connections plan each query once: what we ask differs in its ids, not in its shape.

    Planning anew each time cost as much as running it.
    """

    @event.listens_for(engine, "connect")
    def _connected(driver: Any, _: Any) -> None:
        driver.execute("SET plan_cache_mode = force_generic_plan")
        driver.commit()

    return engine


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Give sessions whose every transaction begins by saying who acts (`session.info`)."""
    factory = sessionmaker(planned_once(engine), expire_on_commit=False)

    @event.listens_for(factory, "after_begin")
    def _begun(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        del transaction
        info = session.info
        if not info.get("said"):
            say_who(connection, info.get("actor"), info.get("mandate"), info.get("now"))

    return factory
