"""The cycle: issued once, by evidence, and by nothing less."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from rukhsa.issuance import cycle, publishing, sequencer, time_stamp
from rukhsa.issuance.compose import CannotCompose
from rukhsa.issuance.cycle import issue_grant, issue_together
from rukhsa.issuance.errors import ReleaseRefused, SignerRefused
from rukhsa.issuance.grant import NotGranted, NotPaid, grant
from rukhsa.issuance.intent import seal_of
from rukhsa.issuance.log import place_of
from rukhsa.issuance.models import (
    Instrument,
    Intent,
    LogCheckpoint,
    LogLeaf,
    LogPlace,
    Sealing,
    SignedFile,
    Status,
)
from rukhsa.issuance.prepare import VersionUnderWay, prepare
from rukhsa.issuance.sequencer import ClockWentBack
from rukhsa.issuance.signers import signer
from rukhsa.trust import coverage
from rukhsa.values.identifiers import has_right_check
from rukhsa.values.names import Text
from tests.rooms.issuance.conftest import Grant


def test_a_granted_and_paid_application_gets_its_instrument(granted: Grant, town: datetime) -> None:
    instrument = cycle.issue(granted(), at=town)

    assert instrument.number.startswith("CAP-PR-2026-")
    assert has_right_check(instrument.number)
    assert instrument.status(town) is Status.VALID
    pdf = time_stamp.handed_out(instrument)
    verdict = cycle.verdict_on(pdf, qr_text=_qr(instrument), at=town)
    assert (verdict.word, verdict.failed_duty) == ("valid", None)
    assert cycle.verdict_on(pdf, qr_text=_qr(instrument), at=town + timedelta(hours=25)).word == "cannot-tell"


def test_one_changed_byte_of_a_released_file_does_not_verify(granted: Grant, town: datetime) -> None:
    instrument = cycle.issue(granted(), at=town)
    pdf = bytearray(time_stamp.handed_out(instrument))
    pdf[len(pdf) // 3] ^= 1
    assert cycle.verdict_on(bytes(pdf), qr_text=_qr(instrument), at=town).word == "altered"


def test_issuing_again_gives_the_same_instrument(granted: Grant, town: datetime) -> None:
    application = granted()
    first = cycle.issue(application, at=town)
    assert cycle.issue(application, at=town + timedelta(hours=1)) == first
    assert [model.objects.count() for model in (Intent, Sealing, SignedFile, Instrument)] == [1, 1, 1, 1]


def test_each_step_gives_the_same_when_it_runs_again(granted: Grant, town: datetime) -> None:
    prepared = prepare([grant(granted(), at=town)], at=town)
    (sealed,) = cycle.seal(prepared, at=town)
    assert cycle.seal(prepared, at=town + timedelta(minutes=1))[0].sealing == sealed.sealing
    logged = cycle.log([sealed], at=town)
    publishing.status_list(sealed.intent.authority, 0, at=town)
    sequencer.integrate(sealed.intent.authority, at=town + timedelta(minutes=1))
    assert cycle.log([sealed], at=town) == logged
    rendered = cycle.render(logged)
    assert cycle.render(logged) == rendered
    (signed,) = cycle.sign(rendered, at=town)
    assert cycle.sign(rendered, at=town + timedelta(minutes=2))[0].file == signed.file


def test_without_a_decision_or_a_receipt_nothing_is_prepared(granted: Grant, town: datetime) -> None:
    with pytest.raises(NotPaid):
        cycle.issue(granted(paid=False), at=town)
    undecided = granted()
    undecided.stage = "submitted"
    with pytest.raises(NotGranted):
        cycle.issue(undecided, at=town)
    assert not Intent.objects.exists()


def test_a_letter_that_the_font_lacks_is_refused_before_anything_is_sealed(
    granted: Grant, town: datetime
) -> None:
    application = granted()
    person = application.applicant
    person.name_ar = "ليلى 漢字 Ɐ"
    with pytest.raises(CannotCompose, match=r"no letter for .*漢 \(U\+6F22\)") as refused:
        cycle.issue(application, at=town)
    assert "字" in str(refused.value)
    assert "ل" not in str(refused.value)
    assert [model.objects.count() for model in (Intent, Sealing, LogLeaf)] == [0, 0, leaves_of_status_lists()]
    person.name_ar = "ليلى"
    assert cycle.issue(application, at=town)


def leaves_of_status_lists() -> int:
    return LogLeaf.objects.filter(intent=None).count()


def test_many_together_share_a_checkpoint_and_one_refusal_concerns_one(
    granted: Grant, town: datetime
) -> None:
    grants = [grant(granted(), at=town) for _ in range(3)]
    grants[1] = replace(grants[1], holder=Text(ar="漢"))

    outcomes = list(issue_together(grants, at=town).values())

    issued = [each for each in outcomes if isinstance(each, Instrument)]
    assert [type(each) for each in outcomes if not isinstance(each, Instrument)] == [CannotCompose]
    assert len({each.intent.number for each in issued}) == 2
    for kind in ("seal", "file"):
        places = LogPlace.objects.filter(leaf__kind=kind, leaf__intent__isnull=False)
        assert places.values("checkpoint").distinct().count() == 1
    again = issue_together(grants, at=town)
    assert [again[each.intent.origin] for each in issued] == issued


def test_two_new_versions_of_one_number_are_not_issued_at_once(granted: Grant, town: datetime) -> None:
    first = cycle.issue(granted(), at=town)
    grants = [replace(grant(granted(), at=town), amends=first) for _ in range(2)]
    prepare(grants[:1], at=town)
    with pytest.raises(VersionUnderWay):
        prepare(grants[1:], at=town)
    assert issue_grant(grants[0], at=town).version == 2
    assert cycle.issue(granted(), at=town).version == 1


def test_places_in_a_nearly_full_list_are_drawn_until_they_are_free(
    granted: Grant, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle.issue(granted(), at=town)
    taken = Intent.objects.get().status_index
    drawn = iter([taken, 7, taken, 7, 8])
    monkeypatch.setattr("rukhsa.issuance.status_list.secrets.randbelow", lambda _: next(drawn))
    prepared = prepare([grant(granted(), at=town) for _ in range(2)], at=town)
    assert [each.intent.status_index for each in prepared] == [8, 7]


def test_the_signer_seals_an_intent_once_and_no_other(granted: Grant, town: datetime) -> None:
    (sealed,) = cycle.seal(prepare([grant(granted(), at=town)], at=town), at=town)
    with pytest.raises(SignerRefused):
        signer().seal([sealed.intent.pk], at=town)
    with pytest.raises(SignerRefused):
        signer().seal([uuid.uuid4()], at=town)


def test_the_signer_certifies_what_is_in_the_log_once(granted: Grant, town: datetime) -> None:
    (sealed,) = cycle.seal(prepare([grant(granted(), at=town)], at=town), at=town)
    with pytest.raises(SignerRefused):
        signer().certify([sealed.intent.pk], at=town)
    rendered = cycle.render(cycle.log([sealed], at=town))
    assert signer().certify([sealed.intent.pk], at=town)[0].startswith(b"%PDF")
    cycle.sign(rendered, at=town)
    with pytest.raises(SignerRefused):
        signer().certify([sealed.intent.pk], at=town)


def test_a_file_that_reads_back_otherwise_is_not_released(granted: Grant, town: datetime) -> None:
    sealed = cycle.seal(prepare([grant(granted(), at=town)], at=town), at=town)
    (signed,) = cycle.sign(cycle.render(cycle.log(sealed, at=town)), at=town)
    other = cycle.Signed(
        intent=signed.intent,
        page=signed.page,
        file=coverage.read(signed.file.data[:-1] + b" "),
        digest=signed.digest,
    )
    with pytest.raises(ReleaseRefused):
        cycle.release([other], at=town)
    assert not Instrument.objects.exists()
    assert cycle.release([signed], at=town)[0].file_digest == signed.digest


def test_every_leaf_has_one_place_and_every_checkpoint_continues_the_last(
    granted: Grant, town: datetime
) -> None:
    for minute in range(3):
        cycle.issue(granted(), at=town + timedelta(minutes=minute))
    assert LogLeaf.objects.filter(intent__isnull=False).count() == 6
    places = list(LogPlace.objects.filter(authority="CAP").order_by("index").values_list("index", flat=True))
    assert places == list(range(len(places)))
    sizes = list(
        LogCheckpoint.objects.filter(authority="CAP").order_by("sequence").values_list("size", flat=True)
    )
    assert sizes == sorted(set(sizes))


def test_a_clock_that_goes_back_stops_the_log(granted: Grant, town: datetime) -> None:
    cycle.issue(granted(), at=town)
    with pytest.raises(ClockWentBack):
        cycle.issue(granted(), at=town - timedelta(hours=1))
    assert cycle.issue(granted(), at=town - timedelta(minutes=1))


def test_the_database_refuses_to_change_a_fact(granted: Grant, town: datetime) -> None:
    cycle.issue(granted(), at=town)
    for table in ("intent", "sealing", "logleaf", "logcheckpoint", "logplace", "signedfile", "instrument"):
        for statement in (f"DELETE FROM issuance_{table}", f"UPDATE issuance_{table} SET id = id"):
            with pytest.raises(Exception, match="facts are written once"), transaction.atomic():
                connection.cursor().execute(statement)


def _qr(instrument: Instrument) -> str:
    from rukhsa.issuance.intent import page_of

    place = place_of(instrument.intent, "seal")
    assert place is not None
    seal_bytes = seal_of(instrument.intent.sealing, log_index=place.index)
    return page_of(instrument.intent, seal_bytes=seal_bytes, proof="").qr_text
