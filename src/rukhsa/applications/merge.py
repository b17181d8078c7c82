"""Two pages of one draft: what each of them changed is put together field by field, and where both changed one, said.

A field is a question, or a part of one: "use", "home.building".
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Fields = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a draft as it is sent: which one it is, and what each of its fields showed before it was typed in.

    `showed` has the print of each field; a field without one counts as changed. `mine` are the fields for which the
    applicant chose what this page says.
    """

    id: str = ""
    showed: Mapping[str, str] = field(default_factory=dict)
    mine: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Clash:
    """A field that another page changed meanwhile to something else."""

    field: str
    here: str
    there: str


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What is typed now, the page on which each field was typed last, what was sent, and what another page changed."""

    typed: dict[str, Any]
    typed_on: dict[str, str]
    sent: Mapping[str, Any]
    clashes: tuple[Clash, ...] = ()
    overtaken: tuple[str, ...] = ()  # fields that only another page changed


def merge(
    stored: Mapping[str, Any], typed_on: Mapping[str, str], sent: Mapping[str, Any], page: Page
) -> Merged:
    """Put what a page sends into what is stored.

    1. A field that the page did not change stays as it is stored. 2. One that it changed is taken, if it is still as
    the page showed it, or this page itself changed it before, or the applicant chose so. 3. Otherwise it is a clash,
    and what is stored stays.
    """
    before, taken = flat(stored), dict[str, str]()
    clashes, overtaken = list[Clash](), list[str]()
    for name, here in flat(sent).items():
        there, showed = before.get(name, ""), page.showed.get(name)
        is_own = bool(page.id) and typed_on.get(name) == page.id
        is_as_shown = is_own or showed in (None, fingerprint(there))
        if showed is not None and fingerprint(here) in (showed, fingerprint(there)):  # 1
            overtaken += [] if is_as_shown or fingerprint(here) != showed else [name]
        elif is_as_shown or name in page.mine:  # 2
            taken[name] = here
        else:  # 3
            clashes.append(Clash(field=name, here=here, there=there))
    return Merged(
        typed=with_fields(stored, sent, taken),
        typed_on={**typed_on, **dict.fromkeys(taken, page.id)},
        sent=sent,
        clashes=tuple(clashes),
        overtaken=tuple(overtaken),
    )


def flat(typed: Mapping[str, Any]) -> Fields:
    """What was typed, by field."""
    parts = {id: value if isinstance(value, Mapping) else {"": value} for id, value in typed.items()}
    return {
        f"{id}.{part}".rstrip("."): str(text) for id, each in parts.items() for part, text in each.items()
    }


def fingerprint(text: str) -> str:
    """Sixteen hexadecimal digits by which two texts of a field are compared; how lines end makes no difference."""
    plain = "\n".join(text.splitlines())
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def with_fields(stored: Mapping[str, Any], sent: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """What is stored, with some fields of what was sent; each question keeps its form."""
    typed = dict(stored)
    for question, value in sent.items():
        if isinstance(value, Mapping):
            kept = typed.get(question)
            parts = {part: fields[f"{question}.{part}"] for part in value if f"{question}.{part}" in fields}
            if parts:
                typed[question] = {**(kept if isinstance(kept, Mapping) else {}), **parts}
        elif question in fields:
            typed[question] = fields[question]
    return typed
