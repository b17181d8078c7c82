"""Where an application stands, for anyone who has its number and its code, without sign-in and without its answers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.client import client_address
from rukhsa.applications.models import Application
from rukhsa.applications.status_code import NoSuchApplication, by_code
from rukhsa.standing import Headline, Standing, standing
from rukhsa.values.identifiers import typed_number
from rukhsa.verification import rate
from rukhsa.verification.rate import TooMany
from rukhsa.web.access import public
from rukhsa.web.sentences import sentence_of
from rukhsa.web.templatetags.standing import standing_sentence

# Whose turn it is, for a reader who may not be the applicant.
TURNS: dict[Headline, Promise] = {
    Headline.RETURNED: _("The applicant needs to change something."),
    Headline.PAY_AT_SUBMISSION: _("The applicant needs to pay before the review starts."),
    Headline.PAY_VISITED: _("The site passed the visit. The applicant needs to pay."),
    Headline.PAY: _("Approved. The applicant needs to pay to get the document."),
    Headline.CHECKING_PAYMENT: _("A payment is being checked."),
    Headline.ISSUING: _("The document is being prepared."),
    Headline.ISSUED: _("The document is ready."),
    Headline.WITHDRAWN: _("The applicant withdrew the application."),
}


@public
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """GET asks for number and code, so that neither stands in an address; POST shows the status."""
    if request.method == "GET":
        return render(request, "portal/status.html", {"typed_reference": "", "typed_code": ""})
    reference, code = (request.POST.get(name, "").replace("\x00", "")[:60] for name in ("reference", "code"))
    at = timezone.now()
    try:
        # Guesses are counted by who guesses, and by what is guessed at, for all processes together.
        for address in (client_address(request), f"application {typed_number(reference)}"):
            rate.count(address, "status", at=at)
        found = by_code(reference, code)
    except (TooMany, NoSuchApplication) as refused:
        status = 429 if isinstance(refused, TooMany) else 404
        context = {
            "problem": sentence_of(refused.code),
            "typed_reference": reference,
            "typed_code": code,
        }
        return render(request, "portal/status.html", context, status=status)
    return render(request, "portal/status.html", shown(found, standing(found, at=at)))


def shown(application: Application, where: Standing) -> dict[str, Any]:
    """What the page tells of an application: nothing of its answers or its applicant."""
    return {
        "reference": application.reference,
        "service": application.definition.name,
        "standing": where,
        "sentence": TURNS.get(where.headline) or standing_sentence(where),
    }
