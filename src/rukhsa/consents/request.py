"""The message that asks an owner for a consent: by SMS to the phone that eKey told, with the link and the code."""

import httpx
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.sms import send_sms

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2, retry_exceptions=[httpx.HTTPError, OSError])


@app.task(name="consents.ask_owner", queue="delivery", retry=_RETRY)
def ask_owner(*, consent: str) -> None:
    """Send the owner the request, where the person of the number is known here; sent twice it is one message."""
    asked = apps.get_model("consents", "Consent").objects.select_related("agent", "company").get(pk=consent)
    owner = Person.objects.filter(personal_number=asked.owner_number, is_active=True).first()
    if owner is None or not owner.phone:
        return
    with translation.override(owner.language):
        name = (asked.company or asked.agent).name.in_language(owner.language)
        text = _("{name} asks to act for you. Code {code}. Agree or refuse:").format(
            name=name, code=asked.code
        )
    address = settings.CONFIG.addresses.portal_url + reverse("portal:consents")
    send_sms(consent, owner.phone, f"{text}\n{address}")


@app.task(name="consents.tell_checked", queue="delivery", retry=_RETRY)
def tell_checked(*, consent: str) -> None:
    """Tell the agent, and the person acted for, what an officer said about the document; sent twice it is one each."""
    found = (
        apps.get_model("consents", "Consent").objects.select_related("agent", "answer__owner").get(pk=consent)
    )
    for person in {found.agent, found.answer.owner}:
        if not person.phone:
            continue
        with translation.override(person.language):
            agent = found.agent.name.in_language(person.language)
            owner = found.answer.owner.name.in_language(person.language)
            given = _("{agent} may act for {owner} from now on:")
            refused = _("The document by which {agent} asked to act for {owner} was refused:")
            text = (given if found.answer.given else refused).format(agent=agent, owner=owner)
        address = settings.CONFIG.addresses.portal_url + reverse("portal:consents")
        send_sms(f"{consent}:{person.pk}", person.phone, f"{text}\n{address}")
