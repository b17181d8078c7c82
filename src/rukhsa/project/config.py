"""What a deployment is told by its environment: read once, checked whole, frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from rukhsa.project.signing import SigningConfig, signing
from rukhsa.trust.cosignature import read_verifier_key
from rukhsa.trust.errors import BadKey

PROJECT = Path(__file__).resolve().parents[3]
PREFIX = "RUKHSA_"


class Environment(StrEnum):
    """What the processes are for; only production refuses the values of the sandbox."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


# The witness of the sandbox, whose secret everybody knows.
SANDBOX_WITNESS = "witness.sandbox.example+65a2e2fc+BNDtbf87Nux2H+zQGX7vkHQD+P5i0CqPg1lk1YdhTky3"


class ConfigError(Exception):
    """The environment cannot be used; the text names every fault at once."""

    code = "bad-config"


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
    """The merchant at the card gateway; all empty where none takes cards."""

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


@dataclass(frozen=True, kw_only=True)
class Mail:
    """The server that takes our mail, and the sender it carries."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    sender: str


@dataclass(frozen=True, kw_only=True)
class Witnesses:
    """Who cosigns our logs: a verifier key and an address each; a checkpoint needs `quorum` of them."""

    named: tuple[tuple[str, str], ...]
    quorum: int


@dataclass(frozen=True, kw_only=True)
class TimeStamping:
    """The time stamping authority that is asked (no address: none), and its certificates for the trust list."""

    address: str
    policy: str
    certificates: Path | None


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the environment decides; what a municipality chooses lives in its definitions."""

    environment: Environment
    secret_key: str
    database_url: str  # empty: the embedded server under `data`
    data: Path
    fault_point: str  # where a test kills the process, such as "seal:before"; empty in production
    territory: str
    territories: Path
    addresses: Addresses
    national: NationalGateway
    sadad: Sadad
    cards: Cards
    ekey: Ekey
    sms_url: str
    mail: Mail
    witnesses: Witnesses
    time_stamping: TimeStamping
    signing: SigningConfig
    pkcs11_module: str  # the token's library, and the file of its PIN: the signer's alone
    pkcs11_pin_file: str

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
    reader = _Reader(variables)
    result = Config(
        environment=reader.environment,
        secret_key=reader.text("SECRET_KEY", development="development-only-and-known-to-everybody"),
        database_url=variables.get("DATABASE_URL", ""),
        data=reader.folder("DATA", development=PROJECT / "var"),
        fault_point=reader.never_in_production("FAULTPOINT"),
        territory=reader.text("TERRITORY", default="bahrain"),
        territories=reader.folder("TERRITORIES", development=PROJECT / "territories"),
        addresses=(addresses := _addresses(reader)),
        national=_national(reader, addresses),
        sadad=_sadad(reader, addresses),
        cards=_cards(reader, addresses),
        ekey=_ekey(reader, addresses),
        sms_url=reader.text("SMS_URL", development=f"{addresses.sandbox_url}/sms"),
        mail=_mail(reader),
        witnesses=_witnesses(reader, addresses),
        time_stamping=_time_stamping(reader, addresses),
        signing=signing(reader),
        pkcs11_module=reader.text("PKCS11_MODULE", default=""),
        pkcs11_pin_file=reader.text("PKCS11_PIN_FILE", default=""),
    )
    reader.finish()
    return result


