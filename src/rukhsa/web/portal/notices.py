"""How a person wants to be told: over which channels, and in which hours a telephone stays quiet."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.delivery.preference import NoChannel, prefer, preference_of
from rukhsa.web.access import PortalRequest, requires


class NoticesForm(forms.Form):
    """The channels and the quiet hours."""

    sms = forms.BooleanField(required=False)
    mail = forms.BooleanField(required=False)
    quiet = forms.BooleanField(required=False)
    quiet_from = forms.TimeField(required=False)
    quiet_until = forms.TimeField(required=False)


@requires(Permission.READ_OWN)
@require_POST
def choose(request: PortalRequest) -> HttpResponse:
    """Keep what was chosen."""
    form = NoticesForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        hours = (said["quiet_from"], said["quiet_until"])
        quiet = hours if said["quiet"] and None not in hours else None
        try:
            prefer(sms=said["sms"], mail=said["mail"], quiet=quiet, actor=request.actor, at=timezone.now())
            messages.success(request, _("Your choice is saved."))
        except NoChannel as error:
            messages.error(request, str(error.text))
    else:
        messages.error(request, _("Write the hours like 21:00."))
    return redirect("portal:own-details")


def chosen_by(person: Person) -> dict[str, Any]:
    """What the form shows."""
    known = preference_of(person)
    is_quiet = known is not None and known.quiet_from is not None
    return {
        "sms": known is None or known.sms,
        "mail": known is None or known.mail,
        "quiet": is_quiet,
        "quiet_from": f"{known.quiet_from:%H:%M}" if known and known.quiet_from else "21:00",
        "quiet_until": f"{known.quiet_until:%H:%M}" if known and known.quiet_until else "07:00",
    }
