"""Payment links: an applicant creates one for another person, who can pay but sees nothing else."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import AlreadySettled, NotPayable, QuoteExpired
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.gateways.port import GatewayNotSetUp, GatewayRefused, GatewayUnreachable
from rukhsa.payments.gateways.registry import usable
from rukhsa.payments.link import LinkClosed, PaymentLink, link_of, require_link_open, revoke_link, share
from rukhsa.payments.models import Attempt, Charge, Receipt
from rukhsa.payments.outcome import ask_soon
from rukhsa.web.access import PortalRequest, public, requires
from rukhsa.web.portal.pages import application_of
from rukhsa.web.portal.pay import NO_ANSWER, GatewayForm

GONE = 410


@requires(Permission.APPLY)
@require_http_methods(["GET", "POST"])
def manage(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the link or offers to create one; POST creates or revokes it."""
    application = application_of(request, pk)
    charge, at = Charge.objects.to_pay(application), timezone.now()
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


@public
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, link: UUID) -> HttpResponse:
    """GET shows what is to be paid; POST redirects to the chosen gateway."""
    found, at = _found(link), timezone.now()
    if found.charge.is_settled and (found.is_open(at) or _paid_by(found)):
        return render(request, "portal/by_link_paid.html", _shown(found))
    try:
        require_link_open(found, at=at)
    except LinkClosed:
        return render(request, "portal/by_link_closed.html", status=GONE)
    form = GatewayForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, found, form, status=200 if request.method == "GET" else 422)
    return _go(request, found, form)


@public
@require_GET
def checking(request: HttpRequest, link: UUID) -> HttpResponse:
    """Where the browser returns to from the gateway, also after the link was revoked or expired."""
    found = _found(link)
    if _paid_by(found):
        return render(request, "portal/by_link_paid.html", _shown(found))
    attempt = Attempt.objects.open().filter(link=found).first()
    if attempt is None:
        again = "?again=1" if found.attempts.exists() else ""
        return redirect(reverse("portal:pay-by-link", args=[link]) + again)
    ask_soon(attempt, at=timezone.now())
    return render(request, "portal/by_link_checking.html", _shown(found))


def _go(request: HttpRequest, link: PaymentLink, form: GatewayForm) -> HttpResponse:
    gateway = form.cleaned_data["gateway"]
    origin = settings.CONFIG.addresses.portal_url
    addresses = Addresses(
        notification=origin + reverse("api:notified", args=[gateway]),
        browser=origin + reverse("api:returned-by-link", args=[gateway, link.pk]),
    )
    try:
        return redirect(
            collect(link.charge, gateway, actor=None, link=link, addresses=addresses, at=timezone.now())
        )
    except (AlreadySettled, OutcomeUnknown):
        return redirect("portal:paid-by-link", link.pk)
    except (NotPayable, QuoteExpired):
        return render(request, "portal/by_link_closed.html", status=GONE)
    except (GatewayNotSetUp, GatewayUnreachable, GatewayRefused):
        form.add_error("gateway", NO_ANSWER)
        return _page(request, link, form, status=503)


def _found(link: UUID) -> PaymentLink:
    needed = ("charge__application__service_version", "charge__application__authority")
    return PaymentLink.objects.select_related(*needed).get(pk=link)


def _paid_by(link: PaymentLink) -> bool:
    return Receipt.objects.filter(charge=link.charge_id, attempt__link=link).exists()


def _page(request: HttpRequest, link: PaymentLink, form: GatewayForm, *, status: int) -> HttpResponse:
    context = _shown(link) | {
        "gateways": usable(),
        "form": form,
        "again": "again" in request.GET,
        "under_way": link.charge.attempts.open().exists() or link.charge.attempts.in_doubt().exists(),
        "until": link.expires_at,
    }
    return render(request, "portal/by_link.html", context, status=status)


def _shown(link: PaymentLink) -> dict[str, object]:
    """Everything the page may show: the amount, the service and the authority."""
    application = link.charge.application
    assert application.authority
    return {
        "amount": link.charge.money,
        "service": application.definition.name,
        "authority": application.authority.name(on=timezone.localdate()),
        "link": link.pk,
    }
