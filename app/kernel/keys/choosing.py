"""Which provider an installation uses, and whether it fits the key store: asked once, when a process starts."""

from __future__ import annotations

import time
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, text

from app.kernel.keys.local import FileKeys, SecretKeys
from app.kernel.keys.own import PURPOSES, OwnKeys, bound_to
from app.kernel.keys.provider import KeyFault, KeyGone, KeyProvider
from app.kernel.keys.transit import TransitKeys
from app.kernel.settings import Settings

_TRIES = 5
_PAUSE = 0.2


def choose(settings: Settings) -> KeyProvider:
    """Give the provider that the settings name. Raises KeyFault when what it needs is not there."""
    if settings.key_provider == "file":
        return FileKeys(settings.secrets / "wrapping.key")
    if settings.key_provider == "kms":
        if not settings.kms_url or settings.kms_token_file is None:
            raise KeyFault("A key service needs LIVCR_KMS_URL and LIVCR_KMS_TOKEN_FILE.")
        return TransitKeys(settings.kms_url, settings.kms_key, settings.kms_token_file)
    if settings.wrapping_key_file is None:
        return SecretKeys(settings.wrapping_key.get_secret_value(), "LIVCR_WRAPPING_KEY")
    try:
        said = settings.wrapping_key_file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise KeyFault(f"The wrapping key cannot be read from {settings.wrapping_key_file}.") from None
    return SecretKeys(said, str(settings.wrapping_key_file))


def settle(keys: Engine, provider: KeyProvider, in_use: Callable[[], bool]) -> OwnKeys:
    """See that provider and key store belong together, and give the installation's own keys.

    Only an empty key store beside an empty main database (*in_use* says no) gets a first key; whatever was sealed
    before is never met with a new one. *keys* is the key store as the role that keeps it. Raises KeyFault.
    """
    for attempt in range(_TRIES):
        with keys.begin() as conn:
            known = list(conn.scalars(text("SELECT key_id FROM wrapping_key ORDER BY made_at, key_id")))
            if not known:
                _begin(conn, provider, in_use)
                continue
            rows = conn.execute(text("SELECT purpose, wrapping_key, wrapped FROM installation_key")).all()
        missing = set(known) - set(provider.key_ids())
        if missing and attempt < _TRIES - 1:  # another process may be rotating at this very moment
            time.sleep(_PAUSE)
            continue
        if missing:
            raise KeyFault(_missing(sorted(missing), provider))
        if {row.purpose for row in rows} != set(PURPOSES):
            raise KeyFault(
                "The key store was made by an earlier version and cannot be used: a demonstration is built anew"
                " after its data folder was removed."
            )
        try:
            return OwnKeys(
                {r.purpose: provider.unwrap(r.wrapping_key, r.wrapped, bound_to(r.purpose)) for r in rows}
            )
        except KeyGone:
            continue
        except InvalidTag:
            break
    raise KeyFault(
        f"The wrapping key in {provider.place} is not the one that the key store was sealed with: put the right one"
        " back; no new key is made."
    )


def _missing(missing: list[str], provider: KeyProvider) -> str:
    lacks = (
        f"does not hold wrapping key {', '.join(missing)}" if provider.key_ids() else "holds no wrapping key"
    )
    return (
        f"The key store holds sealed keys, and {provider.place} {lacks}: put the right one back, or, if it was"
        " destroyed on purpose, restore the newest backup of the key store; no new key is made."
    )


def _begin(conn: Connection, provider: KeyProvider, in_use: Callable[[], bool]) -> None:
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('livcr first key'))"))
    if conn.scalar(text("SELECT EXISTS (SELECT FROM wrapping_key)")):
        return
    if in_use():
        raise KeyFault(
            "The key store is empty, but the main database is in use: restore the newest backup of the key store;"
            " no new key is made."
        )
    key_id = (provider.key_ids() or [provider.make()])[-1]
    conn.execute(text("INSERT INTO wrapping_key (key_id) VALUES (:k)"), {"k": key_id})
    for purpose in PURPOSES:
        conn.execute(
            text("INSERT INTO installation_key (purpose, wrapping_key, wrapped) VALUES (:p, :k, :w)"),
            {
                "p": purpose,
                "k": key_id,
                "w": provider.wrap(key_id, AESGCM.generate_key(256), bound_to(purpose)),
            },
        )
