"""Answers whether this process can serve, and whether the cap on signatures is reached."""

from django.db import DatabaseError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rukhsa.issuance import cap
from rukhsa.issuance.site import PublishedTrustList
from rukhsa.verification import own_verifier
from rukhsa.verification.outage import DatabaseAway, outage


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers, else 503; a reached cap is mentioned, and stops no page."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        capped = _is_capped()
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    # This page is public: the authority is named in the log, on the desk and by `rukhsa issuing status` only.
    return HttpResponse(f"ok\n{'cap reached\n' if capped else ''}", content_type="text/plain")


@never_cache
@require_safe
def healthz_of_verifier(request: HttpRequest) -> HttpResponse:
    """200 if the public files are here, since texts and files need nothing else; a line for each thing it can do."""
    can = dict.fromkeys(("page", "text", "file"), "yes")
    more = []
    try:
        own_verifier.verifier()
    except own_verifier.NoTrustList:
        if _was_published():
            return HttpResponse("the public files are missing\n", status=503, content_type="text/plain")
        can = dict.fromkeys(can, "no, nothing is published yet")
    try:
        more += ["cap reached"] if outage.ask(_is_capped) else []
        can["number"] = can["text"]
    except DatabaseAway:
        can["number"] = "no, database unreachable"
    lines = ["ok", *(f"{what}: {told}" for what, told in can.items()), *more]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain")


def _was_published() -> bool:
    """Whether the database knows of a trust list; where it cannot be asked, yes: this process answers nothing."""
    try:
        return outage.ask(PublishedTrustList.objects.exists)
    except DatabaseAway:
        return True
    except ProgrammingError:  # before `rukhsa setup`
        return False


def _is_capped() -> bool:
    try:
        return cap.is_reached(at=timezone.now())
    except ProgrammingError:  # before `rukhsa setup` there are no tables, and so no signatures
        return False
