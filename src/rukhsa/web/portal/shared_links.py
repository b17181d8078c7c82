"""Sharing a document: links that open once or for a week, for anyone or for one agency, and who checked."""

from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.models import Agency
from rukhsa.issuance.models import Instrument
from rukhsa.verification import share
from rukhsa.verification.share import Share, TooManyShares
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.pages import application_of

ANYONE = "anyone"


class ShareForm(forms.Form):
    """For whom a link is, and how often it opens."""

    whom = forms.ChoiceField(
        error_messages={"invalid_choice": gettext_lazy("Choose one option from the list.")}
    )
    times = forms.ChoiceField(choices=Share.Times.choices)

    def __init__(self, agencies: list[Agency], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["whom"].choices = [(one, one) for one in (ANYONE, *(each.pk for each in agencies))]  # type: ignore[attr-defined]


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the links of a document and who checked; POST makes one."""
    application, at = application_of(request, pk), timezone.now()
    instrument = Instrument.objects.newest_of(application)
    agencies = list(Agency.objects.order_by("pk"))
    form, problem = ShareForm(agencies, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        agency = next((each for each in agencies if each.pk == said["whom"]), None)
        once = said["times"] == Share.Times.ONCE
        try:
            made = share.share_document(
                instrument, application, agency=agency, once=once, actor=request.actor, at=at
            )
            return redirect(f"{reverse('portal:shares', args=[pk])}?new={made.pk}")
        except TooManyShares as error:
            problem = error.text
    shared = share.shares_of(instrument, at=at)
    new = next((each for each in shared if str(each.share.pk) == request.GET.get("new")), None)
    context = {
        "application": application,
        "definition": application.definition,
        "instrument": instrument,
        "shared": shared,
        "agencies": agencies,
        "problem": problem or (_("Choose one option from the list.") if form.errors else ""),
        "new": address_of(new.share) if new and new.is_open else "",
        "code": drawn(address_of(new.share)) if new and new.is_open else "",
    }
    return render(request, "portal/shares.html", context, status=422 if context["problem"] else 200)


@requires(Permission.APPLY)
@require_POST
def end(request: PortalRequest, pk: UUID, link: UUID) -> HttpResponse:
    """End a link of one's own document."""
    application = application_of(request, pk)
    instrument = Instrument.objects.newest_of(application)
    found = Share.objects.get(pk=link, instrument=instrument)
    share.end_share(found, application, actor=request.actor, at=timezone.now())
    messages.success(request, _("The link does not open any more."))
    return redirect("portal:shares", pk)


def address_of(made: Share) -> str:
    """Where a link leads: to the verifier, or to the desk for an agency, whose officer signs in."""
    addresses = settings.CONFIG.addresses
    if made.agency_id:
        return f"{addresses.portal_url}/desk/shared/{made.pk}"
    return f"{addresses.public_url}/shared/{made.pk}"


def drawn(address: str) -> str:
    """The address as a code to hold before another phone."""
    return mark_safe(segno.make(address, error="m").svg_inline(scale=5, dark="black", light="white"))  # noqa: S308 - drawn here
