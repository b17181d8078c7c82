"""Renewals under way: one at a time for each document, and the database refuses a second."""

from django.db import IntegrityError, models, transaction

from rukhsa.applications.application import Application
from rukhsa.catalogue.conditions import Answers
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import Renewal
from rukhsa.errors import RukhsaError
from rukhsa.locks import one_at_a_time


class RenewalUnderWay(RukhsaError):
    """Another application renews this document already."""

    code = "renewal-under-way"

    def __init__(self, question: str, other: Application) -> None:
        super().__init__(f"{question}: {other.pk}")
        self.question = question
        self.other = other


class Renewing(models.Model):
    """An application renews the document of a number, one at a time. The row goes away when the application ends."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="renewing")
    number = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="one_renewal_at_a_time")]


def question_of(application: Application) -> str:
    """The question that names the document to be renewed; empty where the service renews nothing."""
    return renewed_by(application.definition)


def renewed_by(definition: Definition) -> str:
    """The question of a service that names the document to be renewed; empty where the service renews nothing."""
    effects = definition.instrument.effects
    return next((effect.renews for effect in effects if isinstance(effect, Renewal)), "")


def require_none(application: Application, answers: Answers) -> None:
    """Raise RenewalUnderWay when another application renews what this one names."""
    question = question_of(application)
    if question and (number := answers.get(question)):
        others = Renewing.objects.filter(number=number).exclude(application=application)
        if other := others.select_related("application").first():
            raise RenewalUnderWay(question, other.application)


@transaction.atomic
def begin(application: Application) -> None:
    """Write down that the application renews what it names; again changes nothing. Raises RenewalUnderWay."""
    question = question_of(application)
    if not question:
        return
    number = str(application.answers[question])
    # Of two that are submitted together the second waits, and is told at once which is the first.
    one_at_a_time(f"renewing:{number}")
    require_none(application, application.answers)
    try:
        with transaction.atomic():
            Renewing.objects.update_or_create(application=application, defaults={"number": number})
    except IntegrityError:
        require_none(application, application.answers)
        raise


def end(application: Application) -> None:
    """End the renewal of an application that is issued or ended; without effect where it renews nothing."""
    if question_of(application):
        Renewing.objects.filter(application=application).delete()
