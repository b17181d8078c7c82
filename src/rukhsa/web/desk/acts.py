"""What an officer does to an application: each act is one form and calls one verb."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError
from rukhsa.applications.models import Application
from rukhsa.applications.process_change import ProcessError
from rukhsa.applications.stages import NotPossible
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.reason import UnknownReason
from rukhsa.catalogue.steps import CheckStep
from rukhsa.mandates.errors import MandateError
from rukhsa.review import assignment, plan, referral, silence
from rukhsa.review.assignment import NotTheirs
from rukhsa.review.check import check
from rukhsa.review.errors import ReviewError
from rukhsa.review.finding import NOTHING_NOTED, Noted, return_to_applicant
from rukhsa.review.note import write_note
from rukhsa.review.referral import Referral
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.desk.case import typed_for
from rukhsa.web.desk.queue import listing_of
from rukhsa.web.sentences import sentence_for

UNPROCESSABLE = 422


@requires(Permission.ASSIGN)
@require_POST
def take(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take the application in hand."""

    def act(application: Application, at: datetime) -> None:
        assignment.assign(application, request.actor, at)

    return carry_out(request, pk, Permission.ASSIGN, act, done=_("The application is now assigned to you."))


@requires(Permission.ASSIGN)
@require_POST
def hand_over(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Give the application to another officer."""

    def act(application: Application, at: datetime) -> None:
        officer = _chosen_officer(request.POST.get("officer", ""))
        assignment.hand_over(application, officer, actor=request.actor, at=at)

    return carry_out(request, pk, Permission.ASSIGN, act, done=_("The application was reassigned."))


@requires(Permission.CHECK)
@require_POST
def check_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Record that a step of the examination is in order."""

    def act(application: Application, at: datetime) -> None:
        defined = (each for each in application.definition.steps if isinstance(each, CheckStep))
        typed = typed_for(request.POST, next((each for each in defined if each.check == step), None))
        check(application, step, typed, actor=request.actor, at=at)

    def again(application: Application, error: Exception) -> dict[str, object]:
        shown = case.open_checks(
            application, plan.steps(application), posted=request.POST, step=step, error=error
        )
        return {"open_checks": shown, "opened": f"check-{step}"}

    return carry_out(request, pk, Permission.CHECK, act, done=_("Marked as in order."), again=again)


@requires(Permission.REFER)
@require_POST
def refer(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Refer the application to an agency now."""

    def act(application: Application, at: datetime) -> None:
        referral.refer(application, step, actor=request.actor, at=at)

    return carry_out(request, pk, Permission.REFER, act, done=_("The agency was asked."))


@requires(Permission.RESOLVE_SILENCE)
@require_POST
def resolve_silence(request: PortalRequest, pk: UUID, referral_id: UUID) -> HttpResponse:
    """Act on an agency that is silent at its term: wait, ask another, or go on with reasons."""
    typed = {field: request.POST.get(field, "").replace("\x00", "") for field in ("how", "reasons", "agency")}

    def act(application: Application, at: datetime) -> None:
        asked = Referral.objects.get(pk=referral_id, application=application)
        silence.resolve(
            asked,
            typed["how"],
            typed["reasons"],
            until=day_in(request.POST.get("until", "")),
            agency=typed["agency"],
            actor=request.actor,
            at=at,
        )

    return carry_out(request, pk, Permission.RESOLVE_SILENCE, act, done=_("Recorded."), silence_typed=typed)


@requires(Permission.RETURN)
@require_POST
def return_(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Return the application with findings; "one more" adds a line and keeps the rest."""
    # PostgreSQL takes no NUL; where no standard findings are offered, the form sends no codes.
    abouts, texts, codes = (
        [value.replace("\x00", "") for value in request.POST.getlist(name)]
        for name in ("about", "text", "code")
    )
    noted = [Noted(*each) for each in zip(abouts, texts, codes or [""] * len(texts), strict=False)]
    if "more" in request.POST:
        at = timezone.now()
        application = case.reached(request.actor, pk, Permission.RETURN)
        return case.page(request, application, at=at, findings_typed=[*noted, NOTHING_NOTED], opened="return")

    def act(application: Application, at: datetime) -> None:
        return_to_applicant(application, noted, actor=request.actor, at=at)

    done = _("Returned. We told the applicant.")
    return carry_out(
        request,
        pk,
        Permission.RETURN,
        act,
        done=done,
        findings_typed=noted or [NOTHING_NOTED],
        opened="return",
    )


@requires(Permission.CHECK)
@require_POST
def note(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Write a note for colleagues beside the application."""
    text = request.POST.get("note", "")

    def act(application: Application, at: datetime) -> None:
        write_note(application, text, actor=request.actor, at=at)

    return carry_out(request, pk, Permission.CHECK, act, done=_("The note is kept."), note_typed=text)


def carry_out(
    request: PortalRequest,
    pk: UUID,
    needs: Permission,
    act: Callable[[Application, datetime], None],
    *,
    done: Promise,
    again: Callable[[Application, Exception], dict[str, object]] | None = None,
    **typed: object,
) -> HttpResponse:
    """Perform one act; if it is refused, show the page again with what was typed.

    The actor `needs` a permission at the application's authority; without it the application looks absent. `again`
    gives what the page then shows, where that depends on the error.
    """
    at = timezone.now()
    application = case.reached(request.actor, pk, needs)
    try:
        act(application, at)
    except (AgreementError, MandateError, ReviewError, NotPossible, ProcessError, UnknownReason) as error:
        application = case.reached(request.actor, pk)
        sentence = sentence_for(error)
        shown = again(application, error) if again else typed
        return case.page(request, application, at=at, status=UNPROCESSABLE, error=sentence, **shown)
    messages.success(request, str(done))
    return redirect(reverse("desk:application", args=[pk]) + listing_of(request.GET).suffix)


def _chosen_officer(text: str) -> Person:
    try:
        return Person.objects.get(pk=UUID(text))
    except (ValueError, Person.DoesNotExist):
        raise NotTheirs from None


def agreement_offered(
    *, proposer: Person | None, waits: bool, may_decide: bool, actor: Actor
) -> dict[str, bool]:
    """What `desk/approve.html` and `desk/refuse.html` offer: approving, refusing, or withdrawing one's own proposal.

    `may_decide`: the actor holds the permission to approve at the authority.
    """
    is_mine = proposer == actor.person
    return {
        "is_mine": is_mine,
        "may_approve": waits and may_decide and not is_mine,
        "may_refuse": waits and (may_decide or is_mine),
    }


def day_in(text: str) -> date:
    """The day that was typed; today if it is not a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
