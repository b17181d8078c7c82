"""Changes of process: an open application follows the process of a newer version; its form stays as it began."""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import ReasonMissing, require_reason
from rukhsa.applications.application import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import lacking
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.errors import RukhsaError


class ProcessError(RukhsaError):
    """A change of process that is refused."""

    code = "process-error"
    text: Promise | str = ""


class NoNewerProcess(ProcessError):
    """The application follows the newest process in effect, or is closed."""

    code = "no-newer-process"
    text = _("There is no newer process for this application.")


class ProcessDoesNotFit(ProcessError):
    """The newer process needs answers that this form does not ask, or leaves out steps that its charges need."""

    code = "process-does-not-fit"
    text = _(
        "The newer process needs answers that this form does not ask. The application keeps its process."
    )


class ProcessReasonMissing(ProcessError, ReasonMissing):
    """A change that does not say why."""

    code = "process-reason-missing"
    text = _("Enter why the application should move to the newer process.")


class ProcessChange(models.Model):
    """An officer had an application follow the process of a newer version from then on, and why."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="process_changes")
    before = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    after = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


def newer_process(application: Application, *, at: datetime) -> ServiceVersion | None:
    """The version whose process an open application could follow: the one in effect, where it is a newer one."""
    if application.stage not in OPEN_STAGES:
        return None
    follows = application.process_version or application.service_version
    versions = ServiceVersion.objects.current(on=timezone.localdate(at))
    found = versions.filter(service=follows.service).first()
    return found if found and found.number > follows.number else None


@transaction.atomic
def change_process(application: Application, *, reason: str, actor: Actor, at: datetime) -> ProcessChange:
    """Follow the newer process from now on: steps that are done and still asked for stay done.

    Raises NotPermitted, Application.DoesNotExist out of reach, ProcessReasonMissing, NoNewerProcess, ProcessDoesNotFit.
    """
    actor.require_somewhere(Permission.MIGRATE_PROCESS)
    reached = Application.objects.on_which(actor, Permission.MIGRATE_PROCESS).select_for_update(of=("self",))
    application = reached.select_related("service_version", "process_version").get(pk=application.pk)
    try:
        reason = require_reason(reason, at_most=400)
    except ReasonMissing:
        raise ProcessReasonMissing from None
    after = newer_process(application, at=at)
    if after is None:
        raise NoNewerProcess
    if lacking(application.service_version.definition, after.definition):
        raise ProcessDoesNotFit
    before = application.process_version or application.service_version
    application.process_version = after
    application.save(update_fields=["process_version"])
    record("migrate-process", application, actor=actor, at=at, before=str(before), after=str(after))
    return ProcessChange.objects.create(
        application=application,
        before=before,
        after=after,
        reason=reason,
        officer=actor.person,
        at=at,
    )
