"""The forms in which a post is proposed."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.role_words import ROLES
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Office, Post
from rukhsa.catalogue.office import open_committees, open_offices
from rukhsa.staff.change import OF_AGENCIES, Newcomer, Wanted
from rukhsa.web.desk.inputs import dress
from rukhsa.web.templatetags.texts import text


class PostForm(forms.Form):
    """A role at one of the actor's authorities, from a day on."""

    role = forms.ChoiceField(label=_("Role"))
    authority = forms.ChoiceField(label=_("Authority"))
    office = forms.ChoiceField(label=_("Office"), required=False)
    committee = forms.ChoiceField(label=_("Committee"), required=False)
    starts_on = forms.DateField(label=_("From"))

    def __init__(self, actor: Actor, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        fields: dict[str, Any] = self.fields
        today = timezone.localdate()
        places = actor.authorities_where(Permission.MANAGE_STAFF)
        authorities = Authority.objects.filter(pk__in=places).order_by("ordinal")
        committees = open_committees().items()
        fields["role"].choices = [(role.value, ROLES[role]) for role in Role if role not in OF_AGENCIES]
        fields["authority"].choices = [(each.pk, text(each.name(on=today))) for each in authorities]
        offices = open_offices().items()
        fields["office"].choices = [("", _("Every office")), *((key, text(name)) for key, name in offices)]
        fields["committee"].choices = [("", "–"), *((key, text(rule.name)) for key, rule in committees)]
        fields["starts_on"].initial = today
        dress(self)
        fields["starts_on"].widget.attrs["min"] = today.isoformat()

    def clean_starts_on(self) -> object:
        """A post cannot start before the day on which it is given."""
        if self.cleaned_data["starts_on"] < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return self.cleaned_data["starts_on"]

    def clean(self) -> dict[str, Any]:
        """A committee is required for its members and refused for every other role."""
        cleaned = super().clean() or {}
        if (cleaned.get("role") == Role.COMMITTEE_MEMBER) is not bool(cleaned.get("committee")):
            self.add_error("committee", _("Choose a committee for its members, and none for others."))
        return cleaned

    def wanted(self, *, instead_of: Post | None = None) -> Wanted:
        """The post that the form asks for."""
        said = self.cleaned_data
        return Wanted(
            role=Role(said["role"]),
            authority=said["authority"],
            committee=said["committee"],
            office=Office.objects.filter(authority=said["authority"], code=said["office"]).first(),
            starts_on=said["starts_on"],
            instead_of=instead_of,
        )


class InvitationForm(PostForm):
    """A new member of staff and the first post; the person chooses the password by the link."""

    email = forms.EmailField(label=_("Work email address"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    field_order = ("email", "name_ar", "name_en", "role", "authority", "office", "committee", "starts_on")

    def newcomer(self, language: str) -> Newcomer:
        """The invited person; mail is sent in the language of the page until the person chooses another."""
        said = self.cleaned_data
        names = {name: said[name].strip() for name in ("name_ar", "name_en")}
        return Newcomer(email=said["email"].strip(), language=language, **names)
