"""The environment is read whole: what is unknown or missing is named, and nothing of the sandbox serves people."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rukhsa.project.config import (
    PROJECT,
    SANDBOX_WITNESS,
    Config,
    ConfigError,
    Environment,
    Witnesses,
    read,
    refuse_debug,
)
from rukhsa.project.variables import of_a_checkout
from rukhsa.trust.cosignature import verifier_key
from rukhsa.trust.keys import MemorySigner

DEVELOPMENT = {"RUKHSA_ENVIRONMENT": "development"}
PRODUCTION = {
    "RUKHSA_ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://database/rukhsa?sslmode=verify-full",
    "RUKHSA_SECRET_KEY": "x7Jq-Vt0w2RkYb9_LmZc4HsPdNfGaUeTiOo5618Q",
    "RUKHSA_PORTAL_URL": "https://portal.mun.example",
    "RUKHSA_PUBLIC_URL": "https://v.mun.example",
    "RUKHSA_NATIONAL_URL": "https://gateway.example",
    "RUKHSA_NATIONAL_TRANPORTAL_ID": "77",
    "RUKHSA_NATIONAL_PASSWORD": "of-the-bank",
    "RUKHSA_NATIONAL_RESOURCE_KEY": "F" * 32,
    "RUKHSA_SADAD_URL": "https://sadad.example",
    "RUKHSA_SADAD_API_KEY": "key-of-sadad",
    "RUKHSA_SADAD_VENDOR_ID": "7",
    "RUKHSA_SADAD_BRANCH_ID": "8",
    "RUKHSA_SADAD_TERMINAL_ID": "9",
    "RUKHSA_EKEY_ISSUER": "https://ekey.example",
    "RUKHSA_EKEY_CLIENT_ID": "portal",
    "RUKHSA_EKEY_CLIENT_SECRET": "secret-of-ekey",
    "RUKHSA_EKEY_ACR": "advanced",
    "RUKHSA_SMS_URL": "https://sms.example",
    "RUKHSA_TRUSTED_PROXIES": "10.0.0.2, 2001:db8::/64",
    "RUKHSA_MAIL_HOST": "mail.example",
    "RUKHSA_MAIL_SENDER": "no-reply@mun.bh.example",
}


def test_a_development_deployment_needs_no_more_than_its_name() -> None:
    config = read(DEVELOPMENT)
    assert config.environment is Environment.DEVELOPMENT
    assert config.sadad.url == "http://127.0.0.1:8002/sadad"


def test_a_complete_production_environment_is_taken() -> None:
    assert read(PRODUCTION).in_production


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://database/rukhsa",
        "postgresql://database/rukhsa?sslmode=prefer",
        "postgresql://database/rukhsa?sslmode=require",
        "postgresql:///rukhsa?host=10.0.0.7",
        "postgresql://database/rukhsa?hostaddr=2001:db8::7",
        "postgresql://localhost,database/rukhsa",
    ],
)
@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "RUKHSA_SERVING_DATABASE_URL", "RUKHSA_SIGNER_DATABASE_URL"]
)
def test_production_speaks_to_no_database_across_a_network_that_others_could_read(
    name: str, url: str
) -> None:
    with pytest.raises(ConfigError, match=rf"(?m)\b{name} names a server across a network \(.*verify-full"):
        read({**PRODUCTION, name: url})
    assert read({**DEVELOPMENT, name: url})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///rukhsa?host=/var/run/postgresql&user=rukhsa_serving",
        "postgresql://127.0.0.1:6432/rukhsa",
        "postgresql://[::1]/rukhsa",
        "postgresql://localhost/rukhsa",
        "postgresql://one.db.example,two.db.example/rukhsa?sslmode=verify-full&sslrootcert=system",
        "postgresql://database/rukhsa?sslmode=disable",
    ],
)
def test_production_takes_a_database_of_this_machine_one_that_proves_its_name_and_one_in_the_clear_by_choice(
    url: str,
) -> None:
    assert read({**PRODUCTION, "DATABASE_URL": url}).database_url == url


def test_an_address_that_is_none_is_told_without_a_piece_of_it() -> None:
    with pytest.raises(ConfigError) as refused:
        read({**PRODUCTION, "DATABASE_URL": "postgresql://rukhsa:se%zzcret@db/rukhsa"})
    assert "DATABASE_URL is not an address of PostgreSQL" in str(refused.value)
    assert "cret" not in str(refused.value).replace("SECRET", "")


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"RUKHSA_ENVIRONMENT"}))
def test_production_refuses_to_start_without(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is missing"):
        read({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize("name", ["NATIONAL_PASSWORD", "EKEY_CLIENT_SECRET", "CARDS_SECRET", "MAIL_PASSWORD"])
def test_production_refuses_a_short_secret_of_another_system(name: str, tmp_path: Path) -> None:
    kept = {key: value for key, value in PRODUCTION.items() if key != f"RUKHSA_{name}"}
    short = tmp_path / "secret"
    short.write_text("1234567")
    short.chmod(0o400)
    fault = f"RUKHSA_{name} has 7 characters, and must have 8"
    for given in ({f"RUKHSA_{name}": "1234567"}, {f"RUKHSA_{name}_FILE": str(short)}):
        with pytest.raises(ConfigError, match=fault):
            read(kept | given)


def test_that_any_sign_in_will_do_is_said() -> None:
    assert read(PRODUCTION).ekey.levels == ("advanced",)
    assert read(PRODUCTION | {"RUKHSA_EKEY_ACR": "any"}).ekey.levels == ()


def test_production_refuses_the_secrets_of_the_sandbox() -> None:
    sandbox: Config = read(DEVELOPMENT)
    with pytest.raises(ConfigError, match="RUKHSA_SECRET_KEY is known to everybody"):
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
        read(DEVELOPMENT | {name: value})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"RUKHSA_A.*RUKHSA_B"):
        read(DEVELOPMENT | {"RUKHSA_A": "1", "RUKHSA_B": "2"})


HTTPS = ("PORTAL_URL", "PUBLIC_URL", "NATIONAL_URL", "SADAD_URL", "CARDS_URL", "EKEY_ISSUER", "SMS_URL")
GOOD_KEY = PRODUCTION["RUKHSA_SECRET_KEY"]


@pytest.mark.parametrize("name", HTTPS)
@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://outside.example", "must begin with https://"),
        ("ftp://outside.example", "must begin with https://"),
        ("outside.example", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://127.0.0.1:8002/sandbox", "is this machine"),
        ("https://localhost/sandbox", "is this machine"),
        ("https://[::1]/sandbox", "is this machine"),
    ],
)
def test_production_speaks_https_with_others_only(name: str, address: str, fault: str) -> None:
    assert read(PRODUCTION | {f"RUKHSA_{name}": "https://outside.example"}).in_production
    with pytest.raises(ConfigError, match=rf"RUKHSA_{name} is '.*{fault}"):
        read(PRODUCTION | {f"RUKHSA_{name}": address})


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("x", "has 1 characters"),
        ("short-" * 6, "has 36 characters"),
        ("abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc", "repeats itself"),
        ("django-insecure-" + "0123456789abcdefghijklmnopqrstuvwxyz", "is known to everybody"),
        ("development-only-and-known-to-everybody", "is known to everybody"),
    ],
)
def test_production_refuses_a_weak_secret_key_and_says_how_to_make_one(key: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=f"RUKHSA_SECRET_KEY {fault}.*secrets.token_urlsafe"):
        read(PRODUCTION | {"RUKHSA_SECRET_KEY": key})
    with pytest.raises(ConfigError, match=f"key 2 of RUKHSA_SECRET_KEY {fault}"):
        read(PRODUCTION | {"RUKHSA_SECRET_KEY_FALLBACKS": key})


def test_keys_of_before_come_from_the_environment_or_from_the_lines_of_a_file(tmp_path: Path) -> None:
    config = read(PRODUCTION | {"RUKHSA_SECRET_KEY_FALLBACKS": f"{GOOD_KEY[::-1]}, {GOOD_KEY}2"})
    assert config.secret_key_fallbacks == (GOOD_KEY[::-1], f"{GOOD_KEY}2")
    without = {name: value for name, value in PRODUCTION.items() if name != "RUKHSA_SECRET_KEY"}
    file = tmp_path / "keys"
    file.write_text(f"{GOOD_KEY}\n{GOOD_KEY[::-1]}\n")
    file.chmod(0o400)
    config = read(without | {"RUKHSA_SECRET_KEY_FILE": str(file)})
    assert (config.secret_key, config.secret_key_fallbacks) == (GOOD_KEY, (GOOD_KEY[::-1],))
    with pytest.raises(ConfigError, match="are both given"):
        read(PRODUCTION | {"RUKHSA_SECRET_KEY_FILE": str(file)})
    file.chmod(0o444)
    with pytest.raises(ConfigError, match="can be read by everybody: chmod 0400"):
        read(without | {"RUKHSA_SECRET_KEY_FILE": str(file)})
    file.chmod(0o600)
    file.write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        read(without | {"RUKHSA_SECRET_KEY_FILE": str(file)})
    with pytest.raises(ConfigError, match="cannot be read: FileNotFoundError"):
        read(without | {"RUKHSA_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_mail_leaves_the_machine_in_production_by_tls_only() -> None:
    for here in ("localhost", "127.0.0.1", "::1"):
        assert not read(PRODUCTION | {"RUKHSA_MAIL_HOST": here, "RUKHSA_MAIL_TLS": "no"}).mail.tls
    with pytest.raises(ConfigError, match="RUKHSA_MAIL_HOST is missing"):
        read({name: value for name, value in PRODUCTION.items() if name != "RUKHSA_MAIL_HOST"})
    with pytest.raises(ConfigError, match="RUKHSA_MAIL_TLS is no"):
        read(PRODUCTION | {"RUKHSA_MAIL_TLS": "no"})


def test_debug_is_refused_in_production_by_whatever_settings_it_came() -> None:
    refuse_debug(read(DEVELOPMENT), debug=True)
    with pytest.raises(ConfigError, match="DEBUG is on"):
        refuse_debug(read(PRODUCTION), debug=True)
    refused = started("-m", "django", "check", **PRODUCTION, DJANGO_SETTINGS_MODULE="tests.project.debugging")
    assert "DEBUG is on" in refused.stderr


def test_an_environment_that_nobody_named_starts_no_server_and_no_worker() -> None:
    with pytest.raises(ConfigError, match="RUKHSA_ENVIRONMENT is missing: say production, or development"):
        read({})
    for application in ("rukhsa.project.asgi", "rukhsa.project.asgi_public"):
        assert "RUKHSA_ENVIRONMENT is missing" in started("-c", f"import {application}").stderr


@pytest.mark.parametrize(
    ("told", "is_one"),
    [
        ({}, True),
        ({"RUKHSA_DATA": "/srv/x", "RUKHSA_PORTAL_PORT": "9000", "RUKHSA_TERRITORY": "spearfish"}, True),
        ({"RUKHSA_BIND": "127.0.0.1"}, True),
        ({"RUKHSA_BIND": "0.0.0.0"}, False),
        ({"RUKHSA_SECRET_KEY": "x"}, False),
        ({"RUKHSA_PORTAL_URL": "https://portal.mun.example"}, False),
        ({"DATABASE_URL": "postgresql://db/rukhsa"}, False),
        ({"RUKHSA_ENVIRONMENT": "production"}, False),
    ],
)
def test_the_command_takes_a_checkout_for_development_until_it_is_told_anything_else(
    told: dict[str, str], is_one: bool
) -> None:
    assert of_a_checkout(told) is is_one


def test_the_command_names_the_environment_of_a_checkout_for_all_that_it_starts() -> None:
    program = (
        "import os, sys; sys.argv = ['rukhsa', '--help']; from rukhsa.project.command import main; main();"
        " print(os.environ.get('RUKHSA_ENVIRONMENT'))"
    )
    assert started("-c", program).stdout.splitlines()[-1] == "development"
    assert started("-c", program, RUKHSA_SECRET_KEY="x").stdout.splitlines()[-1] == "None"


def test_over_https_cookies_are_of_this_host_alone() -> None:
    program = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.LANGUAGE_COOKIE_SECURE, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN)"
    )
    names = (
        "from django.conf import settings as s;"
        "print(*(getattr(s, each) for each in dir(s) if each.endswith('_COOKIE_NAME')))"
    )
    module = {"DJANGO_SETTINGS_MODULE": "rukhsa.project.settings"}
    over_https = started("-c", program, **PRODUCTION, **module).stdout
    assert over_https == "__Host-rukhsa-session __Host-rukhsa-csrf True True True / None\n"
    every = started("-c", names, **PRODUCTION, **module).stdout.split()
    assert len(every) == 6
    assert all(name.startswith("__Host-") for name in every)
    on_loopback = started("-c", program, **DEVELOPMENT, **module).stdout
    assert on_loopback == "rukhsa-session rukhsa-csrf False False False / None\n"


def started(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """A process with an environment of its own, to its end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUKHSA_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    path = {"PYTHONPATH": f"{PROJECT}/src:{PROJECT}"}
    return subprocess.run(
        [sys.executable, *arguments], env=kept | path | variables, capture_output=True, text=True, check=False
    )


