"""The authority's instruments: find one by its number, suspend or reinstate it, and revoke it by two."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import State
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import Reason, ServiceVersion
from rukhsa.catalogue.reason import Use
from rukhsa.files.kind import PDF
from rukhsa.issuance.correction import correction_behind, waiting_correction
from rukhsa.issuance.instrument import application_behind, successor_of
from rukhsa.issuance.models import (
    CorrectionProposal,
    Instrument,
    Intent,
    Revocation,
    RevocationProposal,
    Status,
)
from rukhsa.issuance.revocation_proposal import (
    propose_revocation,
    waiting_revocation,
)
from rukhsa.issuance.suspension import (
    propose_suspension,
    reinstate,
    suspend,
    waiting_suspension,
)
from rukhsa.review.participant import openable
from rukhsa.values.identifiers import folded_number, typed_number
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.correction_lines import proposed_lines
from rukhsa.web.desk.files import answer_stored
from rukhsa.web.desk.instrument_refusals import REFUSALS, sentence
from rukhsa.web.desk.purposes import require_purpose_of

A_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Change:
    """An act on an instrument, with its words."""

    permission: Permission
    verb: Callable[..., Any]
    label: Promise
    sure: Promise
    done: Promise
    use: str = ""  # for which reasons of the list are offered


CHANGES = {
    "suspend": Change(
        permission=Permission.SUSPEND,
        verb=suspend,
        label=_("Suspend now (danger)"),
        sure=_(
            "Anyone who checks this document now sees that it is suspended. Another person confirms this within a"
            " day, or the suspension ends."
        ),
        done=_("The document is suspended. Another person must confirm it within a day."),
    ),
    "propose-suspension": Change(
        permission=Permission.SUSPEND,
        verb=propose_suspension,
        label=_("Propose to suspend"),
        sure=_("Another person approves it. If there is danger, suspend the document now."),
        done=_("Proposed. The document stays in force until another person approves."),
        use=Use.SUSPENSION,
    ),
    "reinstate": Change(
        permission=Permission.REINSTATE,
        verb=reinstate,
        label=_("Reinstate"),
        sure=_("Anyone who checks this document now sees that it is in force."),
        done=_("The document is in force again."),
    ),
    "revoke": Change(
        permission=Permission.SUSPEND,
        verb=propose_revocation,
        label=_("Propose to revoke"),
        sure=_(
            "A second person approves it. Revocation is permanent: the holder needs a new application for a new"
            " document. If there is danger, suspend the document now."
        ),
        done=_("Proposed. The document stays in force until a supervisor approves."),
        use=Use.REVOCATION,
    ),
}

STATES: dict[str, Promise] = {
    Status.REVOKED: _("Revoked"),
    Status.SUPERSEDED: _("Replaced"),
    Status.SUSPENDED: _("Suspended"),
    Status.EXPIRED: _("Expired"),
    Status.NOT_YET_VALID: _("Not in force yet"),
    Status.VALID: _("In force"),
}
# What waits for a second person, as the page of what waits today leads to it.
_PROPOSED = State.PROPOSED
_WAITING = {
    "correction": Q(corrections__state=_PROPOSED),
    "revocation": Q(revocation_proposals__state=_PROPOSED),
    "suspension": Q(suspension_proposals__state=_PROPOSED),
    "confirmation": Q(
        suspensions__confirm_by__isnull=False, suspensions__confirmation=None, suspensions__reinstatement=None
    ),
}
_STANDING = {Status.VALID, Status.NOT_YET_VALID, Status.EXPIRED}


@requires(Permission.READ_INSTRUMENTS)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """The newest instruments, or those whose number begins as searched for."""
    at = timezone.now()
    wanted = folded_number(request.GET.get("number", "").replace("\x00", ""))[:40]
    ours = Instrument.objects.on_which(request.actor, Permission.READ_INSTRUMENTS)
    found = ours.order_by("-released_at", "pk")
    if waits := _WAITING.get(request.GET.get("waits", "")):
        found = found.filter(waits)
    if wanted:
        found = found.filter(intent__number__startswith=typed_number(wanted))
    # The keys first: in one query, the standing of every instrument would be computed.
    page = list(found.values_list("pk", flat=True)[: A_PAGE + 1])
    shown = list(found.filter(pk__in=page).with_standing().select_related("intent"))
    record("see-instruments", request.actor.person, actor=request.actor, at=at)
    names = ServiceVersion.objects.names({each.intent.service_version_id for each in shown})
    holders = _holders(shown)
    lines = [
        (
            each,
            holders.get(each.intent.number),
            names[each.intent.service_version_id],
            (state := each.status(at), STATES[state]),
        )
        for each in shown[:A_PAGE]
    ]
    context = {"lines": lines, "wanted": wanted, "has_more": len(shown) > A_PAGE}
    return render(request, "desk/instruments.html", context)


@requires(Permission.READ_INSTRUMENTS)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An instrument: its state, what happened to it, and what can be done."""
    instrument = reached(request.actor, pk)
    record("see-instrument", instrument, actor=request.actor, at=timezone.now())
    return page(request, instrument)


