"""The profile of a seal: which facts a service seals, under which keys, with which names and types."""

from dataclasses import dataclass, field

from rukhsa.values.names import Text

FIRST_KEY = 5
"""Keys 1 to 4 are the same in every seal: profile code, holder's name, masked identity, address."""


@dataclass(frozen=True, kw_only=True)
class ProfileField:
    """One fact of the profile; a `code` is sealed as the place of its option in `options`, counted from 1."""

    key: int
    name: str
    label: Text
    type: str
    options: dict[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The facts of the instruments of one service, in the order in which they are printed."""

    code: int
    service: str
    title: Text
    fields: tuple[ProfileField, ...]
