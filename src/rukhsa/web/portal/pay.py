"""Paying a charge: its lines, the choice of a gateway, and waiting for the gateway's answer."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, Term
from rukhsa.payments import tariff
from rukhsa.payments.attempt import Attempt, OutcomeUnknown
from rukhsa.payments.bill import bill_of
from rukhsa.payments.charge import AlreadySettled, NotPayable, QuoteExpired
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.gateways.port import GatewayNotSetUp, GatewayRefused, GatewayUnreachable
from rukhsa.payments.gateways.registry import usable
from rukhsa.payments.models import Charge
from rukhsa.payments.outcome import ask_soon
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.edge import is_partial
from rukhsa.web.portal.pages import application_of
from rukhsa.web.reckoning import lines_of

NO_ANSWER = _("This way to pay does not answer now. You were not charged. Try another.")


class GatewayForm(forms.Form):
    """The choice of a gateway."""

    gateway = forms.ChoiceField(
        error_messages={
            "required": _("Choose how you want to pay."),
            "invalid_choice": _("Choose how you want to pay."),
        }
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["gateway"].choices = [(one.code, one.code) for one in usable()]  # type: ignore[attr-defined]


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows the amount and the gateways; POST redirects to the chosen one, a second time to the same page."""
    application = application_of(request, pk)
    charge = Charge.objects.to_pay(application)
    if charge is None:
        # Already paid, perhaps at a kiosk.
        return redirect("portal:application", pk)
    if charge.attempts.in_doubt().exists():
        return redirect("portal:checking", pk)
    if charge.is_expired(timezone.now()):
        return _assess_anew(request, application, charge)
    form = GatewayForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, application, charge, form, status=200 if request.method == "GET" else 422)
    return _go(request, application, charge, form)


def _go(request: PortalRequest, application: Application, charge: Charge, form: GatewayForm) -> HttpResponse:
    gateway = form.cleaned_data["gateway"]
    addresses = addresses_of(charge, gateway)
    try:
        return redirect(collect(charge, gateway, actor=request.actor, addresses=addresses, at=timezone.now()))
    except (AlreadySettled, NotPayable):
        return redirect("portal:application", application.pk)
    except OutcomeUnknown:
        return redirect("portal:checking", application.pk)
    except QuoteExpired:
        return _assess_anew(request, application, charge)
    except (GatewayNotSetUp, GatewayUnreachable, GatewayRefused):
        form.add_error("gateway", NO_ANSWER)
        return _page(request, application, charge, form, status=503)


@requires(Permission.APPLY)
@require_GET
def checking(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Where the browser returns to: the gateway itself is asked, the browser is not believed."""
    application = application_of(request, pk)
    charge = Charge.objects.to_pay(application)
    if lead := joint_payment_of(application):
        return _moved(request, reverse("portal:paid-together", args=[lead]))
    if charge is None:
        return _moved(request, reverse("portal:application", args=[pk]))
    attempt = charge.attempts.open().first()
    if attempt is None and charge.attempts.in_doubt().exists():
        return render(request, "portal/in_doubt.html", {"application": application, "charge": charge})
    if attempt is None:
        return _moved(request, reverse("portal:pay", args=[pk]) + "?again=1")
    ask_soon(attempt, at=timezone.now())
    bill = bill_of(application, at=timezone.now())
    context = {"application": application, "charge": charge, "attempt": attempt, "bill": bill}
    return render(request, "portal/checking.html", context)


def joint_payment_of(application: Application) -> UUID | None:
    """The id of the joint payment with which the application was to be paid last; None where that was another."""
    last = Attempt.objects.filter(charge__application=application).order_by("-started_at").first()
    return last.pk if last and last.together else last.carried_by_id if last else None


def _assess_anew(request: PortalRequest, application: Application, charge: Charge) -> HttpResponse:
    """Show the expired amount without a way to pay it; it is assessed again in the background."""
    tariff.assess_again(charge)
    return _page(request, application, charge, GatewayForm(), status=200)


def addresses_of(charge: Charge, gateway: str) -> Addresses:
    """The addresses for the gateway's notice and for the returning browser."""
    origin = settings.CONFIG.addresses.portal_url
    return Addresses(
        notification=origin + reverse("api:notified", args=[gateway]),
        browser=origin + reverse("api:returned", args=[gateway, charge.application_id]),
    )


def _page(
    request: PortalRequest, application: Application, charge: Charge, form: GatewayForm, *, status: int
) -> HttpResponse:
    charges = Charge.objects.filter(application=application)
    context = {
        "application": application,
        "definition": application.definition,
        "charge": charge,
        "lines": lines_of(charge),
        "until": Term.objects.filter(application=application).values_list("ends_at", flat=True).first(),
        "gateways": usable(),
        "form": form,
        "again": how_it_ended(charge) if "again" in request.GET else "",
        "expired": charge.is_expired(timezone.now()),
        "earlier": charges.filter(due=charge.due, number=charge.number - 1).first(),
        "under_way": charge.attempts.open().exists(),
        "bill": bill_of(application, at=timezone.now()),
    }
    return render(request, "portal/pay.html", context, status=status)


ENDED_HOW: dict[str, Promise] = {
    Attempt.State.CANCELLED: _("You cancelled the payment. You were not charged. You can pay now or later."),
    Attempt.State.DENIED: _(
        "Your bank declined the payment. You were not charged. Try another card, or ask your bank why."
    ),
    Attempt.State.EXPIRED: _("The payment timed out. You were not charged. Start it again."),
    Attempt.State.VOIDED: _(
        "The payment was cancelled by the payment company. You were not charged. You can try again."
    ),
}


def how_it_ended(charge: Charge) -> Promise:
    """What became of the last payment that was tried."""
    last = charge.attempts.order_by("-started_at").first()
    general = _(
        "The payment company declined your payment. You were not charged. Try again or use another card."
    )
    return ENDED_HOW.get(last.state, general) if last else general


def _moved(request: PortalRequest, address: str) -> HttpResponse:
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
