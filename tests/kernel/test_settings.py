"""What the environment tells an installation, and what it cannot tell it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.kernel.settings import Settings, settings


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    for name in ("PORT", "DATABASE_URL", "KEYS_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LIVCR_{name.upper()}", raising=False)


def test_without_a_word_everything_is_safe_on_one_s_own_machine():
    told = Settings()
    assert told.host == "127.0.0.1"
    assert (told.port, told.postgres, told.database_url, told.keys_database_url) == (8000, 18, "", "")
    assert told.data == Path("var")
    assert told.secrets == Path("var/secrets")
    assert told.access_minutes <= 15
    assert told.idle_minutes <= 15


@pytest.mark.parametrize(
    ("variable", "value", "field", "read"),
    [
        ("PORT", "9000", "port", 9000),
        ("LIVCR_PORT", "9001", "port", 9001),
        ("LIVCR_DATA", "/srv/livcr", "data", Path("/srv/livcr")),
        ("DATABASE_URL", "postgresql://u@h/d", "database_url", "postgresql://u@h/d"),
        ("KEYS_DATABASE_URL", "postgresql://u@h/k", "keys_database_url", "postgresql://u@h/k"),
        ("LIVCR_POSTGRES", "16", "postgres", 16),
        ("LIVCR_WORKERS", "4", "workers", 4),
        ("LIVCR_SEAL_SECONDS", "0.5", "seal_seconds", 0.5),
        ("LIVCR_CONFIRM_MINUTES", "10", "confirm_minutes", 10),
        ("LIVCR_RECOVERY_MINUTES", "30", "recovery_minutes", 30),
        ("LIVCR_SIGN_INS_PER_MINUTE", "600", "sign_ins_per_minute", 600),
        ("LIVCR_PUBLIC_ORIGIN", "https://livc.example:8443", "public_origin", "https://livc.example:8443"),
        ("LIVCR_BREACHED_PASSWORDS", "/srv/breached.txt", "breached_passwords", Path("/srv/breached.txt")),
    ],
)
def test_each_variable_is_read(monkeypatch, variable, value, field, read):
    monkeypatch.setenv(variable, value)
    assert getattr(Settings(), field) == read


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "http"),
        ("LIVCR_POSTGRES", "15"),
        ("LIVCR_POSTGRES", "eighteen"),
        ("LIVCR_WORKERS", "0"),
        ("LIVCR_ACCESS_MINUTES", "61"),
        ("LIVCR_SESSION_HOURS", "25"),
        ("LIVCR_IDLE_MINUTES", "0"),
        ("LIVCR_SEAL_SECONDS", "0"),
        ("LIVCR_CONFIRM_MINUTES", "0"),
        ("LIVCR_CONFIRM_MINUTES", "61"),
        ("LIVCR_RECOVERY_MINUTES", "1441"),
        ("LIVCR_PUBLIC_ORIGIN", "http://livc.example"),
        ("LIVCR_PUBLIC_ORIGIN", "https://livc.example/"),
        ("LIVCR_PUBLIC_ORIGIN", "https://livc.example@evil.example"),
    ],
)
def test_what_would_be_unsafe_or_is_no_value_stops_the_start(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError):
        Settings()


def test_settings_cannot_be_changed_once_read_and_are_read_once():
    with pytest.raises(ValidationError):
        Settings().host = "0.0.0.0"  # noqa: S104 — what must not be possible
    settings.cache_clear()
    assert settings() is settings()
    settings.cache_clear()


def test_every_setting_says_what_it_means():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


# A provider of identities ---------------------------------------------------------------------------------

PROVIDER = {
    "LIVCR_PUBLIC_ORIGIN": "https://livc.example",
    "LIVCR_OIDC_ISSUER": "https://provider.example/op",
    "LIVCR_OIDC_CLIENT_ID": "livcr",
    "LIVCR_OIDC_CLIENT_SECRET": "sssh-not-to-be-shown",
}


@pytest.fixture
def told(monkeypatch):
    def tell(**also):
        for name, value in (PROVIDER | also).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return tell


def test_a_whole_provider_is_taken_and_its_secret_never_shown(told, tmp_path):
    told()
    assert Settings().oidc_secret() == PROVIDER["LIVCR_OIDC_CLIENT_SECRET"]
    assert "sssh" not in repr(Settings()) + str(Settings()) + Settings().model_dump_json()
    file = tmp_path / "secret"
    file.write_text("from-a-file\n")
    told(LIVCR_OIDC_CLIENT_SECRET=None, LIVCR_OIDC_CLIENT_SECRET_FILE=str(file))
    assert Settings().oidc_secret() == "from-a-file"


@pytest.mark.parametrize(
    "wrong",
    [
        {"LIVCR_OIDC_CLIENT_ID": None},
        {"LIVCR_OIDC_CLIENT_SECRET": None},
        {"LIVCR_OIDC_CLIENT_SECRET_FILE": "and-a-file-too"},
        {"LIVCR_PUBLIC_ORIGIN": None},
        {"LIVCR_PUBLIC_ORIGIN": "http://livc.example"},
        {"LIVCR_PUBLIC_ORIGIN": "https://livc.example/path"},
        {"LIVCR_OIDC_ISSUER": "http://provider.example/op"},
        {"LIVCR_OIDC_ISSUER": "https://user:password@provider.example"},
        {"LIVCR_OIDC_ISSUER": "https://provider.example/?x"},
        {"LIVCR_OIDC_ISSUER": "https://provider.example/\nop"},
        {"LIVCR_OIDC_ISSUER": "provider.example"},
        {"LIVCR_OIDC_ISSUER": "https://[1"},
        {"LIVCR_OIDC_SCOPES": "vo"},
        {"LIVCR_OIDC_SCOPES": "openid vo rrn"},
        {"LIVCR_OIDC_PERSON_CLAIM": "rrn"},
        {"LIVCR_OIDC_AGENCY_CLAIM": "egov_nrn"},
    ],
)
def test_half_a_provider_one_in_the_clear_or_the_national_number_stops_the_start(told, wrong):
    told(**wrong)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "sssh" not in str(refused.value)


def test_a_provider_on_this_machine_may_be_asked_in_the_clear(told):
    told(LIVCR_PUBLIC_ORIGIN="http://localhost:8000", LIVCR_OIDC_ISSUER="http://127.0.0.1:9999/op")
    assert Settings().oidc_issuer.startswith("http://127.0.0.1")
