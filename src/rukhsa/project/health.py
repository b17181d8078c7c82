"""Say whether this process can serve, and whether issuing waits because a cap of signatures is reached."""

from django.db import DatabaseError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rukhsa.issuance import cap


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not; a cap that is reached stops no page, and is told beside."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        capped = _is_capped()
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    # Anybody can read this: which authority it is stands in the log, on the desk and in `rukhsa issuing status`.
    return HttpResponse(f"ok\n{'cap reached\n' if capped else ''}", content_type="text/plain")


def _is_capped() -> bool:
    try:
        return cap.is_reached(at=timezone.now())
    except ProgrammingError:  # there are no tables before `rukhsa setup`, and so no signatures
        return False
