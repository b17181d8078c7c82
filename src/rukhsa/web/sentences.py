"""What people read when something is refused: one sentence for each error code."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.errors import RukhsaError

_STATUSES = {
    "not-permitted": HTTPStatus.FORBIDDEN,
    "https-only": HTTPStatus.FORBIDDEN,
    "mandate-ended": HTTPStatus.FORBIDDEN,
    "consent-ended": HTTPStatus.FORBIDDEN,
    "ekey-refused": HTTPStatus.FORBIDDEN,
    "invitation-ended": HTTPStatus.GONE,
    "unknown-gateway": HTTPStatus.NOT_FOUND,
    "notice-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "no-notices": HTTPStatus.NOT_FOUND,
    "key-refused": HTTPStatus.UNAUTHORIZED,
    "cursor-unreadable": HTTPStatus.BAD_REQUEST,
    "unproven-notice": HTTPStatus.BAD_REQUEST,
    "view-unreadable": HTTPStatus.BAD_REQUEST,
    "too-slow": HTTPStatus.REQUEST_TIMEOUT,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "broken-text": HTTPStatus.BAD_REQUEST,
    "took-too-long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too-much-memory": HTTPStatus.UNPROCESSABLE_ENTITY,
    "cannot-be-read": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reader-busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "database-away": HTTPStatus.SERVICE_UNAVAILABLE,
    "proof-missing": HTTPStatus.SERVICE_UNAVAILABLE,
}

_SENTENCES: dict[str, Promise] = {
    "key-answers-nothing": _(
        "This key answers no questions. Ask the coordinator of your agency for one that does."
    ),
    "key-refused": _("This key does not work. Ask the coordinator of your agency for a new one."),
    "webhook-address": _("Enter an https address of your system on the internet, without a password or a #."),
    "too-many-keys": _("An agency has 5 keys at most. End one of them first."),
    "cursor-unreadable": _("This cursor is not one of ours. Begin without a cursor."),
    "https-only": _("Use https. This came without encryption, so we did not save it."),
    "not-found": _("This page does not exist, or you cannot see it with this account."),
    "not-permitted": _(
        "You cannot see this page with this account. Use another account or ask your supervisor."
    ),
    "mandate-ended": _("You no longer act for this company. You now act for yourself."),
    "consent-ended": _("The owner has ended your consent to act for them. You now act for yourself."),
    "consent-not-passed-on": _("Only the owner can let another person act. Act for yourself first."),
    "consent-of-oneself": _("This is your own personal number. Write the number of the owner."),
    "consent-too-long": _("Choose a day between today and two years from today."),
    "too-many-consents": _("Too many of your requests wait for an answer. Wait until some are answered."),
    "signatory-is-applicant": _(
        "This is the applicant's own personal number. Write that of the other person."
    ),
    "signatory-named": _("This person is named already."),
    "too-many-signatories": _("At most 50 people can be named."),
    "signing-over": _("This request is over. Ask the applicant to send it again."),
    "signing-reason-missing": _("Write why you do not agree."),
    "signing-changed": _("The application has changed since you opened this page. Read it again."),
    "no-such-applicant": _("No applicant has this personal number. Check the number."),
    "deed-day": _("Choose a day between today and ten years from today."),
    "deed-of-adult": _("This person is of age. Ask them for their consent."),
    "deed-own": _("You cannot check a document of your own."),
    "deed-reason-missing": _("Write why you refuse it."),
    "batch-not-by-consent": _("Many applications at once are sent for yourself or your company."),
    "batch-too-many-files": _("Send at most 100 files at once. You can add more after that."),
    "batch-without-good-rows": _("No row can be submitted yet. Correct the spreadsheet and send it again."),
    "not-together": _("These cannot be paid together. Pay those of one authority at a time."),
    "consent-answered": _("This request was answered already, or is over."),
    "not-possible-at-this-stage": _("You can no longer do this. The application has moved to another stage."),
    "no-such-application": _(
        "No application has this number with this code. Compare both with the message that you received."
    ),
    "too-many-questions": _("Too many attempts from your network. Try again in a minute."),
    "office-unfit": _(
        "Enter a short name in small Latin letters and a name in both languages. Its work goes to an open office only."
    ),
    "office-has-work": _(
        "This office has services, open applications or posts. Choose the office to which its work goes."
    ),
    "committee-unfit": _(
        "Enter a short name in small Latin letters, a name in both languages, the quorum and the law or decision."
    ),
    "committee-has-work": _(
        "This committee cannot end yet: a service names it, applications or a sitting wait, or it has members."
    ),
    "not-a-day": _("Enter a day within three years."),
    "not-a-value": _("Check what you entered: a name, a text or a period is not valid."),
    "text-missing": _("Enter the text in both languages."),
    "text-braces": _("Write each variable as its name between two braces, as the text has it now."),
    "text-unknown-variable": _("This message has no variable {about}."),
    "text-missing-variable": _("The text must contain the variable {about}."),
    "letter-too-long": _("Use at most 100 characters in one line as the subject, and 1,000 as the text."),
    "text-isolates": _("A mark of direction is open. Close each one."),
    "text-too-long": _("The text takes more than 4 SMS. Shorten it."),
    "planned-work-dates": _(
        "Planned work ends later than now and than it begins, lasts at most 3 days, and begins within 60 days."
    ),
    "job-not-failed": _("This job is queued or done by now."),
    "not-stopped": _("Issuing is not stopped."),
    "not-complete": _("Some items are missing. Check the list."),
    "not-editable": _(
        "You submitted this application, so you cannot change it now. Its page shows the status."
    ),
    "draft-expired": _("This draft has expired. Start again with the same answers."),
    "database-away": _(
        "Numbers cannot be checked right now. Scan the code or send the file, or try again in a minute."
    ),
    "proof-missing": _("We cannot prepare this document right now. It is safe. Try again in a few minutes."),
    "already-settled": _("This is already paid. You were not charged again."),
    "not-payable": _("You do not need to pay for this application now."),
    "quote-expired": _("This amount is out of date. Open the payment page again."),
    "outcome-unknown": _("We are still checking an earlier payment. Do not pay again."),
    "unknown-gateway": _("There is no such way to pay."),
    "notice-too-large": _("This is too large to send at once."),
    "no-notices": _("This way to pay sends no notices, so we did not save it."),
    "unproven-notice": _("We could not verify who sent the notice, so we did not save it."),
    "ekey-refused": _("We could not confirm your identity with eKey. Try again."),
    "own-interest": _(
        "This is about you, your household, a relative or a company of yours. Another person must act on it."
    ),
    "recorded-by-yourself": _(
        "You recorded or confirmed this violation. Another person must act on the objection."
    ),
    "unknown-reason": _("This reason is no longer in the list. Choose another."),
    "not-correctable": _(
        "Only the newest version of an original document that is not suspended or ended can be corrected."
    ),
    "nothing-corrected": _("The document would say the same as before. Change what is wrong."),
    "more-than-clerical": _(
        "This would change the fee or the days of works. That is not a slip: the holder applies again."
    ),
    "wrong-answers": _("Some answers cannot be as you typed them. See below."),
    "already-revoked": _("The document was revoked already."),
    "already-suspended": _("The document is suspended already."),
    "not-suspended": _("The document is not suspended."),
    "reason-missing": _("Enter the reason."),
    "under-way": _("This was already requested and waits for an answer."),
    "proposed-by-yourself": _("You proposed this. Another person must approve it."),
    "moved-on": _("The state has changed. Check it again."),
    "channel-not-offered": _("We cannot refund it this way any more. Choose another way."),
    "bank-not-checked": _(
        "We could not check the bank of this account. Compare it with the bank's letter and confirm below."
    ),
    "reference-missing": _("Enter the transfer reference."),
    "nothing-to-send": _("Choose at least one transfer that can go in a file."),
    "account-missing": _("The applicant gave no account that we can check. Request this refund separately."),
    "no-account-of-authority": _(
        "The territory names no account of this authority. Ask the administrator to add it to its file."
    ),
    "not-a-bank-answer": _("This is not a bank's status report or statement. Choose the bank's XML file."),
    "bank-answer-too-long": _("This file is too large. Ask the bank for a file of fewer days."),
    "bank-answer-not-ours": _("This file does not match any bank file or account of your authority."),
    "in-a-file": _("This refund is approved with the others of its bank file."),
    "gateway-unreachable": _(
        "The gateway does not answer now, so we did not send the money. Approve it again later."
    ),
    "gateway-unsure": _(
        "The gateway gave no answer, so the money may have been sent. Check its statement, then confirm here."
    ),
    "more-than-charged": _("The line is smaller than that amount."),
    "published-before": _("This text changes nothing. Change it before you propose it."),
    "effective-day-past": _("Choose today or a later day. A text cannot take effect in the past."),
    "fees-unchanged": _("No amount differs from the one that is written. Change one before you propose it."),
    "fee-unreadable": _("Enter each amount as a number, like 25.500."),
    "fee-named-elsewhere": _(
        "Other charges depend on this one, or a later document refunds it. Change it in the text of the "
        "service."
    ),
    "fee-written-otherwise": _(
        "This charge is written in one line. Change its amounts in the text of the service."
    ),
    "proposal-overtaken": _(
        "Another version was published in the meantime. Propose your text again and compare it with "
        "that version."
    ),
    "explanation-missing": _("Enter the explanation."),
    "already-explained": _("Another person closed this. See how it was explained."),
    "not-an-owner": _("Only finance can be assigned this."),
    "about-yourself": _("This change is about you. Another administrator must make it."),
    "held-elsewhere": _(
        "This person also has a post at another authority. Ask an administrator of that authority to approve."
    ),
    "mail-taken": _("This email address belongs to a person who is not a member of staff."),
    "post-held": _("This person already has it."),
    "post-over": _("This post has ended."),
    "invitation-ended": _(
        "This link was used, has expired or was replaced. Ask your administrator for a new link."
    ),
    "link-closed": _("This link does not work any more."),
    "already-occupied": _("Other works use this place at that time. Choose another place or later days."),
    "address-already-registered": _("This address is already in the register."),
    "address-not-registered": _("This address is not in the register."),
    "took-too-long": _("The file took too long to read. Save or scan it again at a smaller size."),
    "too-much-memory": _("The file is too complex to read. Save or scan it again at a smaller size."),
    "cannot-be-read": _("We cannot read the file. Save or scan it again."),
    "reader-busy": _("We are reading many files now, so we did not save yours. Send it again in a minute."),
    "bad-amount": _("Enter an amount of money."),
    "too-large": _("This is too large to send at once. Each file can have at most 10 MB."),
    "too-slow": _("This took too long to send, so we did not save it. Try again with a better connection."),
    "busy": _("We are receiving too many requests. Try again in a minute."),
    "broken-text": _("One character is damaged. We show it as � below. Delete it and send again."),
    "bad-request": _("We could not read what you sent. Go back and try again."),
    "form-expired": _("Your session timed out. Go back and send it again."),
    "failed": _("There is a problem on our side. Your saved answers are safe. Try again in a few minutes."),
}

_TITLES: dict[int, Promise] = {
    HTTPStatus.BAD_REQUEST: _("We did not receive that"),
    HTTPStatus.FORBIDDEN: _("You cannot see this page"),
    HTTPStatus.NOT_FOUND: _("Page not found"),
    HTTPStatus.CONFLICT: _("That was not possible"),
    HTTPStatus.REQUEST_TIMEOUT: _("We did not receive that"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Too large"),
    HTTPStatus.UNPROCESSABLE_ENTITY: _("That could not be read"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something went wrong"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Send it again in a minute"),
}


def is_told(code: str) -> bool:
    """Whether there is a sentence for this code; without one, people read that something failed."""
    return code in _SENTENCES


def sentence_of(code: str) -> Promise:
    """The sentence for a code, or a general one."""
    return _SENTENCES.get(code, _("You cannot do this now. No changes were made."))


def sentence_for(error: RukhsaError) -> Promise | str:
    """The sentence for an error: its own where it has one, otherwise that of its code."""
    return getattr(error, "text", None) or sentence_of(error.code)


def status_of(code: str) -> HTTPStatus:
    """The HTTP status for a code."""
    return _STATUSES.get(code, HTTPStatus.CONFLICT)


def status_of_form(code: str) -> HTTPStatus:
    """The status of a form that is shown again: invalid, or to be sent again unchanged."""
    return _STATUSES[code] if code == "reader-busy" else HTTPStatus.UNPROCESSABLE_ENTITY


def title_of(status: int, code: str = "") -> Promise:
    """The heading of the page for a status; an error that only needs another try blames no one."""
    return _("Send it again") if code == "form-expired" else _TITLES.get(status, _TITLES[HTTPStatus.CONFLICT])
