"""Where the wrapping key is: a file, a secret handed over, a key service over HTTP; and what happens when it is wrong."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from app.directory.actors import recognise
from app.kernel.installing import assemble, mark, migrate
from app.kernel.keys.choosing import choose
from app.kernel.keys.local import FileKeys, SecretKeys
from app.kernel.keys.provider import KeyFault, KeyGone, KeysUnreachable
from app.kernel.keys.transit import TransitKeys
from app.kernel.settings import Settings
from app.kernel.vault import Place

KEY = os.urandom(32)
SERVER = Path(__file__).with_name("transit_server.py")


def written(*ids: str) -> str:
    return ",".join(f"{i}:{base64.b64encode(os.urandom(32)).decode()}" for i in ids)


class Service:
    """The key service of a test, a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.token_file = folder / "token"
        self.token_file.write_text("een-verzonnen-token\n")
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), "0", "een-verzonnen-token"], stdout=subprocess.PIPE, text=True
        )
        self.root = f"http://127.0.0.1:{self.process.stdout.readline().split()[1]}"
        self.url = f"{self.root}/v1/transit"

    def provider(self, name: str = "livcr") -> TransitKeys:
        return TransitKeys(self.url, name, self.token_file)

    def settings(self, data: Path) -> Settings:
        return Settings(data=data, key_provider="kms", kms_url=self.url, kms_token_file=self.token_file)

    def fault(self, status: int) -> int:
        """Answer with *status* from now on (0: as usual); gives how often it was asked so far."""
        return httpx2.post(f"{self.root}/fault?status={status}").json()["asked"]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path)
    yield made
    made.stop()


@pytest.fixture(params=["file", "secret", "kms"])
def provider(request, tmp_path):
    """Each kind of provider, with one key."""
    if request.param == "file":
        made = FileKeys(tmp_path / "secrets" / "wrapping.key")
        made.make()
        return made
    if request.param == "secret":
        return SecretKeys(written("2026a"), "LIVCR_WRAPPING_KEY")
    return request.getfixturevalue("service").provider()


# -- what every provider does -------------------------------------------------------------------------------


def test_what_was_wrapped_opens_for_what_it_was_bound_to_and_nothing_else(provider):
    (key_id,) = provider.key_ids()
    wrapped = provider.wrap(key_id, KEY, b"here")
    assert provider.unwrap(key_id, wrapped, b"here") == KEY
    assert KEY not in wrapped
    assert provider.wrap(key_id, KEY, b"here") != wrapped
    for spoiled, bound in ((wrapped, b"there"), (wrapped[:-3] + b"AAA", b"here")):
        with pytest.raises(InvalidTag):
            provider.unwrap(key_id, spoiled, bound)


def test_a_key_that_was_never_there_is_gone(provider):
    (key_id,) = provider.key_ids()
    wrapped = provider.wrap(key_id, KEY, b"here")
    with pytest.raises(KeyGone):
        provider.wrap("v9", KEY, b"here")
    with pytest.raises(KeyGone):
        provider.unwrap("v9", wrapped.replace(b":v1:", b":v9:"), b"here")


@pytest.mark.parametrize("provider", ["file", "kms"], indirect=True)
def test_a_destroyed_key_opens_nothing_and_the_newest_goes_on(provider):
    (first,) = provider.key_ids()
    wrapped = provider.wrap(first, KEY, b"here")
    second = provider.make()
    assert provider.key_ids() == [first, second]
    assert provider.unwrap(first, wrapped, b"here") == KEY
    again = provider.wrap(second, KEY, b"here")
    provider.destroy_others(second)
    provider.destroy_others(second)
    assert provider.key_ids() == [second]
    assert provider.unwrap(second, again, b"here") == KEY
    for act in (lambda: provider.unwrap(first, wrapped, b"here"), lambda: provider.wrap(first, KEY, b"here")):
        with pytest.raises(KeyGone):
            act()


# -- the file ------------------------------------------------------------------------------------------------


def test_the_file_is_of_its_owner_alone_and_another_process_sees_what_changed(tmp_path):
    path = tmp_path / "secrets" / "wrapping.key"
    one, other = FileKeys(path), FileKeys(path)
    assert other.key_ids() == []
    first = one.make()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert other.key_ids() == [first]
    second = one.make()
    one.destroy_others(second)
    assert other.key_ids() == [second]
    assert [p.name for p in path.parent.iterdir()] == ["wrapping.key"]


