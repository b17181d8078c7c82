"""Files of a case: officers put them beside an application, open them, and may send one with a message."""

from datetime import datetime
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.taken import MOST_FILES
from rukhsa.personal.purpose import require_purpose
from rukhsa.review.case_file import CaseFile, add_files, see
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case
from rukhsa.web.desk.acts import carry_out
from rukhsa.web.desk.files import LOCKED, answer_stored
from rukhsa.web.enclosing import TOO_MANY, take_each


@requires(Permission.CHECK)
@require_POST
def add(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Put files beside an application; where one cannot be taken, it is named and the others stay."""
    case.reached(request.actor, pk, Permission.CHECK)
    uploads = request.FILES.getlist("files")
    problem: Promise | str
    taken, problem = take_each(uploads[:MOST_FILES])
    if not uploads:
        problem = _("Choose a file.")
    elif len(uploads) > MOST_FILES:
        problem = TOO_MANY

    def act(application: Application, at: datetime) -> None:
        add_files(application, taken, actor=request.actor, at=at)

    if not problem:
        return carry_out(request, pk, Permission.CHECK, act, done=_("The files are kept."))
    at = timezone.now()
    application = case.reached(request.actor, pk, Permission.CHECK)
    act(application, at)
    return case.page(request, application, at=at, status=422, error=problem)


@requires(Permission.READ_QUEUE)
@require_GET
@csp_override(LOCKED)
def open_file(request: PortalRequest, pk: UUID) -> FileResponse:
    """The safe copy of a file of a case."""
    found = CaseFile.objects.seen_by(request.actor).select_related("application__queue_entry").get(pk=pk)
    require_purpose(found.application, request.actor, at=timezone.now())
    file = see(found, actor=request.actor, at=timezone.now())
    return answer_stored(file.shown_digest, file.shown_media_type)
