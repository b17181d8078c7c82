"""The rights of the signer's role in the database: to read what it signs and to record that it signed."""

from typing import Final

from django.db import connection, models, transaction

from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.models import Authority, AuthorityName
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.errors import RukhsaError
from rukhsa.issuance.cap import CapAlarm, Signing
from rukhsa.issuance.instrument import Closure, Instrument, Reinstatement, Revocation, Suspension
from rukhsa.issuance.intent import Intent, Sealing, SignedFile
from rukhsa.issuance.issuing_stop import IssuingStart, IssuingStop
from rukhsa.issuance.log import LogCheckpoint, LogLeaf, LogPlace, WaitingLeaf
from rukhsa.issuance.status_list import Decoy

ROLE: Final = "rukhsa_signer"
READS: Final[tuple[type[models.Model], ...]] = (
    *(Authority, AuthorityName, ServiceVersion),
    *(Intent, Sealing, SignedFile, Instrument, Suspension, Reinstatement, Revocation, Closure, Decoy),
    *(LogLeaf, WaitingLeaf, LogPlace, LogCheckpoint, IssuingStop, IssuingStart),
)
WRITES: Final[tuple[type[models.Model], ...]] = (Signing, CapAlarm)


class TooManyRights(RukhsaError):
    """The database role of the signer has more rights than it needs."""

    code = "too-many-rights"


def statements() -> list[str]:
    """The SQL statements by which the owner of the tables gives the role these rights only."""
    reads, writes = (", ".join(_table(model) for model in some) for some in (READS + WRITES, WRITES))
    journal = _table(JournalEntry)
    given_back = ", ".join(str(field.column) for field in JournalEntry._meta.db_returning_fields)
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}",
        f"GRANT SELECT ON {reads} TO {ROLE}",
        f"GRANT INSERT ON {writes}, {journal} TO {ROLE}",
        f"GRANT SELECT ({given_back}) ON {journal} TO {ROLE}",  # what an insertion returns
    ]


def grant() -> bool:
    """Give the role its rights; False if the server has no such role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            return False
        for statement in statements():
            cursor.execute(statement)
    return True


def require_no_more() -> None:
    """Raise TooManyRights if this connection may change what it signs or has signed."""
    facts = [model._meta.db_table for model in READS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name"
            " WHERE has_table_privilege(quote_ident(name), 'INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY name",
            [facts],
        )
        excess = [name for (name,) in cursor.fetchall()]
    if excess:
        raise TooManyRights(
            f"the signer's role may write {', '.join(excess[:3])} and {max(len(excess) - 3, 0)} more:"
            " give it a DATABASE_URL of its own (rukhsa signer grant --help)"
        )


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
