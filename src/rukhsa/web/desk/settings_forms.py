"""The forms by which an administrator changes the territory: one for each kind, and how its values are told."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue import in_force
from rukhsa.catalogue.banks import listed_banks
from rukhsa.catalogue.changed_at_desk import value_of
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import LONGEST, Use
from rukhsa.catalogue.territory import policies, territory
from rukhsa.delivery.letter_text import LONGEST_SUBJECT, letters_of
from rukhsa.delivery.message_text import texts_of
from rukhsa.web.desk.institution_forms import (
    WEEKDAYS,
    CommitteeForm,
    OfficeForm,
    committees_in_force,
    offices_in_force,
)
from rukhsa.web.desk.setting_form import Both
from rukhsa.web.templatetags.texts import text as in_page_language

_USES = {
    Use.REFUSAL: _p("reason for", "refusing"), Use.RETURN: _p("reason for", "returning"),
    Use.SUSPENSION: _p("reason for", "suspending"), Use.REVOCATION: _p("reason for", "revoking"),
    Use.CORRECTION: _p("reason for", "correcting"),
}  # fmt: skip
_PAPER = {"paper": _("Paper documents"), "electronic": _("Electronic documents")}


class ClosedDayForm(Both):
    kind, keyed = in_force.CLOSED_DAY, "day"
    day = forms.DateField(label=_("Day"))
    closed = forms.ChoiceField(
        label=_("On this day"),
        choices=[("yes", _("offices are closed")), ("no", _("offices work, although it is a holiday"))],
    )
    authority = forms.ChoiceField(label=_("Where"), required=False)
    field_order = ("day", "closed", "authority", "ar", "en", "reason", "effective_on")

    def __init__(self, actor: Actor, key: str, value: Any, data: Any = None) -> None:
        super().__init__(actor, key, value, data)
        ours = actor.authorities_where(Permission.PROPOSE_CHANGE)
        names = [
            (rule.code, in_page_language(rule.name(on=timezone.localdate())))
            for rule in territory().authorities
        ]
        fields: dict[str, Any] = self.fields
        fields["authority"].choices = [
            ("", _("Every authority")),
            *(each for each in names if each[0] in ours),
        ]
        fields["effective_on"].widget = forms.HiddenInput()  # a day holds on its day

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """The day and the authority are in the key."""
        day, _dot, code = key.partition(".")
        said = value or {}
        return {**said, "day": day, "authority": code, "closed": "yes" if said.get("closed", True) else "no"}

    def named(self) -> tuple[str, str | None]:
        """Such as "2026-12-20", or "2026-12-20.CAP" at one authority."""
        said = self.cleaned_data
        code = said["authority"] or None
        return ".".join([str(said["day"]), *([code] if code else [])]), code

    def value(self) -> dict[str, Any]:
        """Closed or open, and why, in both languages."""
        return {**super().value(), "closed": self.cleaned_data["closed"] == "yes"}


class NoticeForm(Both):
    kind = in_force.NOTICE


class LetterForm(Both):
    kind = in_force.LETTER
    subject_ar = forms.CharField(label=_("Subject in Arabic"), max_length=LONGEST_SUBJECT)
    subject_en = forms.CharField(label=_("Subject in English"), max_length=LONGEST_SUBJECT)
    field_order = ("subject_ar", "ar", "subject_en", "en", "reason", "effective_on")

    def value(self) -> dict[str, Any]:
        """The subject and the text, in both languages."""
        return super().value() | {name: self.cleaned_data[name] for name in ("subject_ar", "subject_en")}


class ReasonForm(Both):
    kind, keyed = in_force.REASON, "code"
    code = forms.SlugField(label=_("Short name, in small Latin letters"), max_length=60)
    uses = forms.MultipleChoiceField(
        label=_("Offered for"), choices=list(_USES.items()), widget=forms.CheckboxSelectMultiple
    )
    basis_ar = forms.CharField(label=_("Legal basis in Arabic"), required=False, max_length=LONGEST)
    basis_en = forms.CharField(label=_("Legal basis in English"), required=False, max_length=LONGEST)
    field_order = ("code", "uses", "ar", "en", "basis_ar", "basis_en", "reason", "effective_on")

    def __init__(self, actor: Actor, key: str, value: Any, data: Any = None) -> None:
        super().__init__(actor, key, value, data)
        self.services = list((value or {}).get("services", []))
        self.fields["effective_on"].widget = forms.HiddenInput()  # it holds once it is approved

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """The short name is the key."""
        return {**(value or {}), "code": key}

    def named(self) -> tuple[str, str | None]:
        """The short name."""
        return self.cleaned_data["code"], None

    def value(self) -> dict[str, Any]:
        """The texts, the legal basis and for what it is offered."""
        said = self.cleaned_data
        return {name: said[name] for name in ("uses", "ar", "en", "basis_ar", "basis_en")} | {
            "services": self.services
        }


class AcceptanceForm(Both):
    kind, keyed = in_force.ACCEPTANCE, "name"
    name = forms.SlugField(label=_("Short name, in small Latin letters"), max_length=60)
    what = forms.ChoiceField(label=_("What is accepted"), choices=list(_PAPER.items()))
    accept_from = forms.DateField(label=_("Accepted from (empty: always)"), required=False)
    accept_until = forms.DateField(label=_("Accepted until (empty: no last day)"), required=False)
    source = forms.CharField(label=_("Circular or law"), max_length=400)
    field_order = (
        "name",
        "what",
        "accept_from",
        "accept_until",
        "ar",
        "en",
        "source",
        "reason",
        "effective_on",
    )

    def __init__(self, actor: Actor, key: str, value: Any, data: Any = None) -> None:
        super().__init__(actor, key, value, data)
        self.services = list((value or {}).get("services", []))

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """As the policy is written."""
        said = value or {}
        return {
            "name": key, "what": said.get("kind", "paper"), "accept_from": said.get("accept-from"),
            "accept_until": said.get("accept-until"), "source": said.get("source", ""), **said.get("circular", {}),
        }  # fmt: skip

    def named(self) -> tuple[str, str | None]:
        """The id of the policy."""
        return self.cleaned_data["name"], None

    def value(self) -> dict[str, Any]:
        """As the file writes it."""
        said = self.cleaned_data
        days = {"accept-from": said["accept_from"], "accept-until": said["accept_until"]}
        return {
            "kind": said["what"], "services": self.services, "circular": super().value(), "source": said["source"],
            **{name: str(day) for name, day in days.items() if day},
        }  # fmt: skip


class BankForm(Both):
    kind, keyed = in_force.BANK, "code"
    code = forms.RegexField(
        label=_("Country and letters of the bank in an IBAN, as BH.BMAG"), regex=r"^[A-Z]{2}\.[A-Z0-9]{2,12}$"
    )
    field_order = ("code", "ar", "en", "reason", "effective_on")

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """The code is the key."""
        return {**(value or {}), "code": key}

    def named(self) -> tuple[str, str | None]:
        """The country and the code."""
        return self.cleaned_data["code"], None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What can be changed: its name, its form, whether more can be added, and removed."""

    name: Promise
    form: type[Both]
    may_add: bool = True


