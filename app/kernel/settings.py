"""What the installation is told by its environment. Rules of the consultation are not here: an agreement fixes those."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Configuration by environment variable; every one has a default that is safe on one's own machine."""

    model_config = SettingsConfigDict(env_prefix="LIVCR_", extra="ignore", frozen=True)

    data: Path = Field(Path("var"), description="Folder for the embedded databases, keys and logs.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("PORT", "LIVCR_PORT"),
        description="Port to listen on.",
    )
    database_url: str = Field(
        "",
        validation_alias="DATABASE_URL",
        description="A real PostgreSQL (16 or newer), as a role that may create roles; empty: embedded.",
    )
    keys_database_url: str = Field(
        "",
        validation_alias="KEYS_DATABASE_URL",
        description="Database of the key store, apart from the main one; empty: embedded.",
    )
    postgres: Annotated[Literal[16, 18], BeforeValidator(int)] = Field(
        18, description="Version of the embedded PostgreSQL."
    )
    key_provider: Literal["file", "secret", "kms"] = Field(
        "file",
        description="Who holds the wrapping key: a file in the data folder (development), a secret handed to the server,"
        " or a key service that speaks the HTTP of HashiCorp Vault's Transit engine.",
    )
    wrapping_key: SecretStr = Field(
        SecretStr(""),
        description="For `secret`: ID:KEY with a KEY of 32 bytes in base64; after a comma older ones, to unwrap only.",
    )
    wrapping_key_file: Path | None = Field(
        None, description="For `secret`: a file with the same, in place of the variable."
    )
    kms_url: str = Field(
        "", description="For `kms`: address of the Transit engine, e.g. `https://host:8200/v1/transit`."
    )
    kms_key: str = Field("livcr", description="For `kms`: name of the key, of type `aes256-gcm96`.")
    kms_token_file: Path | None = Field(
        None, description="For `kms`: file with the token; read at each request."
    )
    key_copies: Path | None = Field(
        None,
        description="Folder that gets a copy of the key store after each rotation of the wrapping key, before the old"
        " key is destroyed; empty: none.",
    )
    workers: int = Field(1, ge=1, le=64, description="Server processes.")
    pool: int = Field(10, ge=1, le=100, description="Database connections per process.")
    access_minutes: int = Field(15, ge=1, le=60, description="Life of an access token, in minutes.")
    session_hours: int = Field(10, ge=1, le=24, description="Longest life of a session, in hours.")
    idle_minutes: int = Field(
        15, ge=1, le=120, description="Minutes without a request after which a session is locked."
    )
    confirm_minutes: int = Field(
        5, ge=1, le=60, description="Minutes for which a second factor is fresh enough for the gravest acts."
    )
    sign_ins_per_minute: int = Field(
        60,
        ge=1,
        le=1_000_000,
        description="Tries to sign in from one address in a minute, right ones included.",
    )
    recovery_minutes: int = Field(
        60,
        ge=5,
        le=1440,
        description="Life of the code that gives a person new means to sign in, in minutes.",
    )
    public_origin: str = Field(
        "",
        pattern=r"^(https://[a-z0-9.-]+(:[0-9]+)?)?$",
        description="Address of the pages as people type it, such as `https://livc.example.be`; passkeys belong to it."
        " Empty: passkeys on `http://localhost` only.",
    )
    breached_passwords: Path | None = Field(
        None,
        description="File of SHA-1 hashes of breached passwords, sorted by hash, as haveibeenpwned.com offers it.",
    )
    attachment_bytes: int = Field(
        10 << 20, ge=1 << 16, le=50 << 20, description="Largest attachment that is taken, in bytes."
    )
    case_attachment_bytes: int = Field(
        100 << 20,
        ge=1 << 16,
        le=1 << 30,
        description="Room for the attachments of one case together, in bytes.",
    )
    case_attachments: int = Field(50, ge=1, le=500, description="Most attachments of one case.")
    seal_seconds: float = Field(
        5.0, gt=0, le=60, description="Seconds between two rounds of the journal's sealer."
    )

    @property
    def secrets(self) -> Path:
        """Folder of generated secrets, 0700."""
        return self.data / "secrets"


@cache
def settings() -> Settings:
    """Read the environment once."""
    return Settings()
