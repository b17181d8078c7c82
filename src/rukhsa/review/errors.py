"""What a review refuses, each with a lasting code and a sentence in the language of the page."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.conflicts import held_by
from rukhsa.applications.day import day_in_words
from rukhsa.errors import RukhsaError
from rukhsa.places.occupation import AlreadyOccupied


class ReviewError(RukhsaError):
    """An act of the review that cannot be done."""

    code = "review-error"
    text: Promise | str = ""

    def __init__(self, about: str = "") -> None:
        super().__init__(f"{self.code}: {about}" if about else self.code)
        self.about = about


class StepNotOpen(ReviewError):
    """The step is not asked for, or its turn has not come."""

    code = "step-not-open"
    text = _("It is not the turn of this step now.")


class StepsNotDone(ReviewError):
    """A grant before every step that precedes it is done; `about` names the first of them."""

    code = "steps-not-done"
    text = _("Steps before the decision are not done yet. Finish them first, or refuse.")


class ReasonsMissing(ReviewError):
    """A refusal without reasons."""

    code = "reasons-missing"
    text = _("Write the reasons. The applicant reads them, and can object to them.")


class AlreadyDecided(ReviewError):
    """Somebody decided otherwise before."""

    code = "already-decided"
    text = _("This application is already decided, and a decision is taken once.")


class SameOfficer(ReviewError):
    """The one who examined may not decide."""

    code = "same-officer"
    text = _("You examined this application. Another officer must decide it.")


class LimitReached(ReviewError):
    """A grant of what there is nothing left of: the place is full, or the quota was used."""

    code = "limit-reached"
    text = _("Nothing is left of what is asked for in that time. Return the application, or refuse it.")


class PlaceTaken(ReviewError):
    """A grant for a place and days that other works hold; `about` names them, `told` is for the applicant."""

    code = "place-taken"

    def __init__(self, other: AlreadyOccupied) -> None:
        super().__init__(other.instrument)
        self.told = held_by(other)
        self.text = format_lazy(
            _("Other works hold this place until {day}. Return the application, or refuse it."),
            day=day_in_words(other.end),
        )


class DecidedByRule(ReviewError):
    """The definition leaves the decision to a rule, or to an officer."""

    code = "decided-by-rule"
    text = _("A rule decides this service. No officer decides it.")


class FindingsMissing(ReviewError):
    """A return that says nothing."""

    code = "findings-missing"
    text = _("Write at least one finding, so that the applicant knows what to change.")


class UnknownSubject(ReviewError):
    """A finding about something that is neither a question nor a document of the service."""

    code = "unknown-subject"
    text = _("Choose the question or the document that the finding is about.")


class AnswerUnknown(ReviewError):
    """An opinion that is neither an objection nor its absence."""

    code = "answer-unknown"
    text = _("Choose whether you object.")


class ObjectionWithoutReason(ReviewError):
    """An objection that does not say why."""

    code = "objection-without-reason"
    text = _("Say why you object, so that the officer and the applicant can act on it.")


class AlreadyAnswered(ReviewError):
    """The referral has another answer."""

    code = "already-answered"
    text = _("This referral was answered before, and an answer is given once.")


class Closed(ReviewError):
    """The application was decided or withdrawn meanwhile."""

    code = "application-closed"
    text = _("This application was closed meanwhile. Nothing is asked of you any more.")


class PointsMissing(ReviewError):
    """A report that leaves a point of the checklist out."""

    code = "points-missing"
    text = _("Mark every point of the checklist.")


class PassedWithFaults(ReviewError):
    """A report that passes although a point failed."""

    code = "passed-with-faults"
    text = _("A point failed, so the inspection cannot pass. Correct the point or choose failed.")


class FaultsWithoutText(ReviewError):
    """A failed inspection that does not say what to do."""

    code = "faults-without-text"
    text = _("Say what is wrong and what must be done.")


class NotTheirs(ReviewError):
    """An application handed to somebody who holds no post that could take it."""

    code = "not-an-officer-here"
    text = _("This person is no officer of this authority.")


class RecordsIncomplete(ReviewError):
    """What the step records is missing or wrong; `problems` says what."""

    code = "records-incomplete"
    text = _("Fill in what is recorded with this step.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{problem.about}: {problem.code}" for problem in self.problems))


class DecidedByTwo(ReviewError):
    """One officer alone decides what two must."""

    code = "decided-by-two"
    text = _("Two officers decide this service: one proposes, another confirms.")


class AlreadyProposed(ReviewError):
    """Another proposal stands."""

    code = "already-proposed"
    text = _("A decision is proposed already. Another officer confirms it or disagrees.")


class NothingProposed(ReviewError):
    """There is no proposal that could be confirmed."""

    code = "nothing-proposed"
    text = _("No decision is proposed now. Look at the application again.")


class DecidedBefore(ReviewError):
    """Who refused an application does not decide it when it is reconsidered."""

    code = "decided-before"
    text = _("You refused this application before. Another officer must decide it now.")


class DecidedByCommittee(ReviewError):
    """A committee decides, and no officer."""

    code = "decided-by-committee"
    text = _("A committee decides this service, at a sitting.")


class NotOfCommittee(ReviewError):
    """Somebody who is no member of the committee on that day."""

    code = "not-of-the-committee"
    text = _("Choose members of this committee.")


class SittingUnfit(ReviewError):
    """A sitting of an unknown committee, or on a day to come."""

    code = "sitting-unfit"
    text = _("Choose a committee, and a day that is not to come.")


class NoQuorum(ReviewError):
    """Fewer members than the quorum are present, or left when those with an interest stepped out."""

    code = "no-quorum"

    def __init__(self, quorum: int) -> None:
        super().__init__(str(quorum))
        self.text = format_lazy(
            _("The quorum is {quorum} members, and fewer are there to vote. Hold another sitting."),
            quorum=quorum,
        )


class NotPresent(ReviewError):
    """A vote by somebody who was not present at the sitting."""

    code = "not-present"
    text = _("Only members who are present at the sitting vote.")


class AlreadyVoted(ReviewError):
    """A second, different vote."""

    code = "already-voted"
    text = _("You voted on this application at this sitting, and a vote is given once.")


class ChoiceUnknown(ReviewError):
    """A vote that is none of the choices."""

    code = "choice-unknown"
    text = _("Choose how you vote.")


class InterestWithoutReason(ReviewError):
    """A member steps out and does not say why."""

    code = "interest-without-reason"
    text = _("Say what your interest in this application is.")


class VotesMissing(ReviewError):
    """Not every member who is present has voted."""

    code = "votes-missing"
    text = _("Not every member who is present has voted yet.")


class NoMajority(ReviewError):
    """As many for as against."""

    code = "no-majority"
    text = _("As many voted for as against, so nothing is decided. Hold another sitting.")


class MinutesMissing(ReviewError):
    """A resolution without minutes."""

    code = "minutes-missing"
    text = _("Write the minutes, or attach them as a file.")
