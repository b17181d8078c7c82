"""The environment is read whole: what is unknown or missing is named, and nothing of the sandbox serves people."""

import pytest

from rukhsa.project.config import SANDBOX_WITNESS, Config, ConfigError, Environment, Witnesses, read
from rukhsa.trust.cosignature import verifier_key
from rukhsa.trust.keys import MemorySigner

PRODUCTION = {
    "RUKHSA_ENVIRONMENT": "production",
    "RUKHSA_SECRET_KEY": "long-and-random",
    "RUKHSA_PORTAL_URL": "https://portal.mun.example",
    "RUKHSA_PUBLIC_URL": "https://v.mun.example",
    "RUKHSA_NATIONAL_URL": "https://gateway.example",
    "RUKHSA_NATIONAL_TRANPORTAL_ID": "77",
    "RUKHSA_NATIONAL_PASSWORD": "secret",
    "RUKHSA_NATIONAL_RESOURCE_KEY": "F" * 32,
    "RUKHSA_SADAD_URL": "https://sadad.example",
    "RUKHSA_SADAD_API_KEY": "key",
    "RUKHSA_SADAD_VENDOR_ID": "7",
    "RUKHSA_SADAD_BRANCH_ID": "8",
    "RUKHSA_SADAD_TERMINAL_ID": "9",
    "RUKHSA_EKEY_ISSUER": "https://ekey.example",
    "RUKHSA_EKEY_CLIENT_ID": "portal",
    "RUKHSA_EKEY_CLIENT_SECRET": "secret",
    "RUKHSA_SMS_URL": "https://sms.example",
    "RUKHSA_TRUSTED_PROXIES": "10.0.0.2, 2001:db8::/64",
    "RUKHSA_MAIL_HOST": "mail.example",
    "RUKHSA_MAIL_SENDER": "no-reply@mun.bh.example",
}


def test_nothing_set_is_a_development_deployment() -> None:
    config = read({})
    assert config.environment is Environment.DEVELOPMENT
    assert config.sadad.url == "http://127.0.0.1:8002/sadad"


def test_a_complete_production_environment_is_taken() -> None:
    assert read(PRODUCTION).in_production


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"RUKHSA_ENVIRONMENT"}))
def test_production_refuses_to_start_without(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is missing"):
        read({key: value for key, value in PRODUCTION.items() if key != name})


def test_production_refuses_the_secrets_of_the_sandbox() -> None:
    sandbox: Config = read({})
    with pytest.raises(ConfigError, match="RUKHSA_SECRET_KEY is the value of the sandbox"):
        read(PRODUCTION | {"RUKHSA_SECRET_KEY": sandbox.secret_key})


def test_witnesses_are_named_with_their_addresses_and_more_than_half_are_the_quorum() -> None:
    assert read(PRODUCTION).witnesses == Witnesses(named=(), quorum=0)
    names = ("a.example", "b.example", "c.example")
    keys = [verifier_key(name, MemorySigner.ed25519(name.encode().ljust(32)).jwk) for name in names]
    text = ", ".join(f"{key} https://{name}/" for key, name in zip(keys, names, strict=True))
    witnesses = read(PRODUCTION | {"RUKHSA_WITNESSES": text}).witnesses
    assert witnesses.named == tuple((key, f"https://{name}") for key, name in zip(keys, names, strict=True))
    assert witnesses.quorum == 2
    assert read(PRODUCTION | {"RUKHSA_WITNESSES": text, "RUKHSA_QUORUM": "3"}).witnesses.quorum == 3
    with pytest.raises(ConfigError, match="RUKHSA_QUORUM is 4"):
        read(PRODUCTION | {"RUKHSA_WITNESSES": text, "RUKHSA_QUORUM": "4"})


def test_production_refuses_the_witness_of_the_sandbox_and_what_is_none() -> None:
    for text in (f"{SANDBOX_WITNESS} https://w.example", "w.example https://w.example", SANDBOX_WITNESS):
        with pytest.raises(ConfigError, match="RUKHSA_WITNESSES"):
            read(PRODUCTION | {"RUKHSA_WITNESSES": text})


@pytest.mark.parametrize(
    ("name", "value"),
    [("RUKHSA_TERITORY", "bahrain"), ("RUKHSA_PORTAL_PORT", "80000"), ("RUKHSA_MAIL_TLS", "maybe")],
)
def test_what_cannot_be_right_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read({name: value})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"RUKHSA_A.*RUKHSA_B"):
        read({"RUKHSA_A": "1", "RUKHSA_B": "2"})