def without_keys(config: Config) -> Config:
    """What every process but the signer is told: nothing that leads to a key or a token.

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


def _addresses(reader: "_Reader") -> Addresses:
    portal = reader.number("PORTAL_PORT", default=8000)
    public = reader.number("PUBLIC_PORT", default=8001)
    sandbox = reader.number("SANDBOX_PORT", default=8002)
    return Addresses(
        bind=reader.text("BIND", default="127.0.0.1"),
        portal_port=portal,
        public_port=public,
        sandbox_port=sandbox,
        portal_url=reader.text("PORTAL_URL", development=f"http://127.0.0.1:{portal}"),
        public_url=reader.text("PUBLIC_URL", development=f"http://127.0.0.1:{public}"),
        sandbox_url=f"http://127.0.0.1:{sandbox}",
    )


def _national(reader: "_Reader", addresses: Addresses) -> NationalGateway:
    return NationalGateway(
        url=reader.text("NATIONAL_URL", development=f"{addresses.sandbox_url}/national"),
        tranportal_id=reader.text("NATIONAL_TRANPORTAL_ID", development="10000001"),
        password=reader.text("NATIONAL_PASSWORD", development="sandbox-password"),
        resource_key=reader.text("NATIONAL_RESOURCE_KEY", development="0123456789ABCDEF0123456789ABCDEF"),
        inquiry=reader.switch("NATIONAL_INQUIRY", default=not reader.in_production),
    )


def _sadad(reader: "_Reader", addresses: Addresses) -> Sadad:
    return Sadad(
        url=reader.text("SADAD_URL", development=f"{addresses.sandbox_url}/sadad"),
        api_key=reader.text("SADAD_API_KEY", development="sandbox-api-key"),
        vendor_id=reader.text("SADAD_VENDOR_ID", development="1"),
        branch_id=reader.text("SADAD_BRANCH_ID", development="1"),
        terminal_id=reader.text("SADAD_TERMINAL_ID", development="1"),
    )


def _cards(reader: "_Reader", addresses: Addresses) -> Cards:
    # In production an account is given whole, or not at all: `check` of the gateway says what is missing.
    ours = {
        "MERCHANT": "MUNICIPALITIES",
        "PASSWORD": "sandbox-password",
        "SECRET": "sandbox-notification-secret",
    }
    sandbox = {} if reader.in_production else {"URL": f"{addresses.sandbox_url}/cards", **ours}
    cards = Cards(
        url=reader.text("CARDS_URL", default=sandbox.get("URL", "")),
        merchant=reader.text("CARDS_MERCHANT", default=sandbox.get("MERCHANT", "")),
        password=reader.text("CARDS_PASSWORD", default=sandbox.get("PASSWORD", "")),
        secret=reader.text("CARDS_SECRET", default=sandbox.get("SECRET", "")),
    )
    for name, value in (("PASSWORD", cards.password), ("SECRET", cards.secret)):
        if reader.in_production and value == ours[name]:
            reader.fault(f"{PREFIX}CARDS_{name} is the value of the sandbox")
    return cards


def _ekey(reader: "_Reader", addresses: Addresses) -> Ekey:
    return Ekey(
        issuer=reader.text("EKEY_ISSUER", development=f"{addresses.sandbox_url}/ekey"),
        client_id=reader.text("EKEY_CLIENT_ID", development="rukhsa"),
        client_secret=reader.text("EKEY_CLIENT_SECRET", development="sandbox-client-secret-of-the-portal"),
    )


def _mail(reader: "_Reader") -> Mail:
    return Mail(
        host=reader.text("MAIL_HOST", development="127.0.0.1"),
        port=reader.number("MAIL_PORT", default=8025),
        user=reader.text("MAIL_USER", default=""),
        password=reader.text("MAIL_PASSWORD", default=""),
        tls=reader.switch("MAIL_TLS", default=reader.in_production),
        sender=reader.text("MAIL_SENDER", development="no-reply@mun.example"),
    )


def _witnesses(reader: "_Reader", addresses: Addresses) -> Witnesses:
    # In tests nobody witnesses unless a test says so; in development the sandbox does.
    ours = f"{SANDBOX_WITNESS} {addresses.sandbox_url}/witness"
    text = reader.text("WITNESSES", default=ours if reader.environment is Environment.DEVELOPMENT else "")
    named = tuple(reader.witness(each) for each in text.replace(",", "\n").splitlines() if each.strip())
    quorum = reader.number("QUORUM", default=len(named) // 2 + 1)
    if named and quorum > len(named):
        reader.fault(f"{PREFIX}QUORUM is {quorum}, more than the witnesses named")
    return Witnesses(named=named, quorum=quorum if named else 0)


def _time_stamping(reader: "_Reader", addresses: Addresses) -> TimeStamping:
    # In tests nobody stamps unless a test says so; in development the sandbox does.
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


class _Reader:
    """Takes the variables one by one and remembers the faults and the names asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []
        self._known = {f"{PREFIX}ENVIRONMENT"}
        self.environment = self._environment()
        self.in_production = self.environment is Environment.PRODUCTION

    def text(self, name: str, *, default: str | None = None, development: str = "") -> str:
        """A value; one with only a `development` default must be given, and differ, in production."""
        name = f"{PREFIX}{name}"
        self._known.add(name)
        value = self._variables.get(name, "")
        if default is None and self.in_production and value in ("", development):
            fault = "is the value of the sandbox" if value else "is missing"
            self._faults.append(f"{name} {fault}")
        return value or (development if default is None else default)

    def never_in_production(self, name: str) -> str:
        """A value for tests, which production refuses."""
        value = self.text(name, default="")
        if value and self.in_production:
            self._faults.append(f"{PREFIX}{name} is for tests only")
        return value

    def number(self, name: str, *, default: int) -> int:
        value = self.text(name, default=str(default))
        if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
            return int(value)
        self._faults.append(f"{PREFIX}{name} is {value!r}, not a port number")
        return default

    def witness(self, text: str) -> tuple[str, str]:
        """A verifier key and the address of the witness, with a space between."""
        key, _, address = text.strip().partition(" ")
        address = address.strip().rstrip("/")
        try:
            read_verifier_key(key)
            if not address.startswith(("https://", "http://") if not self.in_production else "https://"):
                raise BadKey("bad-address", address)
        except BadKey as error:
            self.fault(
                f"{PREFIX}WITNESSES has {text.strip()!r}, not a verifier key and an address ({error.code})"
            )
        if self.in_production and key == SANDBOX_WITNESS:
            self.fault(f"{PREFIX}WITNESSES is the value of the sandbox")
        return key, address

    def fault(self, sentence: str) -> None:
        """Remember a fault, told with all others at the end."""
        self._faults.append(sentence)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, default="yes" if default else "no")
        if value not in ("yes", "no"):
            self._faults.append(f"{PREFIX}{name} is {value!r}, neither yes nor no")
        return value == "yes"

    def folder(self, name: str, *, development: Path) -> Path:
        return Path(self.text(name, default=str(development))).absolute()

    def finish(self) -> None:
        """Raise when anything was wrong, or a name begins with RUKHSA_ that nobody asked for."""
        unknown = sorted(
            name for name in self._variables if name.startswith(PREFIX) and name not in self._known
        )
        faults = self._faults + [f"{name} is not a setting" for name in unknown]
        if faults:
            raise ConfigError("The environment cannot be used: " + "; ".join(faults) + ".")

    def _environment(self) -> Environment:
        value = self._variables.get(f"{PREFIX}ENVIRONMENT", Environment.DEVELOPMENT)
        try:
            return Environment(value)
        except ValueError:
            self._faults.append(f"{PREFIX}ENVIRONMENT is {value!r}, not one of {', '.join(Environment)}")
            return Environment.PRODUCTION