@requires(Permission.READ_INSTRUMENTS, fresh=True)
@require_POST
def change(request: PortalRequest, pk: UUID, act: str) -> HttpResponse:
    """Suspend, reinstate or propose to revoke: first the reason, then a confirmation."""
    if act not in CHANGES:
        raise Http404
    meant = CHANGES[act]
    request.actor.require_somewhere(meant.permission)
    instrument = reached(request.actor, pk, meant.permission)
    reason = request.POST.get("reason", "").strip()
    codes = request.POST.getlist("coded")
    if not reason and not codes:
        error = _("Enter the reason. The holder can read it.")
        return page(request, instrument, status=UNPROCESSABLE, error=error, opened=act)
    if "change" in request.POST:
        return page(request, instrument, opened=act, reason=reason, coded=codes)
    try:
        service = instrument.intent.service_version.service
        coded = Reason.objects.chosen(codes, meant.use, service) if meant.use else []
        if "confirmed" not in request.POST:
            context = {"instrument": instrument, "act": act, "meant": meant, "reason": reason, "coded": coded}
            return render(request, "desk/confirm_change.html", {**context, "holder": _holder(instrument)})
        if meant.use:
            meant.verb(instrument, reason, coded=coded, actor=request.actor, at=timezone.now())
        else:
            meant.verb(instrument, reason=reason, actor=request.actor, at=timezone.now())
    except REFUSALS as error:
        again = {"error": sentence(error), "opened": act, "reason": reason, "coded": codes}
        return page(request, reached(request.actor, pk), status=UNPROCESSABLE, **again)
    messages.success(request, str(meant.done))
    return redirect("desk:instrument", pk=pk)


@requires(Permission.READ_INSTRUMENTS)
@require_GET
def document(request: PortalRequest, pk: UUID) -> FileResponse:
    """The file of an instrument, as its holder has it; viewing it is recorded in the journal."""
    instrument = reached(request.actor, pk)
    record("see-instrument", instrument, actor=request.actor, at=timezone.now())
    return answer_stored(instrument.file_digest, PDF.media_type)


def _holder(instrument: Instrument) -> Text | None:
    return _holders([instrument]).get(instrument.number)


def _holders(instruments: list[Instrument]) -> dict[str, Text]:
    """Whose documents they are, by number, in one query: the person or company of the version that was applied for."""
    numbers = {each.intent.number for each in instruments}
    intents = Intent.objects.filter(number__in=numbers, application__isnull=False).order_by("version")
    found = intents.select_related("application__applicant", "application__company")
    return {
        each.number: (each.application.company or each.application.applicant).name
        for each in found.only(
            "number",
            "application__applicant__name_ar",
            "application__applicant__name_en",
            "application__company__name_ar",
            "application__company__name_en",
        )
        if each.application
    }


