"""The standing of an application in words."""

from datetime import datetime, time, timedelta

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.stages import Turn
from rukhsa.catalogue.territory import territory
from rukhsa.review.deadline import Clock, Expected
from rukhsa.standing import Headline, Standing
from rukhsa.web.templatetags.texts import both_calendars, day, moment, text

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
EXPECTED: dict[Clock, Promise] = {
    Clock.AWAITED: _(
        "The days begin to count when your payment has arrived. If that is today, we answer by %(day)s at the latest."
    ),
    Clock.RUNS: _("We answer by %(day)s at the latest."),
    Clock.STANDS: _(
        "The days stand still while we wait for you, and count again when you answer. "
        "If you answer today, we answer by %(day)s at the latest."
    ),
}
LATE: dict[Clock, Promise] = {
    Clock.RUNS: _("We are late: our answer was due by %(day)s."),
    Clock.STANDS: _("Our answer was due by %(day)s and is late. We go on as soon as you answer."),
}
IN_A_LIST: dict[bool, Promise] = {False: _("answer by %(day)s"), True: _("late: answer was due by %(day)s")}
COLOURS = {Headline.ISSUED: "success", Headline.REFUSED: "danger"}


@register.filter
def standing_sentence(standing: Standing) -> Promise | str:
    """Whose turn it is and what is to be done, in one sentence, naming the agencies that are awaited."""
    known = territory().agencies
    if names := [text(known[code]) for code in standing.agencies if code in known]:
        return gettext("We wait for the opinion of: %(agencies)s.") % {"agencies": gettext(", ").join(names)}
    return SENTENCES[standing.headline]


@register.filter
def standing_tag(standing: Standing) -> Promise:
    """The standing in two words."""
    return TAGS[standing.headline]


@register.filter
def standing_colour(standing: Standing) -> str:
    """The colour of the standing's tag."""
    if standing.turn == Turn.APPLICANT:
        return "warning"
    return COLOURS.get(standing.headline, "neutral")


@register.filter
def expected_sentence(expected: Expected) -> str:
    """By which day a decision is promised, that it is late, or when the clock starts or continues."""
    sentence = (LATE if expected.is_late else EXPECTED)[expected.clock]
    return str(sentence) % {"day": both_calendars(expected.day)}


@register.filter
def expected_in_a_list(expected: Expected | None) -> str:
    """The same in a few words, while the clock runs."""
    if expected is None or expected.clock != Clock.RUNS:
        return ""
    return str(IN_A_LIST[expected.is_late]) % {"day": day(expected.day)}


@register.filter
def last_moment(end: datetime) -> str:
    """A deadline: the day alone when it is the end of a day, otherwise with the time."""
    local = timezone.localtime(end)
    return moment(end) if local.time() != time.min else both_calendars(local - timedelta(days=1))
