"""The forms by which an administrator opens, renames or ends an office, and forms, changes or ends a committee."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.actor import Actor
from rukhsa.catalogue import in_force
from rukhsa.catalogue.office import open_offices
from rukhsa.catalogue.territory import territory
from rukhsa.review.office_work import LONGEST, work_of
from rukhsa.web.desk.setting_form import Both
from rukhsa.web.templatetags.texts import text as in_page_language

WEEKDAYS = {
    "sunday": _("Sunday"), "monday": _("Monday"), "tuesday": _("Tuesday"), "wednesday": _("Wednesday"),
    "thursday": _("Thursday"), "friday": _("Friday"), "saturday": _("Saturday"),
}  # fmt: skip


class _Named(Both):
    """A thing with a short name and a name in both languages, which holds once it is approved."""

    keyed = "code"
    code = forms.SlugField(label=_("Short name, in small Latin letters"), max_length=40)
    ar = forms.CharField(label=_("Name in Arabic"), max_length=LONGEST)
    en = forms.CharField(label=_("Name in English"), max_length=LONGEST)

    def __init__(self, actor: Actor, key: str, value: Any, data: Any = None) -> None:
        super().__init__(actor, key, value, data)
        self.fields["effective_on"].widget = forms.HiddenInput()

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """The short name is the key."""
        return {**(value or {}), "code": key}

    def named(self) -> tuple[str, str | None]:
        """The short name."""
        return self.cleaned_data["code"], None

    def removed(self, value: Any) -> Any:
        """It ends and keeps its name, by which what it did before is told."""
        return {**value, "ended": True}


class OfficeForm(_Named):
    kind = in_force.OFFICE
    to = forms.ChoiceField(label=_("It ends, and its work goes to"), required=False)
    field_order = ("code", "ar", "en", "to", "reason", "effective_on")

    def __init__(self, actor: Actor, key: str, value: Any, data: Any = None) -> None:
        super().__init__(actor, key, value, data)
        others = [(code, in_page_language(name)) for code, name in open_offices().items() if code != key]
        fields: dict[str, Any] = self.fields
        fields["to"].choices = [("", _("It stays open")), *others]
        if not key:
            del self.fields["to"]

    def value(self) -> dict[str, Any]:
        """Its name, and where it ends the office that takes over."""
        to = self.cleaned_data.get("to", "")
        return super().value() | ({"ended": True, "to": to} if to else {})

    def removed(self, value: Any) -> Any:
        """It ends, and no office takes over."""
        return {**super().removed(value), "to": ""}


class CommitteeForm(_Named):
    kind = in_force.COMMITTEE
    quorum = forms.IntegerField(
        label=_("How many members must vote, without those with an interest"), min_value=1, max_value=99
    )
    sits_on = forms.MultipleChoiceField(
        label=_("Days on which it usually sits"),
        choices=list(WEEKDAYS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.CharField(label=_("Law or decision on which it rests"), max_length=400)
    field_order = ("code", "ar", "en", "quorum", "sits_on", "source", "reason", "effective_on")

    def value(self) -> dict[str, Any]:
        """As the file writes it."""
        said = self.cleaned_data
        return super().value() | {
            "quorum": said["quorum"],
            "sits-on": said["sits_on"],
            "source": said["source"],
        }

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """The days as the form names them."""
        return super().initial_of(key, value) | {"sits_on": (value or {}).get("sits-on", [])}


def offices_in_force() -> dict[str, Any]:
    """Every office with its name, and whether it ended."""
    changed = in_force.current(in_force.OFFICE)
    found = {code: {"ar": name.ar, "en": name.en} for code, name in territory().offices.items()}
    return {code: dict(changed.get(code) or value) for code, value in found.items()}


def committees_in_force() -> dict[str, Any]:
    """Every committee as the desk writes it, and whether it ended."""
    changed = in_force.current(in_force.COMMITTEE)
    found = {
        id: {"ar": rule.name.ar, "en": rule.name.en, **rule.model_dump(mode="json", exclude={"name"})}
        for id, rule in territory().committees.items()
    }
    return {id: dict(changed.get(id) or value) for id, value in found.items()}


def work_told(code: str) -> dict[str, Any]:
    """What an office has now, for the page of its change."""
    work = work_of(code, at=timezone.now())
    return {"services": work.services, "applications": work.applications, "posts": work.posts}
