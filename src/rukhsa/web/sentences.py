"""What people read when something is refused: one sentence for each error code."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_STATUSES = {
    "not-permitted": HTTPStatus.FORBIDDEN,
    "mandate-ended": HTTPStatus.FORBIDDEN,
    "ekey-refused": HTTPStatus.FORBIDDEN,
    "invitation-ended": HTTPStatus.GONE,
    "unknown-gateway": HTTPStatus.NOT_FOUND,
    "notice-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "no-notices": HTTPStatus.NOT_FOUND,
    "unproven-notice": HTTPStatus.BAD_REQUEST,
    "view-unreadable": HTTPStatus.BAD_REQUEST,
    "too-slow": HTTPStatus.REQUEST_TIMEOUT,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "broken-text": HTTPStatus.BAD_REQUEST,
    "took-too-long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too-much-memory": HTTPStatus.UNPROCESSABLE_ENTITY,
    "cannot-be-read": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reader-busy": HTTPStatus.SERVICE_UNAVAILABLE,
}

_SENTENCES: dict[str, Promise] = {
    "not-found": _("There is no such page, or it is not yours to see."),
    "not-permitted": _(
        "This is not open to the account that you are signed in with. If you have another one, sign in with it; "
        "if you are of the staff, ask your supervisor."
    ),
    "mandate-ended": _("You no longer act for this company. You now act for yourself."),
    "not-possible-at-this-stage": _("This is no longer possible: the application has moved on."),
    "not-complete": _("Something is still missing. Please look at the list."),
    "not-editable": _(
        "The application was submitted, and cannot be changed now. Its page says where it stands."
    ),
    "draft-expired": _("This draft waited too long and can no longer be submitted. Please begin anew."),
    "already-settled": _("This is paid already. Nothing more was charged."),
    "not-payable": _("Nothing is to be paid for this application now."),
    "quote-expired": _("The amount was worked out too long ago. Please open the payment page again."),
    "outcome-unknown": _("An earlier payment is still being checked. Please do not pay a second time."),
    "unknown-gateway": _("There is no such way of paying."),
    "notice-too-large": _("This is more than we can take at once."),
    "no-notices": _("This way of paying sends no notices. Nothing was kept."),
    "unproven-notice": _("We could not verify that this way of paying sent the notice. It was not kept."),
    "ekey-refused": _("The electronic key did not tell us who you are. Nothing was kept. Please try again."),
    "already-revoked": _("The document was revoked already."),
    "already-suspended": _("The document is suspended already."),
    "not-suspended": _("The document is not suspended."),
    "reason-missing": _("Write the reason."),
    "under-way": _("Somebody has asked for this already. Look among what is under way."),
    "proposed-by-yourself": _("You proposed it: somebody else approves it."),
    "moved-on": _("This has moved on meanwhile. Look at its state."),
    "channel-not-offered": _("It cannot go back that way, or no longer. Choose another."),
    "bank-not-checked": _(
        "We could not check which bank this account is at. Compare it with what the bank wrote, and say so below."
    ),
    "reference-missing": _("Write the reference under which it was sent."),
    "gateway-unreachable": _("The gateway does not answer now. Nothing was sent. Approve it again later."),
    "gateway-unsure": _(
        "The gateway gave no answer. It may have been sent: look it up in its statement, and confirm it here."
    ),
    "more-than-charged": _("The row does not claim that much."),
    "published-before": _("This text says nothing new."),
    "effective-day-past": _("Choose today or a later day. Nothing takes effect afterwards."),
    "proposal-overtaken": _(
        "Another version was published meanwhile. Propose the text anew, and compare it with that one."
    ),
    "explanation-missing": _("Write what was found out."),
    "already-explained": _("Somebody has closed this meanwhile. Look at how it was explained."),
    "not-an-owner": _("Only somebody of finance can own this."),
    "about-yourself": _("This is about yourself: another administrator does it."),
    "held-elsewhere": _(
        "This person also holds a post at another authority. Ask an administrator who may act there to approve it."
    ),
    "mail-taken": _("This mail address belongs to a person who is not a member of staff."),
    "post-held": _("The person has this already."),
    "post-over": _("This post has ended."),
    "invitation-ended": _(
        "This link was used, has ended, or was followed by a newer one. Ask your administrator for a new link."
    ),
    "link-closed": _("This link no longer opens."),
    "already-occupied": _("Other works hold this place in that time. Choose another place or later days."),
    "address-already-registered": _("This address is in the register already."),
    "address-not-registered": _("This address is not in the register."),
    "took-too-long": _("It took too long to read the file. Save or scan it again, and make it smaller."),
    "too-much-memory": _(
        "The file needs too much memory to be read. Save or scan it again, and make it smaller."
    ),
    "cannot-be-read": _("The file cannot be read. Save or scan it again."),
    "reader-busy": _(
        "Many files are being read just now. Your file was not kept: send it again in a minute."
    ),
    "bad-amount": _("This is not an amount of money."),
    "too-large": _("This is more than we can take at once. A file may have at most 10 MB."),
    "too-slow": _(
        "What you sent took too long to arrive, and nothing was kept. Try again with a better connection."
    ),
    "busy": _("Too much is being sent to us at this moment. Please try again in a minute."),
    "broken-text": _(
        "A character in what you sent is damaged. It is shown as � below. Delete it and send again."
    ),
    "bad-request": _("We could not read what was sent. Please go back and try again."),
    "form-expired": _(
        "This page was open for a long time, so we could not be sure that it was you. "
        "Nothing was changed. Go back to the page and send it once more."
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
    HTTPStatus.REQUEST_TIMEOUT: _("That did not arrive"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Too large"),
    HTTPStatus.UNPROCESSABLE_ENTITY: _("That could not be read"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something went wrong"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Please send it again in a minute"),
}


def is_told(code: str) -> bool:
    """Whether there is a sentence for this code; without one, people read that something failed."""
    return code in _SENTENCES


def sentence_of(code: str) -> Promise:
    """The sentence for a code, or a general one."""
    return _SENTENCES.get(code, _("This was not possible. Nothing was changed."))


def status_of(code: str) -> HTTPStatus:
    """The HTTP status for a code."""
    return _STATUSES.get(code, HTTPStatus.CONFLICT)


def status_of_form(code: str) -> HTTPStatus:
    """The status of a form that is shown again: invalid, or to be sent again unchanged."""
    return _STATUSES[code] if code == "reader-busy" else HTTPStatus.UNPROCESSABLE_ENTITY


def title_of(status: int, code: str = "") -> Promise:
    """The heading of the page for a status; an error that only needs another try blames no one."""
    return (
        _("Please send it again")
        if code == "form-expired"
        else _TITLES.get(status, _TITLES[HTTPStatus.CONFLICT])
    )
