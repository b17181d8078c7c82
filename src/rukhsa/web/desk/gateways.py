"""The payment gateways as finance sees them: configured or not, what each can do, open attempts, and a test."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Min
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.payments.gateways.port import Gateway, UnknownGateway
from rukhsa.payments.gateways.registry import gateways
from rukhsa.payments.gateways.trial import Answer, lacks, try_out
from rukhsa.payments.models import Attempt
from rukhsa.web.access import PortalRequest, requires

_SAID: dict[str, Promise] = {
    Answer.IN_ORDER: _("%(gateway)s: the connection works."),
    Answer.REFUSED: _(
        "%(gateway)s refused our account (%(detail)s). Check the connection details with the engineer."
    ),
    Answer.UNREACHABLE: _("%(gateway)s cannot be reached now. No one can pay through it."),
    Answer.UNSURE: _(
        "%(gateway)s gave an unreadable answer (%(detail)s). Payments made now are settled later."
    ),
    Answer.NOT_OFFERED: _(
        "%(gateway)s cannot be tested: the bank has not enabled it. Finance settles its payments by hand."
    ),
    Answer.NOT_SET_UP: _("%(gateway)s is not set up. Missing: %(detail)s. Payers do not see it."),
}


@dataclass(frozen=True, kw_only=True)
class GatewayRow:
    """A gateway, what its account lacks, and how many attempts are open since when."""

    gateway: Gateway
    lacks: tuple[str, ...]
    under_way: int
    since: datetime | None

    @property
    def refund_days(self) -> int | None:
        """For how many days a payment can be refunded through it; None: never."""
        within = self.gateway.capabilities.refund_within
        return within.days if within else None


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """Each gateway of the territory, with the open attempts of the actor's authorities.

    One query; its cost grows with the open attempts.
    """
    ours = Attempt.objects.on_which(request.actor, Permission.READ_MONEY, Permission.APPROVE_PAYOUT).open()
    waiting = ours.values_list("gateway").annotate(count=Count("pk"), since=Min("started_at"))
    by_gateway = {code: (count, since) for code, count, since in waiting}
    rows = []
    for one in gateways():
        count, since = by_gateway.get(one.code, (0, None))
        rows.append(GatewayRow(gateway=one, lacks=lacks(one), under_way=count, since=since))
    record("see-gateways", request.actor.person, actor=request.actor, at=timezone.now())
    return render(request, "desk/gateways.html", {"rows": rows})


@requires(Permission.READ_MONEY, Permission.APPROVE_PAYOUT)
@require_POST
def ask(request: PortalRequest, code: str) -> HttpResponse:
    """Ask a gateway about a payment that does not exist, and show its answer."""
    asked = next((one for one in gateways() if one.code == code), None)
    if asked is None:
        raise UnknownGateway(code)
    trial = try_out(asked)
    record(
        "ask-gateway", request.actor.person, actor=request.actor, at=timezone.now(), gateway=code,
        answer=trial.answer.value,
    )  # fmt: skip
    said = _SAID[trial.answer] % {
        "gateway": asked.name.in_language(request.LANGUAGE_CODE),
        "detail": trial.detail,
    }
    tell = messages.success if trial.answer is Answer.IN_ORDER else messages.warning
    tell(request, said)
    return redirect("desk:gateways")
