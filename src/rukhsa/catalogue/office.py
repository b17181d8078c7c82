"""Offices and committees as the desk leaves them: which are open, and which office has the work of one that ended."""

from rukhsa.catalogue import in_force
from rukhsa.catalogue.territory import Committee, territory
from rukhsa.values.names import Text


def open_offices() -> dict[str, Text]:
    """The offices that have not ended, by code."""
    return {code: name for code, name in territory().offices.items() if not _is_ended(in_force.OFFICE, code)}


def open_committees() -> dict[str, Committee]:
    """The committees that have not ended, by id."""
    found = territory().committees.items()
    return {id: rule for id, rule in found if not _is_ended(in_force.COMMITTEE, id)}


def office_now(code: str) -> str:
    """The office that has the work of an office today: itself, or the one that took over when it ended."""
    changed, passed = in_force.current(in_force.OFFICE), {code}
    while (
        (value := changed.get(code)) and value.get("ended") and value.get("to") and value["to"] not in passed
    ):
        code = value["to"]
        passed.add(code)
    return code


def _is_ended(kind: str, key: str) -> bool:
    value = in_force.current(kind).get(key)
    return bool(value and value.get("ended"))
