"""What each event says to the applicant, in one short sentence that fits an SMS."""

from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rukhsa.payments.currencies import WRITTEN
from rukhsa.values.writing import date_in_words

# The word before the colon of an event names its text; what follows tells two such events apart.
SENTENCES: dict[str, Promise | str] = {
    "submitted": _("We have received your application {reference}: {service}."),
    "submitted-promised": _(
        "We have received your application {reference}: {service}. We answer by {day} at the latest."
    ),
    "returned": _("Your application {reference} needs something from you. Please sign in and answer."),
    "payment-due": _("Your application {reference} is granted. Please pay {amount} {currency}."),
    "payment-due-first": _(
        "Please pay {amount} {currency} for your application {reference}. The review begins when you have paid."
    ),
    "payment-due-visited": _(
        "The visit for {reference} passed. Please pay {amount} {currency}; the decision follows then."
    ),
    "paid": _("We have received your payment for {reference}. Thank you."),
    "paid-promised": _(
        "We have received your payment for {reference}. Thank you. We answer by {day} at the latest."
    ),
    "reopened": _(
        "Your grievance was granted: your application {reference} is examined again. You need to do nothing."
    ),
    "refused": _("Your application {reference} was refused. Sign in to read the reasons."),
    "pay-soon": _(
        "Your application {reference} ends by itself after {day}. Please pay {amount} {currency} by then."
    ),
    "complete-soon": _("Your application {reference} ends by itself after {day}. Please answer by then."),
    "lapsed-unpaid": _("Your application {reference} has ended, because it was not paid in time."),
    "lapsed-incomplete": _("Your application {reference} has ended, because it was not completed in time."),
    "issued": _("Your document {number} is ready: {service}."),
    "ending": _("Your document {number} ends on {day}. Sign in to renew it before then."),
    "suspended": _("Your document {number} has been suspended. Sign in to read the reason."),
    "reinstated": _("Your document {number} is in force again."),
    "revoked": _("Your document {number} has been revoked. Sign in to read the reason."),
    "deposit-released": _("Your deposit for {reference} is on its way back to your account."),
    "deposit-forfeited": _(
        "{kept} {currency} of your deposit for {reference} were kept. Sign in to read why and how to object."
    ),
    "deposit-unclaimed": _(
        "We hold {amount} {currency} of yours as a deposit for {reference}. Sign in to have it back."
    ),
}


def sentence(event: str, facts: dict[str, Any]) -> str:
    """The sentence of an event, in the language that is active."""
    told = dict(facts)
    if "currency" in facts:
        told["currency"] = WRITTEN.get(facts["currency"], facts["currency"])
    if "day" in facts:  # in words: digits with dashes turn round among Arabic letters
        told["day"] = date_in_words(date.fromisoformat(facts["day"]), get_language() or "ar")
    name = event.partition(":")[0]
    # Where the days of the review count from what is told.
    promised = f"{name}-promised" if "day" in facts else name
    return str(SENTENCES.get(promised, SENTENCES[name])).format(**told)
