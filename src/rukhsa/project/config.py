"""The settings of a deployment from its environment: read once, checked as a whole, frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from rukhsa.project.database_url import fault_of
from rukhsa.project.observation import Observation, observation
from rukhsa.project.signing import SigningConfig, signing
from rukhsa.project.storing import StoringConfig, storing
from rukhsa.project.variables import (
    ON_THIS_MACHINE,
    PREFIX,
    SANDBOX_WITNESS,
    ConfigError,
    Environment,
    Reader,
)
from rukhsa.shipped import TERRITORIES

__all__ = ["PROJECT", "SANDBOX_WITNESS", "Config", "ConfigError", "Environment", "config", "read"]

# The push services of Chrome, Firefox, Safari and Edge.
PUSH_HOSTS = "fcm.googleapis.com updates.push.services.mozilla.com web.push.apple.com .notify.windows.com"
PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the processes listen, and the origins people reach them by."""

    bind: str
    portal_port: int
    public_port: int
    sandbox_port: int
    portal_url: str
    public_url: str
    sandbox_url: str


@dataclass(frozen=True, kw_only=True)
class NationalGateway:
    """The terminal of the national payment gateway."""

    url: str
    tranportal_id: str
    password: str
    resource_key: str
    inquiry: bool


@dataclass(frozen=True, kw_only=True)
class Sadad:
    """The vendor's account at SADAD."""

    url: str
    api_key: str
    vendor_id: str
    branch_id: str
    terminal_id: str


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The merchant at the card gateway; every field is empty if no cards are taken."""

    url: str
    merchant: str
    password: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class Ekey:
    """The OpenID Connect provider that applicants sign in with."""

    issuer: str
    client_id: str
    client_secret: str
    levels: tuple[str, ...]  # the accepted levels of assurance (`acr`); none: every sign-in is accepted


@dataclass(frozen=True, kw_only=True)
class Mail:
    """The mail server, and the sender of our mail."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    sender: str


@dataclass(frozen=True, kw_only=True)
class Witnesses:
    """The witnesses that cosign our logs, each by verifier key and address; a checkpoint needs `quorum` of them."""

    named: tuple[tuple[str, str], ...]
    quorum: int


@dataclass(frozen=True, kw_only=True)
class TimeStamping:
    """The time stamping authority (an empty address: none), and its certificates for the trust list."""

    address: str
    policy: str
    certificates: Path | None


@dataclass(frozen=True, kw_only=True)
class Push:
    """Notices on devices: the file of the key (None: there are none), and the hosts of push services.

    A host that begins with a dot is any host below it.
    """

    key: Path | None
    hosts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the environment decides; what a municipality decides is in its definitions."""

    environment: Environment
    secret_key: str
    secret_key_fallbacks: tuple[
        str, ...
    ]  # earlier keys, so that what they signed and encrypted can still be read
    database_url: str  # empty: the embedded server under `data`
    serving_database_url: (
        str  # for `rukhsa run` only: the login of portal, verifier and worker to that server
    )
    needs_standby: bool  # whether production refuses a database without a synchronous standby
    data: Path
    fault_point: (
        str  # the point at which a test kills the process, such as "seal:before"; empty in production
    )
    territory: str
    territories: Path
    addresses: Addresses
    relying_networks: tuple[str, ...]  # inner networks in which agencies may be told of changes
    trusted_proxies: tuple[str, ...]  # networks whose X-Forwarded-For is believed
    invitation_lasts: timedelta  # how long the link of an invitation can be opened
    national: NationalGateway
    sadad: Sadad
    cards: Cards
    ekey: Ekey
    sms_url: str
    mail: Mail
    push: Push
    witnesses: Witnesses
    time_stamping: TimeStamping
    signing: SigningConfig
    observation: Observation
    storing: StoringConfig
    pkcs11_module: str  # the token's library, and the file of its PIN: the signer's alone
    pkcs11_pin_file: str
    secret_files: tuple[Path, ...] = ()  # looked at again while the process runs (rotation.py)

    @property
    def in_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def territory_folder(self) -> Path:
        return self.territories / self.territory


@cache
def config() -> Config:
    """The configuration of this process, read at the first call."""
    return read(os.environ)


def read(variables: Mapping[str, str]) -> Config:
    """Read a configuration from `variables`; raise ConfigError naming every fault."""
    reader = Reader(variables)
    secret_key, *fallbacks = reader.secret()
    result = Config(
        environment=reader.environment,
        secret_key=secret_key,
        secret_key_fallbacks=tuple(fallbacks),
        database_url=_database(reader, variables),
        serving_database_url=reader.text("SERVING_DATABASE_URL", default=""),
        needs_standby=reader.switch("STANDBY", default=True),
        data=(data := reader.folder("DATA", development=PROJECT / "var")),
        fault_point=reader.never_in_production("FAULTPOINT"),
        territory=reader.text("TERRITORY", default="bahrain"),
        territories=reader.folder("TERRITORIES", development=TERRITORIES),
        addresses=(addresses := _addresses(reader)),
        relying_networks=reader.networks("RELYING_NETWORKS", default=_own_machine(reader)),
        trusted_proxies=reader.networks("TRUSTED_PROXIES"),
        invitation_lasts=timedelta(hours=reader.number("INVITATION_HOURS", default=24)),
        national=_national(reader, addresses),
        sadad=_sadad(reader, addresses),
        cards=_cards(reader, addresses),
        ekey=_ekey(reader, addresses),
        sms_url=reader.https("SMS_URL", development=f"{addresses.sandbox_url}/sms"),
        mail=_mail(reader),
        push=_push(reader),
        witnesses=_witnesses(reader, addresses),
        time_stamping=_time_stamping(reader, addresses),
        signing=signing(reader),
        observation=observation(reader),
        storing=storing(reader, data),
        pkcs11_module=reader.text("PKCS11_MODULE", default=""),
        pkcs11_pin_file=reader.text("PKCS11_PIN_FILE", default=""),
    )
    reader.finish()
    return replace(result, secret_files=tuple(reader.secret_files))


def refuse_debug(config: Config, *, debug: bool) -> None:
    """Raise ConfigError if an operator's settings turn DEBUG on in production: it shows code and settings."""
    if config.in_production and debug:
        raise ConfigError(
            "DEBUG is on: production shows no page of Django's errors. Take it out of your settings."
        )


