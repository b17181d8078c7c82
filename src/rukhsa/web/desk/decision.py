"""The decision on an application: by one officer, or proposed by one and confirmed by another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa import assessment
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import UnknownReason, Use
from rukhsa.errors import RukhsaError
from rukhsa.issuance import parent
from rukhsa.mandates.mandate import Act
from rukhsa.review import decision, hand, plan, proposal
from rukhsa.review.decision import Decision, NotRecorded
from rukhsa.review.errors import ReasonsMissing, StepsNotDone
from rukhsa.review.plan_facts import read_each
from rukhsa.review.proposal import Proposal
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.desk.acts import UNPROCESSABLE, carry_out
from rukhsa.web.desk.grant_preview import foreseen
from rukhsa.web.desk.queue import listing_of
from rukhsa.web.sentences import sentence_for, sentence_of

_CHOOSE = _("Choose to approve or refuse the application.")
PARENT_ENDED = _(
    "The earlier document in this application is no longer in force. Refuse the application with this reason."
)
UNPAID = _("The amount due after the visit is not paid yet. You can approve the application when it is.")


@requires(Permission.DECIDE)
@require_POST
def decide(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask for confirmation, and then decide."""
    typed = _typed(request)
    if "change" in request.POST or typed["outcome"] not in Decision.Outcome.values:
        return _again(request, pk, typed, chosen="change" in request.POST)
    if "confirmed" not in request.POST:
        return _confirm(request, pk, typed)

    def act(application: Application, at: datetime) -> None:
        coded = _coded(request, application)
        decision.decide(application, **typed, coded=coded, actor=request.actor, at=at)

    done = _("The decision was made. We told the applicant.")
    return carry_out(request, pk, Permission.DECIDE, act, done=done, **_kept(request, typed))


def _kept(request: PortalRequest, typed: dict[str, str]) -> dict[str, Any]:
    """What the page shows again: the form of a refusal stays open, and that of an approval has nothing to keep."""
    opened = "" if typed["outcome"] == Decision.Outcome.GRANTED else "decide"
    return {"decision_typed": typed, "coded": request.POST.getlist("coded"), "opened": opened}


def _typed(request: PortalRequest) -> dict[str, str]:
    # PostgreSQL takes no NUL.
    fields = ("outcome", "reasons", "legal_basis")
    return {field: request.POST.get(field, "").replace("\x00", "").strip() for field in fields}


def _coded(request: PortalRequest, application: Application) -> list[Reason]:
    """The reasons chosen from the list; a grant has none. Raises UnknownReason."""
    if request.POST.get("outcome") != Decision.Outcome.REFUSED:
        return []
    codes = request.POST.getlist("coded")
    return Reason.objects.chosen(codes, Use.REFUSAL, application.definition.service)


def _again(request: PortalRequest, pk: UUID, typed: dict[str, str], *, chosen: bool) -> HttpResponse:
    application = case.reached(request.actor, pk, Permission.DECIDE)
    error = {} if chosen else {"error": _("Choose to approve or refuse the application.")}
    status = 200 if chosen else UNPROCESSABLE
    return case.page(request, application, at=timezone.now(), status=status, **_kept(request, typed), **error)


def _confirm(request: PortalRequest, pk: UUID, typed: dict[str, str]) -> HttpResponse:
    at = timezone.now()
    application = case.reached(request.actor, pk, Permission.DECIDE)
    codes = request.POST.getlist("coded")
    problem = _problem_of(application, typed, codes, request.actor, at)
    if problem and application.stage == Stage.SUBMITTED:
        shown = _kept(request, typed)
        return case.page(request, application, at=at, status=UNPROCESSABLE, error=problem, **shown)
    is_grant = typed["outcome"] == Decision.Outcome.GRANTED
    context = {
        "application": application,
        "definition": application.definition,
        "typed": typed,
        "coded": _coded(request, application),
        "foreseen": foreseen(application, at=at) if is_grant else None,
        "listing": listing_of(request.GET),
    }
    return render(request, "desk/confirm_decision.html", context)


