"""Lets another person pay: the applicant makes a link, sees until when it opens, and takes it back."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.payments.charge import AlreadySettled
from rukhsa.payments.link import link_of, revoke_link, share
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.overview import charge_to_pay
from rukhsa.web.portal.reach import application_of


@requires(Permission.APPLY)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the link, or offers to make one; POST makes it, or revokes it."""
    application = application_of(request, pk)
    charge, at = charge_to_pay(application), timezone.now()
    if charge is None:
        return redirect("portal:application", pk)
    if request.method == "POST":
        try:
            act = revoke_link if "revoke" in request.POST else share
            act(charge, actor=request.actor, at=at)
        except AlreadySettled:
            return redirect("portal:application", pk)
        return redirect("portal:share", pk)
    link = link_of(charge, at=at)
    address = (
        settings.CONFIG.addresses.portal_url + reverse("portal:pay-by-link", args=[link.pk]) if link else ""
    )
    context = {"application": application, "definition": application.definition, "charge": charge}
    return render(request, "portal/share.html", context | {"link": link, "address": address})
