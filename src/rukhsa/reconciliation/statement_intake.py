"""The intake of a gateway's statement: read, stored once, compared with the books, and settled as far as it agrees."""

import hashlib
from datetime import date, datetime
from typing import Final

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY
from rukhsa.catalogue.territory import territory
from rukhsa.locks import one_at_a_time
from rukhsa.payments.gateways.registry import gateway
from rukhsa.reconciliation.formats import PARSERS
from rukhsa.reconciliation.formats.read import BadStatement, Parsed
from rukhsa.reconciliation.settlement import settle
from rukhsa.reconciliation.statement import STATEMENTS, Statement, StatementLine
from rukhsa.reconciliation.statement_difference import Difference, Ownership, differences

LARGEST: Final = 32 << 20  # bytes: some 200,000 lines


def take_in(code: str, content: bytes, *, day: date, actor: Actor, at: datetime) -> Statement:
    """Store the statement of a gateway and a day; the same file again returns the first and changes nothing.

    1. It is whole: its trailer agrees with its lines, and they are of our account. 2. It is stored as it is. 3. Each
    difference from our books is stored and owned by the actor; a difference found before stays as it was. 4. What
    agrees moves in the ledger from the gateway to the bank. A later file of the same day replaces the first where
    listed payments are looked up. A gateway has one account for all authorities, so a person who reconciles at any of
    them takes its statement in. Raises BadStatement, UnknownGateway, NotPermitted.
    """
    actor.require(Permission.RECONCILE, at=TERRITORY)
    parsed = _read(code, content, day, at)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        one_at_a_time(STATEMENTS)
        if known := Statement.objects.filter(gateway=code, day=day, digest=digest).first():
            return known
        statement = Statement.objects.create(
            gateway=code,
            day=day,
            digest=digest,
            count=len(parsed.movements),
            net=parsed.net.minor,
            currency=parsed.net.currency,
            taken_by=actor.person,
            taken_at=at,
        )
        _store_lines(statement, parsed)
        count = _store_differences(statement, actor, at)
        settle(statement, list(statement.lines.order_by("row")), actor=actor, at=at)
        journal.record(
            "take-in-statement", statement, actor=actor, at=at, gateway=code, day=f"{day}", differences=count
        )
    return statement


def _read(code: str, content: bytes, day: date, at: datetime) -> Parsed:
    account = gateway(code).merchant
    if len(content) > LARGEST:
        raise BadStatement(en="the file is larger than 32 MB.", ar="حجم الملف أكثر من ٣٢ ميغابايت.")
    if day > at.astimezone(territory().zone).date():
        raise BadStatement(en=f"{day} has not come yet.", ar=f"لم يأتِ اليوم {day} بعد.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadStatement(
            en="this is not a text file in UTF-8.", ar="هذا ليس ملفًا نصيًا بترميز UTF-8."
        ) from error
    parsed = PARSERS[code](text)
    for one in parsed.movements:
        if one.merchant != account:
            raise BadStatement(
                row=one.row,
                en=f"it is of the account {one.merchant} and not of ours, {account}.",
                ar=f"السطر لحساب {one.merchant} لا لحسابنا {account}.",
            )
    return parsed


def _store_lines(statement: Statement, parsed: Parsed) -> None:
    StatementLine.objects.bulk_create(
        (
            StatementLine(
                statement=statement,
                row=each.row,
                reference=each.reference[:40],
                gateway_reference=each.gateway_reference[:80],
                amount=each.money.minor,
                is_commission=each.is_commission,
                currency=each.money.currency,
                at=each.at,
            )
            for each in parsed.movements
        ),
        batch_size=2000,
    )


def _store_differences(statement: Statement, actor: Actor, at: datetime) -> int:
    found = list(differences(statement))
    before = set(
        Difference.objects.filter(
            gateway=statement.gateway, reference__in={each.reference for each in found}
        ).values_list("kind", "reference", "gateway_reference")
    )
    new = {
        key: each
        for each in found
        if (key := (each.kind, each.reference, each.gateway_reference)) not in before
    }
    stored = Difference.objects.bulk_create(new.values(), batch_size=2000)
    Ownership.objects.bulk_create(
        (Ownership(difference=each, person=actor.person, given_by=actor.person, at=at) for each in stored),
        batch_size=2000,
    )
    return len(stored)