def without_keys(config: Config) -> Config:
    """The settings of every process except the signer, without anything that leads to a key or a token.

    Raises ConfigError where production told it of a token, or lets it read the folder of the keys.
    """
    if config.in_production and (config.pkcs11_module or config.pkcs11_pin_file):
        raise ConfigError(
            "RUKHSA_PKCS11_MODULE and RUKHSA_PKCS11_PIN_FILE are the signer's alone: no other process must have them."
        )
    keys = config.data / "keys"
    if config.in_production and os.access(keys, os.R_OK | os.X_OK):
        raise ConfigError(
            f"This process can read {keys}: run the signer under a user of its own, whose folder it is, with mode 0700"
            " (docs/operating/production.md)."
        )
    return replace(config, pkcs11_module="", pkcs11_pin_file="")


def _database(reader: Reader, variables: Mapping[str, str]) -> str:
    """The server that was named. The embedded one has no standby, no backup and a role that may change every table."""
    named = variables.get("DATABASE_URL", "")
    if reader.in_production:
        if not named:
            reader.fault("DATABASE_URL is missing: the embedded server is for development")
        of_processes = (f"{PREFIX}SERVING_DATABASE_URL", f"{PREFIX}SIGNER_DATABASE_URL")
        for name in ("DATABASE_URL", *of_processes):
            if fault := fault_of(name, variables.get(name, "")):
                reader.fault(fault)
    return named


def _own_machine(reader: Reader) -> str:
    """Where the sandbox listens; production calls no machine of its own for a stranger."""
    return "none" if reader.in_production else "127.0.0.0/8"


def _addresses(reader: Reader) -> Addresses:
    portal = reader.number("PORTAL_PORT", default=8000)
    public = reader.number("PUBLIC_PORT", default=8001)
    sandbox = reader.number("SANDBOX_PORT", default=8002)
    return Addresses(
        bind=reader.text("BIND", default="127.0.0.1"),
        portal_port=portal,
        public_port=public,
        sandbox_port=sandbox,
        portal_url=reader.https("PORTAL_URL", development=f"http://127.0.0.1:{portal}"),
        public_url=reader.https("PUBLIC_URL", development=f"http://127.0.0.1:{public}"),
        sandbox_url=f"http://127.0.0.1:{sandbox}",
    )


def _national(reader: Reader, addresses: Addresses) -> NationalGateway:
    return NationalGateway(
        url=reader.https("NATIONAL_URL", development=f"{addresses.sandbox_url}/national"),
        tranportal_id=reader.text("NATIONAL_TRANPORTAL_ID", development="10000001"),
        password=reader.hidden("NATIONAL_PASSWORD", development="sandbox-password"),
        resource_key=reader.hidden("NATIONAL_RESOURCE_KEY", development="0123456789ABCDEF0123456789ABCDEF"),
        inquiry=reader.switch("NATIONAL_INQUIRY", default=not reader.in_production),
    )


def _sadad(reader: Reader, addresses: Addresses) -> Sadad:
    return Sadad(
        url=reader.https("SADAD_URL", development=f"{addresses.sandbox_url}/sadad"),
        api_key=reader.hidden("SADAD_API_KEY", development="sandbox-api-key"),
        vendor_id=reader.text("SADAD_VENDOR_ID", development="1"),
        branch_id=reader.text("SADAD_BRANCH_ID", development="1"),
        terminal_id=reader.text("SADAD_TERMINAL_ID", development="1"),
    )


