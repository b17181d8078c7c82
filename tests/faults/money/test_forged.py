"""Forged notices, in more ways than forty: kept apart, no application is advanced, nothing is settled."""

from rukhsa.payments.gateway_notice import NoNotices, receive_notification
from rukhsa.payments.gateways.port import UnprovenNotice
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, GatewayNotice, Receipt, Refund
from rukhsa.payments.outcome import settle
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.forgeries import forgeries
from tests.faults.money.notices import true_notice
from tests.faults.money.world import World, now
from tests.queued import Queued


def test_a_forged_notice_changes_nothing(world: World, sandbox: Running, count: Count) -> None:
    queued = Queued()
    believed, tried = [], 0
    for code, ways in forgeries().items():
        charge = world.owing()
        world.begin(charge, code)
        attempt = charge.attempts.get()
        for name, forge in ways.items():
            raw, headers = forge(attempt)
            before = GatewayNotice.objects.count()
            try:
                receive_notification(gateway(code), raw, headers, now())
                problem = GatewayNotice.objects.latest("pk").problem
            except (UnprovenNotice, NoNotices) as refused:
                problem = refused.code if GatewayNotice.objects.count() == before else ""
            tried += 1
            if not problem or queued.applications:
                believed.append((code, name, problem))
                queued.clear()
        assert settle(attempt, at=now()).state == Attempt.State.REDIRECTED
    report = fsck(sandbox.address)
    count(forged=tried, lost=0, double=Receipt.objects.count(), unexplained=len(believed) + report.faults)
    assert believed == []
    assert tried >= 40
    assert not Receipt.objects.exists()
    assert not Refund.objects.exists()
    assert told(report) == []


def test_a_true_notice_is_believed_so_far_that_the_gateway_is_asked(world: World) -> None:
    """The negative control: what is forged above differs from this in one thing each."""
    for code in ("national", "cards"):
        charge = world.owing()
        world.begin(charge, code)
        queued = Queued()
        raw, headers = true_notice(charge.attempts.get())
        receive_notification(gateway(code), raw, headers, now())
        assert queued.applications == [charge.application_id]
        assert not charge.is_settled
