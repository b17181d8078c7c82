"""A town with a history: applications in all their stages with everything that hangs on them, made by the database.

Of twenty applications one is a draft, five are in review, two were returned, one refused, one granted and unpaid, the
other ten issued; half are certificates of residence, half road works with a referral and, once issued, a visit.
Of those after the first thousand six of seven are issued, since a town does not let everything wait. The first 60
are Layla's, the others of one applicant for three. All are the Capital Secretariat's and its
neighbours', in turn.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.town import current

LAYLAS = 60
NEWEST = 200_000  # the number of an application of today, where the crowd grows in several steps

# What a certificate of residence says and costs, as long as in the town of the tests.
_STATEMENT = {
    "ar": "تشهد جهة الإصدار بأن صاحب هذه الشهادة يسكن في العنوان المبيّن أدناه.",
    "en": "The issuing authority certifies that the holder lives at the address below.",
}
_SHAPES = {
    "explanation": {
        "row": 1,
        "from": "2020-08-30",
        "name": {"ar": "رسم شهادة إثبات سكن", "en": "Fee for a proof-of-residence certificate"},
        "amount": "2.000",
        "source": "ministry: mun.gov.bh newportal address-proof-certificate, read 2026-11-30, BD 2",
    },
    "facts": {
        "1": 101,
        "2": "ليلى أحمد الدوسري",
        "3": "*****3456",
        "4": [1024, 1705, 317, 12],
        "5": 2,
        "6": 20388,
        "7": 1,
        "8": 20788,
        "9": 20877,
    },
    "printed": {"beside": {}, "statement": _STATEMENT, "conditions": [_STATEMENT, _STATEMENT]},
}

# Letters in place of digits, so that every applicant has a name of words.
_WORD = "initcap(translate({0}::text, '0123456789', 'bdfklmnrst'))"
ROWS = (
    # The applications to be, with what the other statements ask of them.
    """
    CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
    SELECT n, gen_random_uuid() AS id, CASE WHEN n <= %(laylas)s THEN 0 ELSE n / 3 END AS person, 
           CASE WHEN n > 1000 AND n %% 7 > 0 THEN 10 + n / 4 %% 10 ELSE n %% 20 END AS kind,
           (ARRAY['CAP', 'MUH', 'NOR', 'SOU'])[1 + n %% 4] AS authority, n / 20 %% 2 = 1 AS is_works,
           %(at)s::timestamptz - interval '4 days' - (%(newest)s - n) * interval '5 minutes' AS at
    FROM generate_series(%(first)s, %(last)s) AS n
    """,
    f"""
    INSERT INTO accounts_person (password, id, email, phone, name_ar, name_en, kind, personal_number, language,
                                 is_active, joined_at)
    SELECT '!', md5('person' || person)::uuid, 'person-' || person || '@people.example',
           '+97336' || lpad(person::text, 6, '0'), 'ليلى ' || {_WORD.format("(person %% 5000)")} || ' الدوسري',
           'Layla ' || {_WORD.format("(person %% 5000)")} || ' ' || {_WORD.format("person")},
           'citizen', lpad((700000000 + person)::text, 9, '0'), 'ar', true, min(at)
    FROM crowd GROUP BY person ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO applications_application (id, reference, service_version_id, applicant_id, authority_id, stage,
                                          language, typed, typed_on, answers, created_at, saved_at, submitted_at)
    SELECT id, CASE WHEN kind > 0 THEN authority || '-2026-' || lpad(n::text, 7, '0') || '-0' END,
           CASE WHEN is_works THEN %(works)s ELSE %(residence)s END, md5('person' || person)::uuid,
           CASE WHEN kind > 0 THEN authority END,
           CASE WHEN kind = 0 THEN 'draft' WHEN kind < 6 THEN 'submitted' WHEN kind < 8 THEN 'returned'
                WHEN kind = 8 THEN 'refused' ELSE 'granted' END,
           'ar', CASE WHEN is_works THEN %(works_typed)s::jsonb ELSE %(residence_typed)s::jsonb END,
           '{}'::jsonb, CASE WHEN is_works THEN %(works_answers)s::jsonb ELSE %(residence_answers)s::jsonb END,
           at, at, CASE WHEN kind > 0 THEN at END
    FROM crowd
    """,
    """
    INSERT INTO applications_step (application_id, act, stage_before, stage_after, actor_id, at, content)
    SELECT id, 'submit', 'draft', 'submitted', md5('person' || person)::uuid, at,
           jsonb_build_object('known', '{}'::jsonb, 'answers',
               CASE WHEN is_works THEN %(works_answers)s::jsonb ELSE %(residence_answers)s::jsonb END,
               'files', (SELECT jsonb_agg(jsonb_build_object('document', document, 'name', 'document.pdf', 'digest',
                                                             repeat(md5(n || document), 2)))
                         FROM unnest(ARRAY['deed', 'lease', 'lease-registration']) AS document))
    FROM crowd WHERE kind > 0
    """,
    """
    INSERT INTO applications_step (application_id, act, stage_before, stage_after, actor_id, at, content)
    SELECT id, CASE WHEN kind < 8 THEN 'return' WHEN kind = 8 THEN 'refuse' ELSE 'grant' END, 'submitted',
           CASE WHEN kind < 8 THEN 'returned' WHEN kind = 8 THEN 'refused' ELSE 'granted' END, %(salem)s,
           at + interval '2 days', '{"outcome": "granted"}'
    FROM crowd WHERE kind > 5
    """,
    """
    INSERT INTO review_assignment (application_id, officer_id, at)
    SELECT id, %(salem)s, at + interval '1 hour' FROM crowd WHERE kind > 5 OR n %% 3 = 0
    """,
    """
    INSERT INTO review_queueentry (application_id, authority_id, officer_id, turn, step, office, since, due_at,
                                   submitted_at, service, urgent_at, is_told)
    SELECT id, authority, CASE WHEN kind > 5 OR n %% 3 = 0 THEN %(salem)s::uuid END,
           CASE WHEN kind > 5 THEN 'applicant' WHEN is_works THEN 'agency' ELSE 'authority' END, '',
           CASE WHEN is_works THEN 'roads' ELSE 'customers' END, at,
           CASE WHEN kind < 6 THEN CASE WHEN n %% 4 = 1 THEN at ELSE %(at)s END + interval '2 days' END, at,
           CASE WHEN is_works THEN 'road-works-licence' ELSE 'proof-of-residence' END,
           CASE WHEN kind < 6 THEN CASE WHEN n %% 4 = 1 THEN at ELSE %(at)s END + interval '2 days'
                ELSE '3000-01-01 00:00+00' END, true
    FROM crowd WHERE kind BETWEEN 1 AND 7
    """,
    """
    INSERT INTO review_finding (application_id, about, text, officer_id, at, returned_by_id)
    SELECT crowd.id, '', 'البلاغ غير واضح', %(salem)s, step.at, step.id
    FROM crowd JOIN applications_step AS step ON step.application_id = crowd.id AND step.act = 'return'
    """,
    """
    INSERT INTO review_referral (id, application_id, step, number, agency_id, question_ar, question_en, asked_by_id,
                                 asked_at, due_at)
    SELECT md5('referral' || n)::uuid, id, 'ewa', 1, 'ewa', '', 'Do the works conflict with the networks?', NULL,
           at + interval '1 hour', at + interval '3 days'
    FROM crowd WHERE is_works AND kind > 0
    """,
    """
    INSERT INTO review_opinion (referral_id, answer, text, officer_id, at)
    SELECT md5('referral' || n)::uuid, 'no-objection', '', %(noor)s, at + interval '1 day'
    FROM crowd WHERE is_works AND kind > 5
    """,
    """
    INSERT INTO review_decision (application_id, round, outcome, reasons, note, legal_basis, officer_id,
                                 mandate_id, rule, at)
    SELECT crowd.id, 1, CASE kind WHEN 8 THEN 'refused' ELSE 'granted' END,
           CASE kind WHEN 8 THEN 'العنوان خارج المنطقة' ELSE '' END, '', '', %(salem)s, mandate.id, '',
           at + interval '2 days'
    FROM crowd
    JOIN authorities_post AS post
        ON post.authority_id = crowd.authority AND post.person_id = %(salem)s AND post.role = 'officer'
    JOIN mandates_mandate AS mandate ON mandate.post_id = post.id
    WHERE kind > 7
    """,
    """
    INSERT INTO payments_charge (id, application_id, due, number, amount, currency, assessed_at, expires_at)
    SELECT md5('charge' || n)::uuid, id, 'after-decision', 1, 2000, 'BHD', at + interval '2 days',
           %(at)s::timestamptz + interval '20 days'
    FROM crowd WHERE kind > 8
    """,
    """
    INSERT INTO payments_chargeline (charge_id, rule, kind, amount, explanation)
    SELECT md5('charge' || n)::uuid, 'fee', 'fee', 2000, %(explanation)s::jsonb FROM crowd WHERE kind > 8
    """,
    """
    INSERT INTO payments_receipt (number, charge_id, amount, currency, at)
    SELECT 'C-' || n, md5('charge' || n)::uuid, 2000, 'BHD', at + interval '3 days' FROM crowd WHERE kind > 9
    """,
    """
    INSERT INTO issuance_intent (id, origin, application_id, authority_id, service_version_id, number, version,
                                 verification_code, status_list, status_index, profile, facts, printed, valid_from,
                                 valid_until, at)
    SELECT md5('intent' || n)::uuid, 'application:' || id, id, authority,
           CASE WHEN is_works THEN %(works)s ELSE %(residence)s END, authority || '-RW-2026-' || lpad(n::text, 7, '0'),
           1, 'crowd-' || n, 9 + n / 500000, n, 1, %(facts)s::jsonb, %(printed)s::jsonb, at::date, at::date + 365,
           at + interval '3 days'
    FROM crowd WHERE kind > 9
    """,
    """
    INSERT INTO issuance_instrument (id, intent_id, file_digest, released_at)
    SELECT md5('instrument' || n)::uuid, md5('intent' || n)::uuid, repeat('0', 64), at + interval '3 days'
    FROM crowd WHERE kind > 9
    """,
    """
    INSERT INTO review_inspection (id, application_id, step, number, after_issue, checklist, ordered_at, due_at)
    SELECT md5('inspection' || n)::uuid, id, 'reinstatement', 1, true, '[]', at + interval '3 days',
           at + interval '40 days'
    FROM crowd WHERE is_works AND kind > 9
    """,
    """
    INSERT INTO review_inspectionreport (inspection_id, passed, points, text, photos, inspector_id, at)
    SELECT md5('inspection' || n)::uuid, true, '{}', '', '[]', %(yusuf)s, at + interval '3 days 12 hours'
    FROM crowd WHERE is_works AND (kind BETWEEN 10 AND 14 OR n > 1000 AND kind BETWEEN 10 AND 18)
    """,
    """
    INSERT INTO review_waitingreferral (referral_id, agency_id, due_at, told)
    SELECT md5('referral' || n)::uuid, 'ewa', at + interval '3 days', 0
    FROM crowd WHERE is_works AND kind BETWEEN 1 AND 5
    """,
    """
    INSERT INTO review_waitinginspection (inspection_id, authority_id, due_at, is_told)
    SELECT md5('inspection' || n)::uuid, authority, at + interval '40 days', false
    FROM crowd WHERE is_works AND kind > 9 AND NOT (kind < 15 OR n > 1000 AND kind < 19)
    """,
    """
    INSERT INTO audit_journalentry (at, actor, act, subject_kind, subject, detail, authority, application)
    SELECT at + deed.after,
           CASE deed.by WHEN 'officer' THEN %(salem)s::uuid WHEN 'person' THEN md5('person' || person)::uuid END,
           deed.act, deed.kind, CASE deed.kind WHEN 'applications.application' THEN id::text
                                ELSE md5(deed.act || n)::uuid::text END,
           CASE deed.by WHEN 'officer' THEN jsonb_build_object('authority', authority) ELSE deed.detail::jsonb END,
           authority, id
    FROM crowd, (VALUES
        ('start', interval '0', 'person', 'applications.application', '{}'),
        ('attach', interval '1 minute', 'person', 'applications.attachment', '{"document": "deed"}'),
        ('attach', interval '2 minutes', 'person', 'applications.attachment', '{"document": "lease"}'),
        ('attach', interval '3 minutes', 'person', 'applications.attachment', '{"document": "lease-registration"}'),
        ('submit', interval '4 minutes', 'person', 'applications.application', '{}'),
        ('assign', interval '1 hour', 'officer', 'applications.application', '{}'),
        ('see-application', interval '1 hour', 'officer', 'applications.application', '{}'),
        ('see-attachment', interval '1 hour', 'officer', 'applications.attachment', '{}'),
        ('check', interval '2 hours', 'officer', 'applications.application', '{}'),
        ('grant', interval '2 days', 'officer', 'applications.application', '{}'),
        ('assess', interval '2 days', 'system', 'payments.charge', '{"amount": "2.000 BHD"}'),
        ('collect', interval '3 days', 'person', 'payments.attempt', '{"gateway": "sadad"}'),
        ('settle', interval '3 days', 'system', 'payments.charge', '{"receipt": "2026-0000001"}'),
        ('issue', interval '3 days', 'system', 'issuance.instrument', '{}')
    ) AS deed (act, after, by, kind, detail)
    WHERE crowd.kind > 9 OR deed.act IN ('start', 'attach', 'submit')
    """,
)


def grow(first: int, last: int) -> None:
    """Add the applications with these numbers, both included, each row by the triggers, foreign keys and indexes of its
    table, and let the planner know of them."""
    from django.db import connection, transaction

    told = values() | {"first": first, "last": last, "newest": NEWEST}
    with transaction.atomic(), connection.cursor() as cursor:
        for rows in ROWS:
            cursor.execute(rows, told)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def values() -> dict[str, Any]:
    """What the statements are told besides the numbers of the applications."""
    from rukhsa.accounts.models import Person

    staff = {name: _member(Person, name) for name in ("salem", "yusuf", "noor")}
    residence, works = _service("proof-of-residence", "residence"), _service("road-works-licence", "works")
    shapes = {name: json.dumps(shape) for name, shape in _SHAPES.items()}
    return {"at": datetime.now(UTC), "laylas": LAYLAS, **staff, **residence, **works, **shapes}


def _member(people: Any, name: str) -> Any:
    return people.objects.get(email__startswith=f"{name}@").pk


def _service(service: str, name: str) -> dict[str, Any]:
    from rukhsa.applications.answers import read_all

    now = datetime.now(UTC)
    typed = _typed(now.date())[name]
    version = current(service)
    reading = read_all(version.definition, typed, at=now)
    if reading.problems:
        raise RuntimeError(f"the answers of the bench are not right: {reading.problems}")
    return {
        name: version.pk,
        f"{name}_typed": json.dumps(typed),
        f"{name}_answers": json.dumps(reading.values),
    }


def _typed(today: date) -> dict[str, dict[str, Any]]:
    """Right answers to the questions of the two services, as they are typed."""
    place = {"flat": "12", "building": "1024", "road": "1705", "block": "317"}
    residence = {"home": place, "tenure": "owner", "purpose": "school"}
    works = {
        "kind": "paving",
        "place": place,
        "route": "26.22350, 50.57560\n26.22368, 50.57610\n26.22390, 50.57650",
        "closes-lane": "no",
        "days": "30",
        "contractor": {"number": "12345-1", "name": "شركة الخليج للمقاولات"},
        "site-phone": "3600 1234",
        "on-behalf": "no",
        "iban": "BH67 BMAG 0000 1299 1234 56",
    }
    return {
        "residence": residence | {"living-since": (today - timedelta(days=400)).isoformat()},
        "works": works | {"start": (today + timedelta(days=14)).isoformat()},
    }
