"""A small service for the tests of the review: each kind of step once, some of them by condition."""

import hashlib
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.applications.application import lock
from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act, Stage
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Agency, Authority, AuthorityName, Post
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.review import inspection, plan, queue, referral
from rukhsa.review.inspection import Inspection
from rukhsa.review.referral import Referral
from tests import mandated

BAHRAIN = ZoneInfo("Asia/Bahrain")
SUNDAY = datetime(2026, 11, 1, 9, 0, tzinfo=BAHRAIN)
HIRED = SUNDAY.date().replace(year=2020)

CHECK = {
    "check": "completeness",
    "name": {"ar": "اكتمال الطلب", "en": "Completeness"},
    "office": "roads",
    "within": "1 working day",
}
EWA = {
    "refer": "ewa",
    "ask": {"ar": "هل تتعارض الأشغال مع شبكاتكم؟", "en": "Do the works conflict with your networks?"},
    "within": "3 working days",
}
TRAFFIC = {
    "refer": "traffic",
    "ask": {"ar": "هل توافقون على إغلاق الحارة؟", "en": "Do you agree to the lane being closed?"},
    "within": "3 working days",
    "when": {"question": "closes-lane", "is": "yes"},
}
VISIT = {
    "inspect": "site",
    "name": {"ar": "معاينة الموقع", "en": "Visit to the site"},
    "checklist": {
        "marked": {"ar": "المسار معلّم على الأرض", "en": "The route is marked on the ground"},
        "clear": {"ar": "لا عوائق في المسار", "en": "Nothing stands in the route"},
    },
    "within": "2 working days",
    "when": {"question": "closes-lane", "is": "yes"},
}
REINSTATED = {
    "inspect": "reinstatement",
    "name": {"ar": "إعادة الطريق إلى حالته", "en": "Reinstatement of the road"},
    "checklist": {"surface": {"ar": "السطح", "en": "Surface"}, "levels": {"ar": "المناسيب", "en": "Levels"}},
    "due": "5 working days after end",
}
BY_OFFICER = {"decide": "officer", "within": "1 working day"}
BY_ONE = BY_OFFICER | {
    "one-hand-because": {"ar": "لا موظف آخر في البلدية", "en": "the town has no other officer"}
}
BY_RULE = {
    "decide": "rule",
    "grant-when": {"question": "days", "at-most": "10"},
    "legal-basis": {"ar": "قرار البلدية", "en": "Rule of the municipality"},
}


def works(*review: Any) -> Definition:
    """The definition of the road works, with the given review or a full one."""
    steps = review or (CHECK, [EWA, TRAFFIC], VISIT, BY_OFFICER)
    return Definition.model_validate(
        {
            "service": "road-works",
            "code": "RW",
            "profile-code": 7,
            "kind": "licence",
            "name": {"ar": "رخصة أشغال طريق", "en": "Road works licence"},
            "summary": {"ar": "للحفر في طريق عام.", "en": "To dig in a public road."},
            "words": {"ar": ["حفر"], "en": ["dig"]},
            "source": "assumed",
            "applicants": ["citizen", "resident", "investor"],
            "authority": {"block-of": "place"},
            "sections": [
                {
                    "id": "works",
                    "title": {"ar": "الأشغال", "en": "The works"},
                    "questions": [
                        {
                            "id": "place",
                            "type": "address",
                            "ask": {"ar": "أين تبدأ الأشغال؟", "en": "Where do the works begin?"},
                        },
                        {
                            "id": "closes-lane",
                            "type": "yes-no",
                            "ask": {"ar": "هل ستغلق حارة؟", "en": "Will a lane be closed?"},
                        },
                        {
                            "id": "start",
                            "type": "date",
                            "ask": {"ar": "متى تبدأ؟", "en": "When do you start?"},
                        },
                        {
                            "id": "days",
                            "type": "integer",
                            "ask": {"ar": "كم يوماً؟", "en": "How many days?"},
                            "from": 1,
                            "to": 30,
                        },
                        {
                            "id": "kind",
                            "type": "choice",
                            "ask": {"ar": "ما نوع الأشغال؟", "en": "What kind of works?"},
                            "options": {
                                "trench": {"ar": "خندق", "en": "Trench"},
                                "repair": {"ar": "إصلاح", "en": "Repair"},
                            },
                        },
                    ],
                }
            ],
            "documents": [
                {
                    "id": "drawing",
                    "name": {"ar": "مخطط بالموقع والطول", "en": "Drawing with place and length"},
                    "at-most": 5,
                }
            ],
            "review": list(steps),
            "after-issue": [REINSTATED],
            "instrument": {
                "title": {"ar": "رخصة أشغال طريق", "en": "Road works licence"},
                "validity": {"from": "start", "for": "days"},
                "address": "place",
                "facts": [
                    {
                        "id": "days",
                        "label": {"ar": "الأيام", "en": "Days"},
                        "type": "integer",
                        "question": "days",
                    }
                ],
            },
        }
    )