def reached(actor: Actor, pk: UUID, *also: Permission) -> Instrument:
    """The document, which the actor may read; an act names the permission that it also needs there.

    Raises DoesNotExist, and PurposeMissing as `require_purpose_of` does.
    """
    needed = ("intent__application__queue_entry", "intent__service_version", "intent__authority")
    found = Instrument.objects.on_which(actor, Permission.READ_INSTRUMENTS, *also)
    instrument = found.with_standing().select_related(*needed).get(pk=pk)
    require_purpose_of(instrument, actor)
    return instrument


def page(request: PortalRequest, instrument: Instrument, *, status: int = 200, **typed: Any) -> HttpResponse:
    """The page of a document; after a refused act with its error and what was typed."""
    state, proposal = instrument.status(timezone.now()), waiting_revocation(instrument)
    correction, suspensions = waiting_correction(instrument), _suspensions(request.actor, instrument)
    possible = {
        "suspend": state in _STANDING,
        "propose-suspension": state in _STANDING and suspensions["suspending"] is None,
        "reinstate": state == Status.SUSPENDED,
        "revoke": state in _STANDING | {Status.SUSPENDED} and proposal is None,
    }
    context = {
        "instrument": instrument,
        "intent": instrument.intent,
        "holder": _holder(instrument),
        "proposal": proposal,
        **_offered(request.actor, instrument, proposal),
        **_correction(request.actor, instrument, state, correction),
        "application": (application := application_behind(instrument)),
        "may_open": openable(request.actor, application),
        "title": instrument.intent.service_version.definition.instrument.title,
        "state": (state, STATES[state]),
        "successor": successor_of(instrument),
        **suspensions,
        "revocation": Revocation.objects.filter(instrument=instrument)
        .select_related("actor", "proposed_by")
        .first(),
        "changes": [
            (act, meant)
            for act, meant in CHANGES.items()
            if possible[act] and request.actor.holds(meant.permission, at=instrument.scope)
        ],
        **typed,
    }
    return render(request, "desk/instrument.html", context, status=status)


def _suspensions(actor: Actor, instrument: Instrument) -> dict[str, Any]:
    """All suspensions, the proposal that waits, and the one that a second person is to confirm."""
    people = ("actor", "proposed_by", "reinstatement__actor", "confirmation__actor")
    found = list(instrument.suspensions.select_related(*people).order_by("-at"))
    may, waiting = actor.holds(Permission.SUSPEND, at=instrument.scope), waiting_suspension(instrument)
    ended = ("reinstatement", "confirmation")
    alone = [each for each in found if each.confirm_by and not any(hasattr(each, end) for end in ended)]
    offered: dict[str, bool] = {}
    if waiting:
        offered = agreement_offered(proposer=waiting.proposed_by, waits=True, may_decide=may, actor=actor)
    return {
        "suspensions": found,
        "suspending": waiting,
        "suspending_offered": offered,
        "to_confirm": alone[0] if alone and may else None,
    }


def _correction(
    actor: Actor, instrument: Instrument, state: Status, waiting: CorrectionProposal | None
) -> dict[str, Any]:
    """What the page says of a correction: the one that waits, or that one can be proposed."""
    may_correct = (
        waiting is None and state in _STANDING and actor.holds(Permission.SUSPEND, at=instrument.scope)
    )
    if waiting is None:
        behind = application_behind(instrument) if may_correct else None
        return {"may_correct": bool(behind), "corrected_by": correction_behind(instrument)}
    return {
        "correction": waiting,
        "correction_lines": proposed_lines(waiting) if waiting.waits else [],
        "correction_offered": _offered(actor, instrument, waiting),
        "corrected_by": correction_behind(instrument),
    }


def _offered(
    actor: Actor, instrument: Instrument, proposal: RevocationProposal | CorrectionProposal | None
) -> dict[str, bool]:
    """What the actor may do with the proposal that waits."""
    if proposal is None:
        return {}
    may_revoke = actor.holds(Permission.REVOKE, at=instrument.scope)
    return agreement_offered(
        proposer=proposal.proposed_by, waits=proposal.waits, may_decide=may_revoke, actor=actor
    )