def test_a_destroyed_key_is_overwritten_where_it_stood(tmp_path):
    path = tmp_path / "wrapping.key"
    keys = FileKeys(path)
    keys.make()
    second = keys.make()
    held = tmp_path / "another-name"
    os.link(path, held)  # what a copy by reference still reaches of the old file
    keys.destroy_others(second)
    assert set(held.read_bytes()) == {0}


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b'{"wrappingKeys": [{"id": "a", "key": "c2hvcnQ="}]}', os.urandom(32)],
    ids=["empty", "noJson", "shortKey", "noise"],
)
def test_a_spoiled_file_is_refused_in_a_sentence_and_left_alone(tmp_path, content):
    path = tmp_path / "wrapping.key"
    path.write_bytes(content)
    with pytest.raises(KeyFault, match=r"wrapping"):
        FileKeys(path).key_ids()
    assert path.read_bytes() == content


# -- the secret ----------------------------------------------------------------------------------------------


def test_of_several_secrets_the_first_is_the_newest_and_the_others_still_open(tmp_path):
    said = written("2027", "2026")
    keys = SecretKeys(said, "X")
    assert keys.key_ids() == ["2026", "2027"]
    old = SecretKeys(said.split(",")[1], "X").wrap("2026", KEY, b"here")
    assert keys.unwrap("2026", old, b"here") == KEY
    with pytest.raises(KeyFault, match="comes from you"):
        keys.make()
    keys.destroy_others("2027")
    assert keys.key_ids() == ["2026", "2027"]
    file = tmp_path / "secret"
    file.write_text(said.replace(",", "\n") + "\n")
    chosen = choose(Settings(data=tmp_path, key_provider="secret", wrapping_key_file=file))
    assert chosen.key_ids() == ["2026", "2027"]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "  ",
        "no colon",
        "a:short",
        "a:" + "A" * 43,
        "ä:" + base64.b64encode(KEY).decode(),
        written("a", "a"),
    ],
    ids=["nothing", "blank", "noColon", "short", "noPadding", "strangeName", "twice"],
)
def test_a_secret_of_another_form_is_refused_without_repeating_it(said):
    with pytest.raises(KeyFault) as fault:
        SecretKeys(said, "LIVCR_WRAPPING_KEY")
    assert "LIVCR_WRAPPING_KEY" in str(fault.value)
    assert not said.strip() or said not in str(fault.value)


def test_settings_do_not_show_the_secret():
    secret = written("a")
    shown = Settings(key_provider="secret", wrapping_key=secret)
    assert secret not in repr(shown)
    assert secret not in shown.model_dump_json()


# -- the service ---------------------------------------------------------------------------------------------


def test_the_token_is_read_at_each_request_and_a_wrong_one_is_said(service):
    provider = service.provider()
    assert provider.key_ids() == ["v1"]
    service.token_file.write_text("another")
    with pytest.raises(KeyFault, match="refuses the token"):
        provider.key_ids()
    service.token_file.unlink()
    with pytest.raises(KeyFault, match="cannot be read"):
        provider.key_ids()


def test_a_service_that_fails_or_is_none_is_one_sentence(service):
    provider = service.provider()
    with pytest.raises(KeyFault, match="no key called other"):
        service.provider("other").key_ids()
    service.fault(503)
    with pytest.raises(KeysUnreachable, match="answers 503"):
        provider.wrap("v1", KEY, b"here")
    service.stop()
    with pytest.raises(KeysUnreachable, match="does not answer"):
        provider.key_ids()


def test_a_service_is_reached_over_https_or_on_this_machine_only(tmp_path):
    with pytest.raises(KeyFault, match="https"):
        TransitKeys("http://keys.example/v1/transit", "livcr", tmp_path / "t")
    assert TransitKeys("https://keys.example/v1/transit", "livcr", tmp_path / "t").makes_keys
    with pytest.raises(KeyFault, match="LIVCR_KMS_URL"):
        choose(Settings(data=tmp_path, key_provider="kms"))


# -- beside a key store --------------------------------------------------------------------------------------


@pytest.fixture
def pair(databases):
    name = f"livcr_k_{uuid4().hex[:10]}"
    addresses = databases.create(name)
    migrate(addresses)
    mark(addresses, "production")
    yield addresses
    databases.drop(name)


