"""What is left to do in a draft: one line for each page, done or not."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import read_all
from rukhsa.applications.models import Application
from rukhsa.applications.submission import missing_documents
from rukhsa.values.names import Text
from rukhsa.web.portal.path import needs_documents, sections_of


@dataclass(frozen=True, kw_only=True)
class Task:
    """A page to be filled in."""

    title: Text | Promise
    address: str
    done: bool


def tasks_of(application: Application, *, at: datetime) -> list[Task]:
    """The sections, the documents, and the review."""
    reading = read_all(application.definition, application.typed, at=at)
    wrong = {problem.about for problem in reading.problems}
    tasks = [
        Task(
            title=section.title,
            address=reverse("portal:section", args=[application.pk, section.id]),
            done=not any(question.id in wrong for question in section.questions),
        )
        for section in sections_of(application)
    ]
    if needs_documents(application):
        complete = not missing_documents(application, reading)
        tasks.append(_task("portal:documents", application, _("Documents"), done=complete))
    return [*tasks, _task("portal:review", application, _("Check and submit"), done=False)]


def _task(name: str, application: Application, title: Promise, *, done: bool) -> Task:
    return Task(title=title, address=reverse(name, args=[application.pk]), done=done)
