"""What of the catalogue is changed at the desk: reasons, acceptance policies and banks."""

import re
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from rukhsa.catalogue.banks import Bank
from rukhsa.catalogue.in_force import ACCEPTANCE, BANK, REASON
from rukhsa.catalogue.reason import LONGEST, Reason, Use
from rukhsa.catalogue.territory import accepted
from rukhsa.catalogue.territory_change import TerritoryChange, register_kind
from rukhsa.errors import RukhsaError

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class NotAValue(RukhsaError):
    """The value cannot be what it is to be."""

    code = "not-a-value"


def value_of(reason: Reason) -> dict[str, Any]:
    """A version of a reason as a value of the desk."""
    return {
        "uses": list(reason.uses), "services": list(reason.services), "ar": reason.text_ar, "en": reason.text_en,
        "basis_ar": reason.basis_ar, "basis_en": reason.basis_en,
    }  # fmt: skip


def _check_reason(key: str, value: Any) -> None:
    texts = [value[name] for name in ("ar", "en", "basis_ar", "basis_en")]
    sound = all(len(text) <= LONGEST for text in texts) and set(value["uses"]) <= set(Use)
    if not (_ID.fullmatch(key) and value["uses"] and value["ar"] and value["en"] and sound):
        raise NotAValue(key)


def _write_reason(change: TerritoryChange, at: datetime) -> None:
    """Write the next version of the reason; the file no longer changes it."""
    last = Reason.objects.filter(code=change.key).order_by("-number").first()
    said = change.value or (value_of(last) if last else {})
    Reason.objects.create(
        code=change.key, number=last.number + 1 if last else 1, uses=said["uses"], services=said["services"],
        text_ar=said["ar"], text_en=said["en"], basis_ar=said["basis_ar"], basis_en=said["basis_en"],
        is_ended=change.value is None, at=at,
    )  # fmt: skip


def _check_acceptance(key: str, value: Any) -> None:
    try:
        accepted(key, value)
    except ValidationError:
        raise NotAValue(key) from None


def _check_bank(key: str, value: Any) -> None:
    country, _dot, code = key.partition(".")
    try:
        Bank.model_validate({"code": code, "name": {"ar": value["ar"], "en": value["en"]}})
    except ValidationError:
        raise NotAValue(key) from None
    if not re.fullmatch(r"[A-Z]{2}", country) or not (value["ar"] and value["en"]):
        raise NotAValue(key)


def register() -> None:
    """Say what each of these must be."""
    register_kind(REASON, check=_check_reason, effect=_write_reason)
    register_kind(ACCEPTANCE, check=_check_acceptance)
    register_kind(BANK, check=_check_bank)