def _cards(reader: Reader, addresses: Addresses) -> Cards:
    # In production an account is complete or absent; the gateway's own `check` names what is missing.
    ours = {
        "MERCHANT": "MUNICIPALITIES",
        "PASSWORD": "sandbox-password",
        "SECRET": "sandbox-notification-secret",
    }
    sandbox = {} if reader.in_production else {"URL": f"{addresses.sandbox_url}/cards", **ours}
    cards = Cards(
        url=reader.https("CARDS_URL", default=sandbox.get("URL", "")),
        merchant=reader.text("CARDS_MERCHANT", default=sandbox.get("MERCHANT", "")),
        password=reader.hidden("CARDS_PASSWORD", default=sandbox.get("PASSWORD", "")),
        secret=reader.hidden("CARDS_SECRET", default=sandbox.get("SECRET", "")),
    )
    for name, value in (("PASSWORD", cards.password), ("SECRET", cards.secret)):
        if reader.in_production and value == ours[name]:
            reader.fault(f"{PREFIX}CARDS_{name} is the value of the sandbox")
    return cards


def _ekey(reader: Reader, addresses: Addresses) -> Ekey:
    levels = reader.text("EKEY_ACR", default="" if reader.in_production else "advanced")
    if not levels:
        reader.fault(
            f"{PREFIX}EKEY_ACR is missing: name what eKey's answer must say of a sign-in (acr), or any"
        )
    return Ekey(
        issuer=reader.https("EKEY_ISSUER", development=f"{addresses.sandbox_url}/ekey"),
        client_id=reader.text("EKEY_CLIENT_ID", development="rukhsa"),
        client_secret=reader.hidden("EKEY_CLIENT_SECRET", development="sandbox-client-secret-of-the-portal"),
        levels=() if levels == "any" else tuple(levels.split()),
    )


def _mail(reader: Reader) -> Mail:
    mail = Mail(
        # Also 127.0.0.1: a mail server on the same machine is usual, and production starts no sandbox.
        host=reader.text("MAIL_HOST", default="" if reader.in_production else "127.0.0.1"),
        port=reader.number("MAIL_PORT", default=8025),
        user=reader.text("MAIL_USER", default=""),
        password=reader.hidden("MAIL_PASSWORD", default=""),
        tls=reader.switch("MAIL_TLS", default=reader.in_production),
        sender=reader.text("MAIL_SENDER", development="no-reply@mun.example"),
    )
    if reader.in_production and not mail.host:
        reader.fault(f"{PREFIX}MAIL_HOST is missing")
    if reader.in_production and not mail.tls and mail.host not in ON_THIS_MACHINE:
        reader.fault(
            f"{PREFIX}MAIL_TLS is no: mail would cross the network in clear; only this machine may do without"
        )
    return mail


def _push(reader: Reader) -> Push:
    key = reader.text("PUSH_KEY", default="")
    hosts = reader.text("PUSH_HOSTS", default=PUSH_HOSTS)
    return Push(key=Path(key).absolute() if key else None, hosts=tuple(hosts.replace(",", " ").split()))


def _witnesses(reader: Reader, addresses: Addresses) -> Witnesses:
    # In development the sandbox is the witness; in tests there is none unless a test names one.
    ours = f"{SANDBOX_WITNESS} {addresses.sandbox_url}/witness"
    text = reader.text("WITNESSES", default=ours if reader.environment is Environment.DEVELOPMENT else "")
    named = tuple(reader.witness(each) for each in text.replace(",", "\n").splitlines() if each.strip())
    quorum = reader.number("QUORUM", default=len(named) // 2 + 1)
    if named and quorum > len(named):
        reader.fault(f"{PREFIX}QUORUM is {quorum}, more than the witnesses named")
    return Witnesses(named=named, quorum=quorum if named else 0)


def _time_stamping(reader: Reader, addresses: Addresses) -> TimeStamping:
    # In development the sandbox stamps; in tests there is no stamp unless a test asks for one.
    ours = f"{addresses.sandbox_url}/tsa" if reader.environment is Environment.DEVELOPMENT else ""
    address = reader.text("TSA_URL", default=ours)
    file = reader.text("TSA_CERTIFICATES", default="")
    if reader.in_production and bool(address) is not bool(file):
        reader.fault(f"{PREFIX}TSA_URL and {PREFIX}TSA_CERTIFICATES are given together or not at all")
    in_development = reader.folder("DATA", development=PROJECT / "var") / "sandbox/tsa.crt" if ours else None
    return TimeStamping(
        address=address,
        policy=reader.text("TSA_POLICY", default=""),
        certificates=Path(file).absolute() if file else in_development,
    )
