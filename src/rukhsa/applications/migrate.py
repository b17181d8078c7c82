"""Has an open application follow the process of a newer version of its service; its form stays as it began."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, ProcessChange
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion, followed

OPEN = (Stage.SUBMITTED, Stage.RETURNED)


class MigrationError(Exception):
    """A process that cannot be changed so."""

    code = "process-error"
    text: Promise | str = ""


class NoNewerProcess(MigrationError):
    """The application follows the newest process in effect, or is closed."""

    code = "no-newer-process"
    text = _("There is no newer process that this application could follow.")


class ProcessDoesNotFit(MigrationError):
    """The newer process leans on what this form does not ask, or leaves out what its charges and documents need."""

    code = "process-does-not-fit"
    text = _(
        "The newer process needs answers that this form does not ask for. The application keeps its process."
    )


class ReasonMissing(MigrationError):
    """A change that does not say why."""

    code = "process-reason-missing"
    text = _("Say why the application is to follow the newer process.")


def newer_process(application: Application, *, at: datetime) -> ServiceVersion | None:
    """The version whose process an open application could follow: the one in effect, where it is a newer one."""
    if application.stage not in OPEN:
        return None
    follows = application.process_version or application.service_version
    versions = ServiceVersion.objects.current(on=timezone.localdate(at))
    found = versions.filter(service=follows.service).first()
    return found if found and found.number > follows.number else None


def missing(form: ServiceVersion, process: ServiceVersion) -> tuple[str, ...]:
    """The ids of questions and visits without which the process of the one version does not fit the form of another."""
    both = followed(form, process)
    known = {question.id for question in (*both.questions, *both.recorded)}
    asked_after = {
        comparison.question for part in (*both.review, *both.after_issue) for comparison in _in(part)
    }
    recorded = {question.id for question in form.definition.recorded}
    return tuple(sorted((asked_after | recorded) - known | _visits(form.definition) - _visits_of(both)))


@transaction.atomic
def migrate(application: Application, *, reason: str, actor: Actor, at: datetime) -> ProcessChange:
    """Follow the newer process from now on: steps that are done and still asked for stay done.

    Raises NotPermitted, Application.DoesNotExist out of reach, ReasonMissing, NoNewerProcess, ProcessDoesNotFit.
    """
    actor.require(Permission.MIGRATE_PROCESS)
    reached = Application.objects.visible_to(actor).select_for_update(of=("self",))
    application = reached.select_related("service_version", "process_version").get(pk=application.pk)
    if not reason.strip():
        raise ReasonMissing
    after = newer_process(application, at=at)
    if after is None:
        raise NoNewerProcess
    if missing(application.service_version, after):
        raise ProcessDoesNotFit
    before = application.process_version or application.service_version
    application.process_version = after
    application.save(update_fields=["process_version"])
    record("migrate-process", application, actor=actor, at=at, before=str(before), after=str(after))
    return ProcessChange.objects.create(
        application=application,
        before=before,
        after=after,
        reason=reason.strip()[:400],
        officer=actor.person,
        at=at,
    )


def _in(part: object) -> Iterator[Comparison]:
    if isinstance(part, Comparison):
        yield part
    elif isinstance(part, BaseModel):
        yield from (found for name in type(part).model_fields for found in _in(getattr(part, name)))
    elif isinstance(part, tuple):
        yield from (found for each in part for found in _in(each))


def _visits(definition: Definition) -> set[str]:
    """The visits that free a deposit."""
    freed = (charge.released_by for charge in definition.charges if charge.released_by)
    return {release.inspection for release in freed if release.inspection}


def _visits_of(definition: Definition) -> set[str]:
    return {visit.inspect for visit in definition.after_issue}
