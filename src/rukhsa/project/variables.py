"""Reads the environment variable by variable, and reports everything missing, unsafe or unknown at once."""

import stat
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from rukhsa.trust.cosignature import read_verifier_key
from rukhsa.trust.errors import BadKey

PREFIX: Final = "RUKHSA_"
NOT_CONFIGURED: Final = 78  # EX_CONFIG of sysexits.h: no supervisor need try again
ENVIRONMENT: Final = "RUKHSA_ENVIRONMENT"
KNOWN_SECRET: Final = "development-only-and-known-to-everybody"  # noqa: S105 - refused in production
OPEN_TO_OTHERS: Final = stat.S_IRWXO | stat.S_IWGRP
SHORTEST_SECRET: Final = 40  # characters
SHORTEST_GIVEN: Final = 8  # characters of a secret that another system gave us
LEAST_VARIETY: Final = 12  # different characters
NEW_KEY: Final = "import secrets; print(secrets.token_urlsafe(48))"
ON_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")
# The witness of the sandbox, whose secret is public.
SANDBOX_WITNESS: Final = "witness.sandbox.example+65a2e2fc+BNDtbf87Nux2H+zQGX7vkHQD+P5i0CqPg1lk1YdhTky3"
# Settings that a checkout may have without an environment named: folders and ports.
HARMLESS: Final = frozenset(
    f"{PREFIX}{name}"
    for name in (
        *("DATA", "TERRITORY", "TERRITORIES", "BIND", "FAULTPOINT"),
        *("PORTAL_PORT", "PUBLIC_PORT", "SANDBOX_PORT", "MAIL_PORT"),
    )
)


