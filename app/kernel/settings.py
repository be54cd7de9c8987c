"""What the installation is told by its environment. Rules of the consultation are not here: an agreement fixes those."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Configuration by environment variable; every one has a default that is safe on one's own machine."""

    # A value that does not fit is named by its variable, never shown: some of them are secrets.
    model_config = SettingsConfigDict(
        env_prefix="LIVCR_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

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
        pattern=r"^(https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)?$",
        description="Address of the pages as people type it, such as `https://livc.example.be`; passkeys belong to it"
        " and a provider sends people back to it. Empty: passkeys on `http://localhost` only.",
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
    smtp_host: str = Field(
        "",
        description="Mail server that notices are handed to; empty: notices stand on the page Today only.",
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the line to it is encrypted, with a verified certificate: `starttls` (port 587), `tls` (port 465);"
        " `none` for a server on this very machine only.",
    )
    smtp_ca_file: str = Field(
        "", description="File of the authorities its certificate is verified against; empty: the system's."
    )
    smtp_user: str = Field("", description="Name to sign in with at the mail server; empty: none is asked.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password of that name; better in a file.")
    smtp_password_file: str = Field("", description="File that holds that password, and nothing else.")
    smtp_from: str = Field("", description="Address that notices come from; answers to it are not read.")
    post_seconds: float = Field(
        30.0, gt=0, le=3600, description="Seconds between two looks at what has to be sent."
    )
    oidc_issuer: str = Field(
        "",
        description="Issuer of the OpenID Connect provider people may sign in with, exactly as it calls itself;"
        " empty: password and code only.",
    )
    oidc_name: str = Field("ACM/IDM", description="What people call that provider; stands on the button.")
    oidc_client_id: str = Field("", description="What the provider calls this installation.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="Secret of this installation at the provider; better in a file."
    )
    oidc_client_secret_file: str = Field("", description="File that holds that secret, and nothing else.")
    oidc_scopes: str = Field(
        "openid vo", description="Scopes to ask for, with spaces; never the national number."
    )
    oidc_agency_claim: str = Field(
        "vo_orgcode",
        description="Claim with the code of the organisation (KBO number, OVO code, institution number). It has to equal"
        " the code of the person's agency. Empty: not compared, and then only an administrator links.",
    )
    oidc_person_claim: str = Field(
        "email",
        description="Claim with the user name or e-mail address by which a person is found at a first sign-in that an"
        " administrator expects. `email` counts only with `email_verified`.",
    )
    oidc_acr_values: str = Field(
        "",
        description="Means of signing in to ask the provider for (`acr_values`), with spaces; empty: its own choice.",
    )
    oidc_second_factor: str = Field(
        "",
        description="Values of `acr` or `amr`, with spaces, that count as a second factor (R20). Anything else, and the"
        " first time of each link: our own one-time code is asked.",
    )

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        """Refuse half a provider, one that is reached in the clear, and the national number."""
        if not self.oidc_issuer:
            return self
        secret = bool(self.oidc_client_secret.get_secret_value()) != bool(self.oidc_client_secret_file)
        if not (self.oidc_client_id and self.public_origin and secret):
            raise ValueError(
                "LIVCR_OIDC_ISSUER also needs LIVCR_OIDC_CLIENT_ID, LIVCR_PUBLIC_ORIGIN and one of"
                " LIVCR_OIDC_CLIENT_SECRET_FILE and LIVCR_OIDC_CLIENT_SECRET"
            )
        if not is_safe_address(self.oidc_issuer):
            raise ValueError("LIVCR_OIDC_ISSUER is an https address")
        asked = {*self.oidc_scopes.split(), self.oidc_agency_claim, self.oidc_person_claim}
        if asked & _NATIONAL_NUMBER or "openid" not in asked:
            raise ValueError("LIVCR_OIDC_SCOPES holds openid, and nothing here asks for the national number")
        return self

    @model_validator(mode="after")
    def _whole_post(self) -> Self:
        """Refuse half a mail server, and one that is reached in the clear."""
        if not self.smtp_host:
            return self
        password = bool(self.smtp_password.get_secret_value()) or bool(self.smtp_password_file)
        if not (self.public_origin and is_mail_address(self.smtp_from)) or password != bool(self.smtp_user):
            raise ValueError(
                "LIVCR_SMTP_HOST also needs LIVCR_PUBLIC_ORIGIN and an address in LIVCR_SMTP_FROM, and LIVCR_SMTP_USER goes"
                " with LIVCR_SMTP_PASSWORD_FILE or LIVCR_SMTP_PASSWORD"
            )
        if self.smtp_tls == "none" and not is_this_machine(self.smtp_host):
            raise ValueError("LIVCR_SMTP_TLS is none for a mail server on this machine only")
        return self

    @property
    def secrets(self) -> Path:
        """Folder of generated secrets, 0700."""
        return self.data / "secrets"

    def oidc_secret(self) -> str:
        """Give this installation's secret at the provider, from its file if there is one. Raises OSError."""
        if self.oidc_client_secret_file:
            return Path(self.oidc_client_secret_file).read_text(encoding="utf-8").strip()
        return self.oidc_client_secret.get_secret_value()

    def mail_password(self) -> str:
        """Give this installation's password at the mail server, from its file if there is one. Raises OSError."""
        if self.smtp_password_file:
            return Path(self.smtp_password_file).read_text(encoding="utf-8").strip()
        return self.smtp_password.get_secret_value()


_NATIONAL_NUMBER = frozenset({"rrn", "egov_nrn", "nrn", "insz", "niss"})
"""Scopes and claims that carry the national number: it identifies no account here and is not kept."""


_MAIL_LONGEST = 254
_MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def is_mail_address(text: str) -> bool:
    """Tell whether a text is one plain e-mail address: nothing quoted, no name before it, nothing beyond ASCII."""
    return len(text) <= _MAIL_LONGEST and _MAIL_ADDRESS.fullmatch(text) is not None


def is_safe_address(url: str) -> bool:
    """Tell whether an address is https, or on this very machine; without user, query or fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if (
        not (url.isascii() and url.isprintable() and host)
        or " " in url
        or parts.username
        or parts.password
        or parts.query
        or parts.fragment
    ):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))


def is_this_machine(host: str) -> bool:
    """Tell whether a host name can be nothing but this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def settings() -> Settings:
    """Read the environment once."""
    return Settings()