KINDS: dict[str, Kind] = {
    in_force.CLOSED_DAY: Kind(name=_("Holidays and closed days"), form=ClosedDayForm),
    in_force.NOTICE: Kind(name=_("Texts of messages"), form=NoticeForm, may_add=False),
    in_force.LETTER: Kind(name=_("Texts of emails to the staff"), form=LetterForm, may_add=False),
    in_force.REASON: Kind(name=_("Reasons and standard findings"), form=ReasonForm),
    in_force.ACCEPTANCE: Kind(name=_("Which documents are accepted"), form=AcceptanceForm),
    in_force.BANK: Kind(name=_("Banks for refunds"), form=BankForm),
    in_force.OFFICE: Kind(name=_("Offices"), form=OfficeForm),
    in_force.COMMITTEE: Kind(name=_("Committees"), form=CommitteeForm),
}


def values_in_force(kind: str) -> dict[str, Any]:
    """What holds now of a kind, by key: from the files, and above them from the desk."""
    match kind:
        case in_force.CLOSED_DAY:
            found = {}
            for closed, days in ((True, territory().closed_days), (False, territory().open_days)):
                for day in days:
                    key = ".".join([str(day.day), *day.authorities])
                    found[key] = {"closed": closed, "ar": day.reason.ar, "en": day.reason.en}
            return dict(sorted(found.items()))
        case in_force.NOTICE:
            return texts_of()
        case in_force.LETTER:
            return letters_of()
        case in_force.OFFICE:
            return offices_in_force()
        case in_force.COMMITTEE:
            return committees_in_force()
        case in_force.REASON:
            newest = Reason.objects.newest()
            return {each.code: value_of(each) for each in newest if not each.is_ended}
        case in_force.ACCEPTANCE:
            return {
                each.id: each.model_dump(mode="json", exclude_none=True, exclude={"id"})
                for each in policies()
            }
        case _:
            return {
                f"{country}.{code}": {"ar": name.ar, "en": name.en}
                for country, banks in listed_banks().items()
                for code, name in banks.items()
            }


def told(value: Any) -> list[str]:
    """A value in lines that people compare."""
    if value is None:
        return [str(_("removed"))]
    lines = []
    for name, each in value.items():
        said = in_page_language(each) if isinstance(each, dict) else each
        if isinstance(said, list | tuple):
            said = ", ".join(str(WEEKDAYS.get(one, one)) for one in said)
        if said not in ("", None):
            lines.append(
                f"{_WORDS.get(name, name)}: {_YES.get(said, said) if isinstance(said, bool) else said}"
            )
    return lines


_YES = {True: _("yes"), False: _("no")}
_WORDS = {
    "ar": _("In Arabic"), "en": _("In English"), "closed": _("Closed"), "uses": _("Offered for"),
    "basis_ar": _("Legal basis in Arabic"), "basis_en": _("Legal basis in English"), "kind": _("What is accepted"),
    "accept-from": _("Accepted from"), "accept-until": _("Accepted until"), "circular": _("Text"),
    "source": _("Circular or law"), "services": _("Services"),
    "subject_ar": _("Subject in Arabic"), "subject_en": _("Subject in English"),
    "quorum": _("Quorum"), "sits-on": _("Sits on"), "ended": _("It has ended"), "to": _("Its work goes to"),
}  # fmt: skip
