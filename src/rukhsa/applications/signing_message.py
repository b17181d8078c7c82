"""The messages about signatures: who is asked, who is reminded, and the applicant who is told of each answer."""

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.applications.signatory import REMINDED, Signatory, Signing
from rukhsa.jobs import run_later
from rukhsa.sms import send_sms

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2, retry_exceptions=[httpx.HTTPError, OSError])


@app.task(name="applications.ask_signatory", queue="delivery", retry=_RETRY)
def ask_signatory(*, signatory: str, reminder: bool = False) -> None:
    """Ask a signatory by SMS, with the link and the code; once more after a week without an answer."""
    asked = Signatory.objects.named().select_related("application__applicant")
    found = asked.filter(pk=signatory, application__stage__in=["draft", "returned"]).first()
    if found is None or (reminder and found.signed is not None):
        return
    person = Person.objects.filter(personal_number=found.number, is_active=True).first()
    language = person.language if person else "ar"
    with translation.override(language):
        name = found.application.applicant.name.in_language(language)
        text = _("{name} needs you to agree to an application. Code {code}. See it here:").format(
            name=name, code=found.code
        )
    address = settings.CONFIG.addresses.portal_url + reverse("portal:signing")
    phone = (person.phone if person else "") or found.phone
    send_sms(f"{signatory}:{found.asked_at.isoformat()}:{reminder}", phone, f"{text}\n{address}")
    if not reminder:
        run_later(ask_signatory, not_before=timezone.now() + REMINDED, signatory=signatory, reminder=True)


@app.task(name="applications.tell_signing", queue="delivery", retry=_RETRY)
def tell_signing(*, signing: int) -> None:
    """Tell the applicant by SMS what a signatory answered."""
    rows = Signing.objects.select_related("person", "signatory__application__applicant")
    said = rows.get(pk=signing)
    application = said.signatory.application
    applicant = application.applicant
    if not applicant.phone:
        return
    with translation.override(applicant.language):
        name = said.person.name.in_language(applicant.language)
        sentence = _("{name} agreed to your application:") if said.agreed else _("{name} did not agree:")
        text = sentence.format(name=name)
    address = settings.CONFIG.addresses.portal_url + reverse("portal:signatories", args=[application.pk])
    send_sms(f"signing:{signing}", applicant.phone, f"{text}\n{address}")
