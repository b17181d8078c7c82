"""The signer's settings from the environment: its socket, its user, and its caps on documents an hour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

NONE = "none"
IN_PRODUCTION = "/run/rukhsa-signer/socket"  # as the unit of systemd has it (deploy/systemd)


@dataclass(frozen=True, kw_only=True)
class Caps:
    """The most documents an hour, for each authority by its code and for all others; None: no cap."""

    others: int | None = None
    named: Mapping[str, int | None] = field(default_factory=dict)

    def of(self, authority: str) -> int | None:
        """The cap of an authority."""
        return self.named.get(authority, self.others)


@dataclass(frozen=True, kw_only=True)
class SigningConfig:
    """The signer of a deployment; without a socket, each process that can read the keys signs by itself."""

    socket: str
    user: str  # owns the keys; started by root, `rukhsa run` starts the signer as this user
    workers_user: str  # the user of everything else then, and the only one that the signer answers
    database_url: str  # for `rukhsa run` only: the signer's own login to the server that DATABASE_URL names
    caps: Caps


class Reader(Protocol):
    """The part of `rukhsa.project.variables.Reader` that is needed here."""

    @property
    def in_production(self) -> bool: ...

    def text(self, name: str, *, default: str | None = None, development: str = "") -> str: ...

    def fault(self, sentence: str) -> None: ...


def signing(reader: Reader) -> SigningConfig:
    """Read the signer's settings."""
    return SigningConfig(
        socket=reader.text("SIGNER_SOCKET", default=IN_PRODUCTION if reader.in_production else ""),
        user=reader.text("SIGNER_USER", default="rukhsa-signer"),
        workers_user=reader.text("USER", default="rukhsa"),
        database_url=reader.text("SIGNER_DATABASE_URL", default=""),
        caps=_caps(
            reader.text("SIGNATURES_AN_HOUR", default="1000" if reader.in_production else NONE), reader.fault
        ),
    )


def _caps(text: str, fault: Callable[[str], None]) -> Caps:
    """Read "1000, CAP=2000, MUH=none": the cap of all others, and of each named authority."""
    parts = [part.strip().rpartition("=") for part in text.split(",") if part.strip()]
    if any(number != NONE and not (number.isascii() and number.isdigit()) for _, _, number in parts):
        fault(f"RUKHSA_SIGNATURES_AN_HOUR is {text!r}; it is written 1000, CAP=2000, MUH={NONE}")
        return Caps(others=0)
    numbers = {name.strip(): None if number == NONE else int(number) for name, _, number in parts}
    return Caps(others=numbers.pop("", None), named=numbers)
