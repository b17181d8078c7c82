"""Shows where an application stands, and the lines of a charge, in words."""

from datetime import datetime, time, timedelta

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rukhsa.catalogue.territory import territory
from rukhsa.standing import Headline, Standing, Turn
from rukhsa.web.templatetags.texts import both_calendars, moment, text

register = template.Library()

SENTENCES: dict[Headline, Promise] = {
    Headline.DRAFT: _("It is your turn: finish and submit it."),
    Headline.RETURNED: _("It is your turn: the officer asks you to put something right."),
    Headline.PAY_AT_SUBMISSION: _("It is your turn: the review begins when you have paid."),
    Headline.IN_REVIEW: _("The municipality is working on it."),
    Headline.WITH_AGENCY: _("We wait for the opinion of an agency."),
    Headline.PAY_VISITED: _(
        "It is your turn: the visit passed, and the decision follows when you have paid."
    ),
    Headline.PAY: _("It is your turn: it is granted, and you receive the document when you have paid."),
    Headline.CHECKING_PAYMENT: _("Your payment is being checked."),
    Headline.ISSUING: _("Your document is being prepared."),
    Headline.ISSUED: _("Your document is ready."),
    Headline.REFUSED: _("The application was refused."),
    Headline.WITHDRAWN: _("You withdrew the application."),
    Headline.LAPSED: _("The application ended by itself: its time was over."),
}
TAGS: dict[Headline, Promise] = {
    Headline.DRAFT: _("Draft"),
    Headline.RETURNED: _("Returned to you"),
    Headline.PAY_AT_SUBMISSION: _("To be paid"),
    Headline.IN_REVIEW: _("Under review"),
    Headline.WITH_AGENCY: _("With an agency"),
    Headline.PAY_VISITED: _("To be paid"),
    Headline.PAY: _("To be paid"),
    Headline.CHECKING_PAYMENT: _("Payment being checked"),
    Headline.ISSUING: _("Being issued"),
    Headline.ISSUED: _("Issued"),
    Headline.REFUSED: _("Refused"),
    Headline.WITHDRAWN: _("Withdrawn"),
    Headline.LAPSED: _("Lapsed"),
}
COLOURS = {Headline.ISSUED: "success", Headline.REFUSED: "danger"}


@register.filter
def standing_sentence(standing: Standing) -> Promise | str:
    """Whose turn it is and what is to be done, in one sentence; the agencies that are waited for by name."""
    known = territory().agencies
    if names := [text(known[code]) for code in standing.agencies if code in known]:
        return gettext("We wait for the opinion of: %(agencies)s.") % {"agencies": gettext(", ").join(names)}
    return SENTENCES[standing.headline]


@register.filter
def standing_tag(standing: Standing) -> Promise:
    """Where it stands, in two words."""
    return TAGS[standing.headline]


@register.filter
def standing_colour(standing: Standing) -> str:
    """The colour that goes with the words."""
    if standing.turn == Turn.APPLICANT:
        return "warning"
    return COLOURS.get(standing.headline, "neutral")


@register.filter
def last_moment(end: datetime) -> str:
    """Until when there is time: the day alone where a whole day is, else with the hour."""
    local = timezone.localtime(end)
    return moment(end) if local.time() != time.min else both_calendars(local - timedelta(days=1))