def publish(definition: Definition) -> ServiceVersion:
    """The definition, frozen as the next version of its service."""
    meaning = definition.model_dump(mode="json", exclude_none=True)
    digest = hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()
    same = ServiceVersion.objects.filter(service=definition.service, digest=digest).first()
    return same or ServiceVersion.objects.create(
        service=definition.service,
        number=ServiceVersion.objects.filter(service=definition.service).count() + 1,
        source_text="",
        meaning=meaning,
        digest=digest,
        published_at=SUNDAY,
    )


def authority(code: str = "CAP", ordinal: int = 1) -> Authority:
    """An issuing authority."""
    made, _new = Authority.objects.get_or_create(code=code, defaults={"ordinal": ordinal})
    names = {
        "CAP": ("أمانة العاصمة", "Capital Secretariat"),
        "MUH": ("بلدية المحرق", "Muharraq Municipality"),
    }
    ar, en = names[code]
    AuthorityName.objects.get_or_create(
        authority=made, valid_from=SUNDAY.date().replace(year=2000), defaults={"ar": ar, "en": en}
    )
    return made


def agency(code: str = "ewa") -> Agency:
    """An agency that is asked for opinions."""
    names = {
        "ewa": ("هيئة الكهرباء والماء", "Electricity and Water Authority"),
        "traffic": ("إدارة المرور", "Traffic Directorate"),
        "gas": ("شركة الغاز", "Gas Company"),
    }
    ar, en = names[code]
    return Agency.objects.get_or_create(code=code, defaults={"name_ar": ar, "name_en": en})[0]


def staff(email: str, ar: str, en: str, role: Role, *, at: Authority | Agency) -> Person:
    """One of the cast, with a post in an authority or an agency."""
    person, _new = Person.objects.get_or_create(
        email=email, defaults={"name_ar": ar, "name_en": en, "kind": PersonKind.STAFF}
    )
    hire(person, role, at=at)
    return person


def hire(person: Person, role: Role, *, at: Authority | Agency) -> None:
    """Give a person a post in an authority or an agency; a member of a committee sits in the one for building."""
    place: dict[str, object] = {"authority": at} if isinstance(at, Authority) else {"agency": at}
    if role is Role.COMMITTEE_MEMBER:
        place["committee"] = "building"
    post, _new = Post.objects.get_or_create(person=person, role=role, starts_on=HIRED, **place)
    mandated.empower(post)


def layla() -> Person:
    """The applicant."""
    return Person.objects.get_or_create(
        email="layla@town.example",
        defaults={
            "name_ar": "ليلى أحمد",
            "name_en": "Layla Ahmed",
            "kind": PersonKind.CITIZEN,
            "personal_number": "900112345",
        },
    )[0]


def act_as(person: Person) -> Actor:
    """The person as an actor on that Sunday."""
    return actor_for(person, at=SUNDAY)


def submitted(
    version: ServiceVersion,
    *,
    reference: str = "CAP-2026-000001",
    at: datetime = SUNDAY,
    of: Authority | None = None,
    **answers: Any,
) -> Application:
    """An application of Layla's to an authority, as `submit` leaves it."""
    given = {
        "place": {"building": 12, "road": 1805, "block": 318},
        "closes-lane": "yes",
        "start": "2026-11-15",
        "days": 5,
        "kind": "trench",
    }
    application = Application.objects.create(
        service_version=version,
        applicant=layla(),
        authority=of or authority(),
        reference=reference,
        stage=Stage.SUBMITTED,
        answers=given | answers,
        typed={},
        created_at=at,
        saved_at=at,
        submitted_at=at,
    )
    Step.objects.create(
        application=application,
        act=Act.SUBMIT,
        stage_before=Stage.DRAFT,
        stage_after=Stage.SUBMITTED,
        actor=application.applicant,
        at=at,
        content=_content(application),
    )
    return application


def resubmit(application: Application, *, at: datetime) -> None:
    """What the applicant does about a return, as `submit` leaves it."""
    Application.objects.filter(pk=application.pk).update(stage=Stage.SUBMITTED)
    Step.objects.create(
        application=application,
        act=Act.RESUBMIT,
        stage_before=Stage.RETURNED,
        stage_after=Stage.SUBMITTED,
        actor=application.applicant,
        at=at,
        content=_content(application),
    )


def _content(application: Application) -> dict[str, Any]:
    """What a submission keeps: the answers, and each file with its digest."""
    application.refresh_from_db()
    files = application.attachments.present().order_by("added_at").values("document", "digest", "name")
    return {"answers": application.answers, "files": list(files)}


def asked(application: Application, at: datetime = SUNDAY) -> list[Referral]:
    """The agencies whose turn has come are asked, as `journey.advance` asks them."""
    with transaction.atomic():
        application = lock(application)
        new = referral.ask_due(application, plan.steps(application), at)
        queue.refresh(application, at)
    return new


def ordered(application: Application, at: datetime = SUNDAY) -> list[Inspection]:
    """The visits whose turn has come are ordered, as `journey.advance` orders them."""
    with transaction.atomic():
        application = lock(application)
        new = inspection.order_due(application, plan.steps(application), at)
        queue.refresh(application, at)
    return new
