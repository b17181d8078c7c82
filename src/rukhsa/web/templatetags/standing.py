"""Shows stages, turns and lines of a charge in words."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.stages import Stage
from rukhsa.payments.models import ChargeLine
from rukhsa.values.money import Money

register = template.Library()

STAGES: dict[str, Promise] = {
    Stage.DRAFT: _("Draft"),
    Stage.SUBMITTED: _("Under review"),
    Stage.RETURNED: _("Returned to you"),
    Stage.GRANTED: _("Granted"),
    Stage.REFUSED: _("Refused"),
    Stage.WITHDRAWN: _("Withdrawn"),
}
COLOURS = {Stage.RETURNED: "warning", Stage.GRANTED: "success", Stage.REFUSED: "danger"}
TURNS: dict[str, Promise] = {
    "applicant": _("It is your turn"),
    "authority": _("The municipality is working on it"),
    "agency": _("We wait for the opinion of an agency"),
    "gateway": _("Your payment is being checked"),
    "system": _("Your document is being prepared"),
    "nobody": _("Nothing more is to be done"),
}


@register.filter
def stage_name(stage: str) -> Promise:
    """The stage in words, as the applicant sees it."""
    return STAGES[stage]


@register.filter
def stage_color(stage: str) -> str:
    """The colour that goes with the word."""
    return COLOURS.get(Stage(stage), "neutral")


@register.filter
def turn_name(turn: str) -> Promise:
    """Whose turn it is, in words."""
    return TURNS[turn]


@register.filter
def line_money(line: ChargeLine, currency: str) -> Money:
    """The amount of a line of a charge, in the currency of the charge."""
    return Money(minor=line.amount, currency=currency)