def started(pair, settings):
    process = assemble(pair, settings, recognise)
    process.databases.dispose()
    return process


def test_an_installation_starts_and_starts_again_with_each_provider(pair, tmp_path, service):
    process = assemble(pair, service.settings(tmp_path), recognise)
    town, file_id = uuid4(), uuid4()
    vault = process.installation.vault.within([town])
    vault.new_file(file_id, town)
    place = Place(file_id, "statement", "text", uuid4())
    value = vault.seal(place, "Verzonnen")
    marked = process.installation.provider.mark(b"x", b"y")
    process.databases.dispose()
    again = assemble(pair, service.settings(tmp_path), recognise)
    try:
        fresh = again.installation.vault.within([town])
        assert fresh.unseal(place, value) == "Verzonnen"
        assert again.installation.provider.mark(b"x", b"y") == marked
        asked = service.fault(0)
        fresh.drop(file_id)
        for _ in range(20):
            other = Place(uuid4(), "statement", "text", uuid4())
            fresh.new_file(other.file_id, town)
            fresh.unseal(other, fresh.seal(other, "x"))
        assert service.fault(503) == asked, "the service is asked once a minute, not once a file"
        fresh.drop()
        with pytest.raises(KeysUnreachable):
            fresh.unseal(place, value)
    finally:
        again.databases.dispose()


def test_processes_that_start_at_once_on_nothing_have_the_same_keys(pair, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: started(pair, Settings(data=tmp_path)), range(4)))
    assert len({each.installation.provider.mark(b"x", b"y") for each in made}) == 1
    assert len(FileKeys(tmp_path / "secrets" / "wrapping.key").key_ids()) == 1


def test_a_key_that_is_missing_wrong_or_another_s_stops_the_start_and_makes_no_new_one(pair, tmp_path):
    settings = Settings(data=tmp_path)
    started(pair, settings)
    path = settings.secrets / "wrapping.key"
    right = path.read_bytes()
    path.unlink()
    with pytest.raises(KeyFault, match="holds no wrapping key"):
        started(pair, settings)
    assert not path.exists()
    FileKeys(path).make()
    with pytest.raises(KeyFault, match="does not hold wrapping key"):
        started(pair, settings)
    said = json.loads(right)
    said["wrappingKeys"][0]["key"] = base64.b64encode(KEY).decode()
    path.write_text(json.dumps(said))
    with pytest.raises(KeyFault, match="is not the one that the key store was sealed with"):
        started(pair, settings)
    with pytest.raises(KeyFault, match="does not hold wrapping key"):
        started(pair, Settings(data=tmp_path, key_provider="secret", wrapping_key=written("a")))
    path.write_bytes(right)
    started(pair, settings)


def test_an_empty_key_store_beside_a_used_database_gets_no_key(house, databases):
    name = f"livcr_k_{uuid4().hex[:10]}"
    databases.create(name)
    try:
        addresses = type(house.process.addresses)(house.process.addresses.main, databases.pair(name).keys)
        migrate(addresses)
        with pytest.raises(KeyFault, match="restore the newest backup of the key store"):
            started(addresses, house.installation.settings)
        from app.kernel.migrating import admin_engine

        with admin_engine(addresses.keys).connect() as conn:
            assert conn.scalar(text("SELECT count(*) FROM wrapping_key")) == 0
    finally:
        databases.drop(name)


def test_a_key_service_that_is_away_answers_503_and_recovers(house, service, monkeypatch):
    """A request that needs a key while the service is away can be made again later."""
    body = {
        "municipalityId": str(house.cast.towns["C"]), "subjectName": "Persoon Verzonnen", "narrative": "x",
        "phenomenon": "sects", "urgency": "normal", "nothingClassified": True,
    }  # fmt: skip
    provider = house.installation.vault._provider
    away = service.provider()
    service.fault(503)
    monkeypatch.setattr(provider, "unwrap", lambda *_: away.unwrap("v1", b"vault:v1:x", b""))
    monkeypatch.setattr(provider, "wrap", lambda *_: away.wrap("v1", b"", b""))
    house.installation.vault.drop()
    answer = house.client("participant").post("/api/v1/registrations", json=body)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    monkeypatch.undo()
    assert house.client("participant").post("/api/v1/registrations", json=body).status_code == 201
