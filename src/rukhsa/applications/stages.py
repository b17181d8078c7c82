"""The officer's loop: the stages of an application, which act leads from which to which, and whose turn it is."""

from django.db import models

from rukhsa.errors import RukhsaError


class Stage(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


# In these a review is under way; an agency answers while the applicant mends something else.
OPEN_STAGES = (Stage.SUBMITTED, Stage.RETURNED)


class Turn(models.TextChoices):
    """Who has to act next, on an application or on a step of its review."""

    APPLICANT = "applicant"
    AUTHORITY = "authority"
    AGENCY = "agency"
    INSPECTOR = "inspector"
    GATEWAY = "gateway"
    SYSTEM = "system"
    NOBODY = "nobody"


class Act(models.TextChoices):
    """What moves an application from one stage to another."""

    SUBMIT = "submit"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    GRANT = "grant"
    REFUSE = "refuse"
    REOPEN = "reopen"
    LAPSE = "lapse"


# What an applicant does, or another person for them.
OF_APPLICANTS = (Act.SUBMIT, Act.RESUBMIT, Act.WITHDRAW)
TRANSITIONS: dict[tuple[Stage, Act], Stage] = {
    (Stage.DRAFT, Act.SUBMIT): Stage.SUBMITTED,
    (Stage.SUBMITTED, Act.RETURN): Stage.RETURNED,
    (Stage.RETURNED, Act.RESUBMIT): Stage.SUBMITTED,
    (Stage.SUBMITTED, Act.GRANT): Stage.GRANTED,
    (Stage.SUBMITTED, Act.REFUSE): Stage.REFUSED,
    (Stage.REFUSED, Act.REOPEN): Stage.SUBMITTED,
    (Stage.DRAFT, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.RETURNED, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.GRANTED, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Act.LAPSE): Stage.LAPSED,
    (Stage.RETURNED, Act.LAPSE): Stage.LAPSED,
    (Stage.GRANTED, Act.LAPSE): Stage.LAPSED,
}


class NotPossible(RukhsaError):
    """The act does not lead anywhere from the stage at which the application stands."""

    code = "not-possible-at-this-stage"

    def __init__(self, stage: Stage, act: Act) -> None:
        super().__init__(f"{act} from {stage}")
        self.stage = stage
        self.act = act


def after(stage: Stage, act: Act) -> Stage:
    """The stage to which an act leads. Raises NotPossible where it leads nowhere."""
    try:
        return TRANSITIONS[stage, act]
    except KeyError:
        raise NotPossible(stage, act) from None
