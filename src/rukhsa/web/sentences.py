"""What people are told when something is refused: one sentence for each lasting code."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FORBIDDEN = frozenset({"not-permitted", "mandate-ended"})

_SENTENCES: dict[str, Promise] = {
    "not-found": _("There is no such page, or it is not yours to see."),
    "not-permitted": _("You may not do this. If you think that you should, ask your supervisor."),
    "mandate-ended": _("You no longer act for this company. You now act for yourself."),
    "not-possible-at-this-stage": _("This is no longer possible: the application has moved on."),
    "not-complete": _("Something is still missing. Please look at the list."),
    "bad-amount": _("This is not an amount of money."),
    "too-large": _("This is more than we can take at once. A file may have at most 10 MB."),
    "bad-request": _("We could not read what was sent. Please go back and try again."),
    "form-expired": _(
        "This page was open for a long time, so we could not be sure that it was you. Nothing was changed."
    ),
    "failed": _(
        "Something went wrong on our side. Nothing that you had saved is lost. Please try again in a few minutes."
    ),
}

_TITLES: dict[int, Promise] = {
    HTTPStatus.BAD_REQUEST: _("That did not arrive"),
    HTTPStatus.FORBIDDEN: _("This is not open to you"),
    HTTPStatus.NOT_FOUND: _("Not found"),
    HTTPStatus.CONFLICT: _("That was not possible"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Too large"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something went wrong"),
}


def sentence_of(code: str) -> Promise:
    """The sentence for a code; a code without one of its own gets a general sentence."""
    return _SENTENCES.get(code, _("This was not possible. Nothing was changed."))


def title_of(status: int) -> Promise:
    """The heading of the page for a status."""
    return _TITLES.get(status, _TITLES[HTTPStatus.CONFLICT])