def _problem_of(
    application: Application, typed: dict[str, str], codes: list[str], actor: Actor, at: datetime
) -> object:
    # The verbs refuse the same; here it is shown before the confirmation.
    if typed["outcome"] == Decision.Outcome.GRANTED:
        return grant_problems([application], actor, at).get(application.pk)
    refused = hand.barred([application], Act.REFUSE, actor=actor, at=at)
    return _in_sentences(refused).get(application.pk) or _fault_of_reasons(application, typed, codes)


def grant_problems(applications: Sequence[Application], actor: Actor, at: datetime) -> dict[UUID, object]:
    """Why applications could not be granted now by the actor, by those that could not.

    As many statements for many as for one of each service; a few more for each that names an earlier document.
    """
    facts = read_each(applications)
    unpaid = assessment.waiting_for_payment([each.pk for each in applications])
    found = _in_sentences(hand.barred(applications, Act.GRANT, actor=actor, at=at))
    for each in applications:
        if each.pk in found:
            continue
        planned = plan.steps(each, facts[each.pk])
        if plan.missing_before_decision(planned):
            found[each.pk] = StepsNotDone.text
        elif plan.unrecorded(each, planned):
            found[each.pk] = NotRecorded.text
        elif each.pk in unpaid:
            found[each.pk] = UNPAID
        elif parent.problems(each, at=at):
            found[each.pk] = PARENT_ENDED
    return found


def _in_sentences(refused: Mapping[UUID, RukhsaError]) -> dict[UUID, object]:
    return {pk: sentence_for(error) for pk, error in refused.items()}


def _fault_of_reasons(application: Application, typed: dict[str, str], codes: list[str]) -> object:
    try:
        chosen = Reason.objects.chosen(codes, Use.REFUSAL, application.definition.service)
    except UnknownReason as unknown:
        return sentence_of(unknown.code)
    return None if typed["reasons"] or chosen else ReasonsMissing.text


@requires(Permission.DECIDE)
@require_POST
def propose(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Propose to grant or to refuse, with reasons."""
    typed = _typed(request)
    if typed["outcome"] not in Decision.Outcome.values:
        application = case.reached(request.actor, pk, Permission.DECIDE)
        shown = _kept(request, typed)
        return case.page(
            request, application, at=timezone.now(), status=UNPROCESSABLE, error=_CHOOSE, **shown
        )

    def act(application: Application, at: datetime) -> None:
        coded = _coded(request, application)
        proposal.propose(application, **typed, coded=coded, actor=request.actor, at=at)

    done = _("Proposed. Another officer confirms it or disagrees.")
    return carry_out(
        request, pk, Permission.DECIDE, act, done=done, **_kept(request, typed) | {"opened": "decide"}
    )


@requires(Permission.DECIDE)
@require_POST
def confirm(request: PortalRequest, pk: UUID, number: int) -> HttpResponse:
    """Confirm the first officer's proposal, which takes the decision."""

    def act(application: Application, at: datetime) -> None:
        proposal.confirm(_of(application, number), actor=request.actor, at=at)

    return carry_out(
        request, pk, Permission.DECIDE, act, done=_("The decision was made. We told the applicant.")
    )


@requires(Permission.DECIDE)
@require_POST
def disagree(request: PortalRequest, pk: UUID, number: int) -> HttpResponse:
    """Disagree with the proposal, and say why."""
    reasons = request.POST.get("reasons", "").replace("\x00", "")

    def act(application: Application, at: datetime) -> None:
        proposal.disagree(_of(application, number), reasons, actor=request.actor, at=at)

    done = _("Sent back to the first officer with your reasons.")
    return carry_out(
        request, pk, Permission.DECIDE, act, done=done, disagreement_typed=reasons, opened="disagree"
    )


def _of(application: Application, number: int) -> Proposal:
    return Proposal.objects.get(pk=number, application=application)
