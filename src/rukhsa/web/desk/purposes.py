"""The purpose for which an application is opened that is not one's own: asked before anything of it is shown."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.correction import waiting_correction
from rukhsa.issuance.instrument import application_behind
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.revocation_proposal import waiting_revocation
from rukhsa.issuance.suspension import waiting_suspension
from rukhsa.personal.purpose import (
    LONGEST,
    PurposeKind,
    PurposeMissing,
    PurposeUnclear,
    give_purpose,
    require_purpose,
)
from rukhsa.review import participant
from rukhsa.web.access import SAFE, PortalRequest, requires
from rukhsa.web.edge import is_partial, problem, wants_json


class AskPurpose:
    """Middleware: who opens an application without the purpose that it needs is asked for it, and comes back."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The way to the question; None for any other error."""
        if not isinstance(error, PurposeMissing):
            return None
        if wants_json(request):
            return problem(HTTPStatus.FORBIDDEN, error.code, error.text)
        address = _address(error.application, request)
        if is_partial(request):
            return HttpResponse(status=HTTPStatus.FORBIDDEN, headers={"HX-Redirect": address})
        return redirect(address)


def _address(application: Application, request: HttpRequest) -> str:
    asked = reverse("desk:purpose", args=[application.pk])
    if request.method not in SAFE:
        return asked
    return f"{asked}?{urlencode({'next': request.get_full_path()})}"


@requires(Permission.READ_QUEUE)
@require_http_methods(["GET", "POST"])
def ask(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET asks for the purpose, beside the reference and the service alone; POST keeps it and goes on."""
    reached = participant.applications(request.actor).select_related("service_version")
    application = reached.defer("answers", "typed").get(pk=pk)
    onward = _onward(request, pk)
    typed = {"kind": request.POST.get("kind", ""), "words": request.POST.get("words", "")[:LONGEST]}
    context = {
        "reference": application.reference,
        "service": application.definition.name,
        "kinds": PurposeKind.choices,
        "typed": typed,
        "next": onward,
        "longest": LONGEST,
    }
    if request.method == "GET":
        return render(request, "desk/purpose.html", context)
    try:
        give_purpose(application, typed["kind"], typed["words"], actor=request.actor, at=timezone.now())
    except PurposeUnclear as error:
        answer = {**context, "error": error.text}
        return render(request, "desk/purpose.html", answer, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(onward)


def require_purpose_of(instrument: Instrument, actor: Actor) -> None:
    """Raise PurposeMissing where the application of a document is not the actor's own work, no purpose was given for it
    today, and nothing about the document waits for a second hand."""
    application = application_behind(instrument)
    waits = (waiting_revocation, waiting_suspension, waiting_correction)
    if application and not any(waiting(instrument) for waiting in waits):
        require_purpose(application, actor, at=timezone.now())


def require_purpose_once_decided(agreement: Agreement | None, application: Application, actor: Actor) -> None:
    """Raise PurposeMissing as `require_purpose` does, unless it waits for a second hand or the actor's was one."""
    if agreement and (agreement.waits or actor.person in (agreement.proposed_by, agreement.decided_by)):
        return
    require_purpose(application, actor, at=timezone.now())


def _onward(request: HttpRequest, pk: UUID) -> str:
    """Where it goes on: the page that was asked for, if it is of the desk."""
    wanted = (request.POST if request.method == "POST" else request.GET).get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    is_of_desk = wanted.startswith(reverse("desk:home"))
    return wanted if is_ours and is_of_desk else reverse("desk:application", args=[pk])