class Environment(StrEnum):
    """What a deployment is for; only production refuses the values of the sandbox."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class ConfigError(Exception):
    """The environment cannot be used; the text names every fault at once, and `faults` has each."""

    code = "bad-config"

    def __init__(self, text: str, *faults: str) -> None:
        super().__init__(text)
        self.faults = faults or (text,)


class Reader:
    """Reads variables one by one, and collects the faults and the known names."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []
        self._known = {ENVIRONMENT}
        self.secret_files: list[Path] = []
        self.environment = self._environment()
        self.in_production = self.environment is Environment.PRODUCTION

    def text(self, name: str, *, default: str | None = None, development: str = "") -> str:
        """A value; if it has only a `development` default, production must give another."""
        name = f"{PREFIX}{name}"
        self._known.add(name)
        value = self._variables.get(name, "")
        if default is None and self.in_production and value in ("", development):
            fault = "is the value of the sandbox" if value else "is missing"
            self._faults.append(f"{name} {fault}")
        return value or (development if default is None else default)

    def hidden(self, name: str, *, default: str | None = None, development: str = "") -> str:
        """A secret that another system gave: a value, or the content of the file that NAME_FILE names in its place."""
        if place := self.text(f"{name}_FILE", default=""):
            if self.text(name, default=""):
                self.fault(f"{PREFIX}{name} and {PREFIX}{name}_FILE are both given: keep one")
            value = self._content(f"{name}_FILE", place)
            if self.in_production and default is None and value == development:
                self.fault(f"{PREFIX}{name}_FILE holds the value of the sandbox")
        else:
            value = self.text(name, default=default, development=development)
        if self.in_production and 0 < len(value) < SHORTEST_GIVEN:
            self.fault(
                f"{PREFIX}{name} has {len(value)} characters, and must have {SHORTEST_GIVEN}: ask for another"
            )
        return value

    def secret(self) -> tuple[str, ...]:
        """The secret keys: the first signs, and the later ones still verify."""
        file = self.text("SECRET_KEY_FILE", default="")
        given = (
            self.text("SECRET_KEY", default="") if file else self.text("SECRET_KEY", development=KNOWN_SECRET)
        )
        keys = (*self._keys_in(file),) if file else (given,)
        keys += tuple(self.text("SECRET_KEY_FALLBACKS", default="").replace(",", " ").split())
        if file and given:
            self.fault(f"{PREFIX}SECRET_KEY and {PREFIX}SECRET_KEY_FILE are both given: keep one")
        for position, key in enumerate(keys if self.in_production else ()):
            if key and (weakness := _weakness(key)):
                named = (
                    f"{PREFIX}SECRET_KEY" if position == 0 else f"key {position + 1} of {PREFIX}SECRET_KEY"
                )
                self.fault(f"{named} {weakness}: make one with `python -c '{NEW_KEY}'`")
        return keys

    def https(self, name: str, *, default: str | None = None, development: str = "") -> str:
        """The address of an outside system; in production with https, and on another machine."""
        address = self.text(name, default=default, development=development)
        if not self.in_production or not address or address == development:
            return address
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            self.fault(f"{PREFIX}{name} is {address!r}: it must begin with https:// and a host")
        elif parts.hostname in ON_THIS_MACHINE or parts.hostname.startswith("127."):
            self.fault(
                f"{PREFIX}{name} is {address!r}: that is this machine, where only a sandbox would answer"
            )
        return address

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

    def networks(self, name: str, *, default: str | None = None) -> tuple[str, ...]:
        """Addresses and networks separated by commas; without a default production names them, or says `none`."""
        text = self.text(name, default=default or (None if self.in_production else "none"))
        named = tuple(each.strip() for each in text.split(",") if each.strip() not in ("", "none"))
        try:
            return tuple(str(ip_network(each)) for each in named)
        except ValueError as error:
            self.fault(f"{PREFIX}{name}: {error}")
            return ()

    def witness(self, text: str) -> tuple[str, str]:
        """A verifier key and the address of its witness, separated by a space."""
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
        """Remember a fault; `finish` reports all of them."""
        self._faults.append(sentence)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, default="yes" if default else "no")
        if value not in ("yes", "no"):
            self._faults.append(f"{PREFIX}{name} is {value!r}, neither yes nor no")
        return value == "yes"

    def _keys_in(self, file: str) -> list[str]:
        """The keys in a file that only its owner, or a group, can read."""
        return self._content("SECRET_KEY_FILE", file).split() or [""]

    def _content(self, name: str, place: str) -> str:
        """The text of a file that only its owner writes, and that only the owner or a group reads."""
        file = Path(place)
        self.secret_files.append(file)
        try:
            mode, value = file.stat().st_mode, file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.fault(f"{PREFIX}{name} cannot be read: {type(error).__name__}")
            return ""
        if mode & OPEN_TO_OTHERS:
            self.fault(f"{PREFIX}{name} can be read by everybody: chmod 0400 {place}")
        if not value:
            self.fault(f"{PREFIX}{name} is empty: write the secret in its first line")
        return value

    def folder(self, name: str, *, development: Path) -> Path:
        return Path(self.text(name, default=str(development))).absolute()

    def finish(self) -> None:
        """Raise ConfigError if a variable was wrong, or if a name begins with RUKHSA_ and is no setting."""
        unknown = sorted(
            name for name in self._variables if name.startswith(PREFIX) and name not in self._known
        )
        faults = self._faults + [f"{name} is not a setting" for name in unknown]
        if faults:
            raise ConfigError("The environment cannot be used: " + "; ".join(faults) + ".", *faults)

    def _environment(self) -> Environment:
        value = self._variables.get(ENVIRONMENT, "")
        if not value:
            self._faults.append(
                f"{ENVIRONMENT} is missing: say production, or development on a machine of your own"
            )
            return Environment.DEVELOPMENT
        try:
            return Environment(value)
        except ValueError:
            self._faults.append(f"{ENVIRONMENT} is {value!r}, not one of {', '.join(Environment)}")
            return Environment.PRODUCTION


def of_a_checkout(variables: Mapping[str, str]) -> bool:
    """Whether no environment is named, and no setting is given that only a real deployment has.

    The command `rukhsa` then chooses development, since this is a checkout on a developer's machine. Server processes
    that are started without the command never do.
    """
    told = {name for name, value in variables.items() if value and name.startswith(PREFIX)}
    bind = variables.get(f"{PREFIX}BIND", "")
    alone = bind in ("", *ON_THIS_MACHINE) or bind.startswith("127.")
    return alone and told <= HARMLESS and not variables.get("DATABASE_URL")


def _weakness(key: str) -> str:
    if key == KNOWN_SECRET or key.startswith("django-insecure-"):
        return "is known to everybody"
    if len(key) < SHORTEST_SECRET:
        return f"has {len(key)} characters, and must have {SHORTEST_SECRET}"
    return "repeats itself" if len(set(key)) < LEAST_VARIETY else ""
