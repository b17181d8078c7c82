"""What every form of a setting has: both languages, why it changes, and from when."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.actor import Actor
from rukhsa.catalogue import in_force
from rukhsa.catalogue.reason import LONGEST
from rukhsa.web.desk.inputs import dress


class Both(forms.Form):
    """Arabic and English beside each other, why, and from when."""

    ar = forms.CharField(label=_("In Arabic"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    en = forms.CharField(label=_("In English"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.CharField(
        label=_("Why this changes"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    effective_on = forms.DateField(label=_("From"))
    kind: ClassVar[str]
    keyed: ClassVar[str | None] = None  # the field that names a new one

    def __init__(self, actor: Actor, key: str, value: Any, data: Any = None) -> None:
        said = {**self.initial_of(key, value), "effective_on": timezone.localdate()}
        super().__init__(data, initial=said)
        self.key, self.actor = key, actor
        dress(self)
        if self.keyed and key:
            self.fields[self.keyed].disabled = True

    def initial_of(self, key: str, value: Any) -> dict[str, Any]:
        """What the form begins with."""
        return dict(value or {})

    def named(self) -> tuple[str, str | None]:
        """The key of what is changed, and its authority."""
        return self.key, None

    def of_key(self) -> tuple[str, str | None]:
        """The same of what is there already, to remove it."""
        return self.key, self.key.partition(".")[2] or None if self.kind == in_force.CLOSED_DAY else None

    def has_reason(self) -> bool:
        """Whether something that is there is to be removed, with a reason."""
        return bool(self.key and self.data.get("reason", "").strip())

    def value(self) -> dict[str, Any]:
        """The new value."""
        return {name: self.cleaned_data[name] for name in ("ar", "en")}

    def removed(self, value: Any) -> Any:
        """What stands in its place once it is removed."""
        return None