def test_files_lie_below_the_data_or_where_a_bucket_is_named() -> None:
    assert read(DEVELOPMENT | {"RUKHSA_DATA": "/srv"}).storing.public == Path("/srv/public")
    named = {"RUKHSA_PUBLIC_STORE": "s3://public/capital/", "RUKHSA_FILE_STORE": "s3://files"}
    account = {"RUKHSA_S3_KEY_ID": "us", "RUKHSA_S3_SECRET": "secret-of-the-store"}
    storing = read(PRODUCTION | named | account | {"RUKHSA_S3_ENDPOINT": "https://s3.example"}).storing
    assert (storing.public, storing.files) == ("s3://public/capital", "s3://files")
    assert (storing.account.key_id, storing.account.endpoint) == ("us", "https://s3.example")
    assert storing.storage["OPTIONS"]["place"] == "s3://files"


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"RUKHSA_PUBLIC_STORE": "https://s3.example/b"}, "must begin with s3://"),
        ({"RUKHSA_FILE_STORE": "s3://"}, "names no bucket"),
        ({"RUKHSA_FILE_STORE": "s3://b/x", "RUKHSA_PUBLIC_STORE": "s3://b/x/"}, "are one place"),
        ({"RUKHSA_S3_KEY_ID": "us"}, "given together"),
        ({"RUKHSA_S3_ENDPOINT": "http://s3.example"}, "must begin with https://"),
    ],
)
def test_a_place_that_cannot_be_a_bucket_is_refused(variables: dict[str, str], fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        read(PRODUCTION | variables)
