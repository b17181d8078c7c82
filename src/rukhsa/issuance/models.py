"""The models of this room, for Django to find; each stands in the module of its noun."""

from rukhsa.issuance.cap import CapAlarm, Signing
from rukhsa.issuance.correction import CorrectionProposal
from rukhsa.issuance.instrument import (
    Closure,
    Instrument,
    InstrumentQuerySet,
    Reinstatement,
    Revocation,
    Status,
    Suspension,
    SuspensionConfirmation,
)
from rukhsa.issuance.intent import Intent, Sealing, SignedFile
from rukhsa.issuance.issuing_stop import IssuingStart, IssuingStop, StartProposal
from rukhsa.issuance.key_index import KeyCompromise
from rukhsa.issuance.legacy.legacy_document import LegacyDocument, LegacyImport, LegacyOmission, LegacyRefusal
from rukhsa.issuance.log import (
    Cosignature,
    LogCheckpoint,
    LogLeaf,
    LogPlace,
    LogSuccession,
    WaitingLeaf,
)
from rukhsa.issuance.log_succession import SuccessionProposal
from rukhsa.issuance.parent import Claim
from rukhsa.issuance.revocation_proposal import RevocationProposal
from rukhsa.issuance.site import PublishedTrustList
from rukhsa.issuance.stall import AwaitedDocument, Stall
from rukhsa.issuance.status_list import Decoy
from rukhsa.issuance.suspension import SuspensionProposal
from rukhsa.issuance.time_stamp import TimeStamp, WaitingStamp

__all__ = [
    "AwaitedDocument",
    "CapAlarm",
    "Claim",
    "Closure",
    "CorrectionProposal",
    "Cosignature",
    "Decoy",
    "Instrument",
    "InstrumentQuerySet",
    "Intent",
    "IssuingStart",
    "IssuingStop",
    "KeyCompromise",
    "LegacyDocument",
    "LegacyImport",
    "LegacyOmission",
    "LegacyRefusal",
    "LogCheckpoint",
    "LogLeaf",
    "LogPlace",
    "LogSuccession",
    "PublishedTrustList",
    "Reinstatement",
    "Revocation",
    "RevocationProposal",
    "Sealing",
    "SignedFile",
    "Signing",
    "Stall",
    "StartProposal",
    "Status",
    "SuccessionProposal",
    "Suspension",
    "SuspensionConfirmation",
    "SuspensionProposal",
    "TimeStamp",
    "WaitingLeaf",
    "WaitingStamp",
]
