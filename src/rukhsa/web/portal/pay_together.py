"""Paying several charges at once: what to pay together, the sum with each of its parts, and how the payment went."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.batches.models import Batch
from rukhsa.catalogue.territory import territory
from rukhsa.payments.attempt import Attempt, OutcomeUnknown
from rukhsa.payments.charge import AlreadySettled, NotPayable, QuoteExpired
from rukhsa.payments.collection import MOST_TOGETHER, Addresses, NotTogether, collect
from rukhsa.payments.gateways.port import GatewayNotSetUp, GatewayRefused, GatewayUnreachable
from rukhsa.payments.gateways.registry import gateway, usable
from rukhsa.payments.models import Charge
from rukhsa.payments.outcome import ask_soon
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.pay import NO_ANSWER, GatewayForm, how_it_ended
from rukhsa.web.sentences import sentence_of

# Cached by the process: a definition is read from the database once.
SELDOM_READ = ("application__service_version__meaning", "application__service_version__source_text")
UNPROCESSABLE = 422


@dataclass(frozen=True, kw_only=True)
class Together:
    """The charges of one authority that one payment can cover."""

    authority: Text
    code: str
    charges: list[Charge]

    @property
    def money(self) -> Money:
        """Their sum."""
        return Money(minor=sum(one.amount for one in self.charges), currency=self.charges[0].currency)


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest) -> HttpResponse:
    """GET lists what can be paid together, and the sum once it is chosen; POST redirects to the gateway."""
    chosen = request.GET.getlist("charge")[:MOST_TOGETHER]
    groups = _groups(_owed(request.actor, chosen, batch=request.GET.get("batch", "")))
    code = request.GET.get("authority", "")
    group = next((one for one in groups if one.code == code), None)
    if group is None or not (chosen or "batch" in request.GET):
        return render(
            request, "portal/pay_choose.html", {"groups": groups, "batch": request.GET.get("batch", "")}
        )
    form = GatewayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _go(request, group, form)
    return _page(request, group, form, status=200 if request.method == "GET" else UNPROCESSABLE)


def _go(request: PortalRequest, group: Together, form: GatewayForm) -> HttpResponse:
    first, *along = group.charges
    code = form.cleaned_data["gateway"]
    origin = settings.CONFIG.addresses.portal_url
    addresses = Addresses(
        notification=origin + reverse("api:notified", args=[code]),
        browser=origin + reverse("api:returned", args=[code, first.application_id]),
    )
    try:
        return redirect(
            collect(first, code, actor=request.actor, addresses=addresses, at=timezone.now(), along=along)
        )
    except OutcomeUnknown:
        return redirect("portal:checking", first.application_id)
    except (AlreadySettled, NotPayable, QuoteExpired, NotTogether) as refused:
        return _page(request, group, form, status=UNPROCESSABLE, error=sentence_of(refused.code))
    except (GatewayNotSetUp, GatewayUnreachable, GatewayRefused):
        form.add_error("gateway", NO_ANSWER)
        return _page(request, group, form, status=503)


@requires(Permission.APPLY)
@never_cache
@require_GET
def outcome(request: PortalRequest, pk: UUID) -> HttpResponse:
    """How a payment of several charges stands: checked, paid with a receipt for each, in doubt, or not paid."""
    mine = Application.objects.of_applicant(request.actor)
    lead = Attempt.objects.exclude(together=None).get(pk=pk, charge__application__in=mine)
    if lead.is_open:
        ask_soon(lead, at=timezone.now())
    covered = Attempt.objects.of_payment(lead).order_by("carried_by", "reference")
    needed = ("charge__receipt", "charge__application__service_version", "refund")
    terms = gateway(lead.gateway).capabilities.bill if lead.is_open and lead.gateway_reference else None
    context = {
        "lead": lead,
        "covered": list(
            covered.select_related(*needed).defer(
                "charge__application__service_version__meaning",
                "charge__application__service_version__source_text",
            )
        ),
        "bill": terms,
        "until": lead.started_at + terms.lasts if terms else None,
        "ended": "" if lead.is_open or lead.state == Attempt.State.CAPTURED else how_it_ended(lead.charge),
        "in_doubt": lead.state == Attempt.State.NEEDS_REVIEW,
    }
    return render(request, "portal/paid_together.html", context)


def _owed(actor: Actor, chosen: list[str], *, batch: str) -> Iterable[Charge]:
    """The charges that the actor has to pay and that no payment is under way for: those chosen, of a batch, or all."""
    own = Charge.objects.filter(application__in=Application.objects.of_applicant(actor)).owed()
    unsettled = Attempt.objects.in_doubt().values("charge")
    own = own.filter(expires_at__gte=timezone.now()).exclude(pk__in=unsettled)
    if batch:
        found = Batch.objects.of_applicant(actor).filter(pk__in=[each for each in [_uuid(batch)] if each])
        own = own.filter(application__in=found.values("rows__application"))
    elif chosen:
        own = own.filter(pk__in=[each for each in map(_uuid, chosen) if each])
    needed = ("application__service_version", "application__applicant", "application__company")
    return own.select_related(*needed).defer(*SELDOM_READ).order_by("assessed_at", "pk")[:MOST_TOGETHER]


def _groups(charges: Iterable[Charge]) -> list[Together]:
    by_authority: dict[str, list[Charge]] = {}
    for charge in charges:
        by_authority.setdefault(charge.application.authority_id or "", []).append(charge)
    today = timezone.localdate()
    return [
        Together(authority=territory().authority(code).name(on=today), code=code, charges=found)
        for code, found in sorted(by_authority.items())
    ]


def _page(
    request: PortalRequest,
    group: Together,
    form: GatewayForm,
    *,
    status: int,
    error: Promise | str | None = None,
) -> HttpResponse:
    context = {"group": group, "gateways": usable(), "form": form, "error": error}
    return render(request, "portal/pay_together.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
