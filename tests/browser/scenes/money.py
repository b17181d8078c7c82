"""Scenes about money: a bill, a payment link, a payment in doubt, a payment made twice, deposits and payouts."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import httpx

from rukhsa.values.money import Money
from rukhsa_rehearsal.story import samples
from rukhsa_rehearsal.story.applicant import Applied
from rukhsa_rehearsal.story.plots import IBAN
from rukhsa_rehearsal.story.stage import Stage
from tests.browser.scenes.players import TODAY, Players, apply, awaited, path_of, pay, press, works
from tests.waiting import LONGEST

BAHRAIN = timezone(timedelta(hours=3))
ACCOUNT = {
    "premises": {"building": "1130", "road": "2413", "block": "324"},
    "use": "commercial",
    "electricity-account": "1004-223-118",
    "tenure": "owner",
    "occupied-from": TODAY.isoformat(),
    "mobile": "3600 1234",
}
KERB = "كُسرت حافة الرصيف عند التقاطع ولم تُصلح."
HARDSHIP = "الأشغال تخدم مدخل مركز للرعاية النهارية لا يهدف إلى الربح."


def money(stage: Stage, players: Players) -> dict[str, str]:
    """Addresses of pages about money, by name."""
    bill = players.granted(works(players.layla, turn=1))
    return {
        **_owed(players, bill),
        **_under_way(stage, players),
        **_deposits(stage, players),
        **_payouts(players),
        **_papers(players),
        **_statement(stage, players),
    }


def _owed(players: Players, bill: Applied) -> dict[str, str]:
    """A bill with its rows, what finance sees of it, a proposed waiver, and a payment link."""
    pay = f"/applications/{bill.application}/pay"
    link = press(players.layla, f"{pay}/link").read(".link-box")
    page = players.salem.find(bill.reference)
    charge = page.link("a[href*='/desk/charges/']")
    asked = press(
        players.salem, charge, "form[action$='/waive']", rule="works-fee", amount="10.000", reason=HARDSHIP
    )
    return {
        "bill": pay,
        "share": f"{pay}/link",
        "link": link.removeprefix(players.layla.portal),
        "charge": charge.removeprefix(players.salem.portal),
        "waiver": path_of(asked, players.salem.portal),
    }


def _under_way(stage: Stage, players: Players) -> dict[str, str]:
    """A payment without an answer yet, one in doubt, and one made twice."""
    begun, doubted, twice = (players.proof(purpose) for purpose in ("bank", "school", "bank"))
    players.layla.begin_payment(begun.application, "national")
    _let(stage, "unclear")
    pay(players.layla, doubted.application)
    page = f"{stage.portal}/applications/{doubted.application}/pay/checking"
    awaited(lambda: not players.layla.visitor.open(page).has("progress"), "doubt")
    _let(stage, None)
    _pay_twice(stage, players, twice)
    findings = players.huda.visitor.open(f"{stage.portal}/desk/findings/")
    return {
        "attempt": findings.link("main a[href*='/desk/attempts/']").removeprefix(stage.portal),
        "checking": f"/applications/{begun.application}/pay/checking",
        "doubt": f"/applications/{doubted.application}/pay/checking",
    }


def _let(stage: Stage, mode: str | None) -> None:
    """Let the national gateway answer in a way that cannot be understood, or correctly again."""
    fault = {"operation": "national.inquiry", "mode": mode}
    httpx.post(f"{stage.sandbox}/control", json=fault, trust_env=False, timeout=LONGEST).raise_for_status()


def _pay_twice(stage: Stage, players: Players, applied: Applied) -> None:
    """A person leaves the national gateway for SADAD, and both payments succeed: one goes back to the card."""
    hosted = players.layla.begin_payment(applied.application, "national")
    bill = players.layla.begin_payment(applied.application, "sadad")
    kiosk = bill.form("form[action*='/kiosk/']").address
    httpx.post(kiosk, timeout=60, trust_env=False).raise_for_status()
    players.layla.wait_for(applied.application, "a[href$='/document']")
    players.layla.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
    money = f"{stage.portal}/money/"
    awaited(lambda: players.layla.visitor.open(money).has("#refunds"), "money that comes back")


def _deposits(stage: Stage, players: Players) -> dict[str, str]:
    """A deposit with a proposed forfeiture, one with a forfeiture, and one without an account."""
    held = players.paid(players.granted(works(players.layla, turn=2)))
    licence = stage.documents["road-works-licence"].application
    reference = players.layla.visitor.open(f"{stage.portal}/applications/{licence}/").read(".caption")
    _keep(players, reference, "30.000")
    unclaimed = players.paid(players.granted(apply(players.layla, "municipal-fees-account", ACCOUNT)))
    _keep(players, unclaimed.reference, "5.000")
    return {
        "deposit": _ask_to_keep(players, held.reference, "40.000"),
        "deposit-account": f"/applications/{unclaimed.application}/deposit-account",
        "held": f"/applications/{held.application}/",
    }


def _deposit(players: Players, reference: str) -> str:
    """The page of the deposit of an application, by its charge."""
    charge = players.mariam.find(reference).link("a[href*='/desk/charges/']")
    return path_of(
        players.mariam.visitor.open(players.mariam.visitor.open(charge).link("a[href*='/deposits/']")),
        players.mariam.portal,
    )


def _keep(players: Players, reference: str, amount: str) -> None:
    """A part is kept: one person proposed it, another approved it."""
    press(players.mariam, _ask_to_keep(players, reference, amount), "form[action$='/approve']")


def _ask_to_keep(players: Players, reference: str, amount: str) -> str:
    photo = {"photos": ("kerb.jpg", samples.photograph(), "image/jpeg")}
    deposit = _deposit(players, reference)
    press(players.salem, deposit, "form[action$='/forfeit']", files=photo, amount=amount, reason=KERB)
    return deposit


def _payouts(players: Players) -> dict[str, str]:
    """One payout was sent and has its note, one waits for the second person, the rest is not proposed yet."""
    page = players.huda.visitor.open(f"{players.huda.portal}/desk/payouts/")
    gone, waits, *_ = page.document.cssselect("main a[href*='/owed/deposit/']")
    sent = _asked(players, gone.get("href"))
    press(players.mariam, sent, "form[action$='/approve']")
    press(players.huda, sent, "form[action$='/confirm']", reference="NBB-2026-4471-0093")
    owed = page.link("main a[href*='/owed/refund/']").removeprefix(players.huda.portal)
    return {"payout": _asked(players, waits.get("href")), "owed": owed}


def _papers(players: Players) -> dict[str, str]:
    """The receipt and the refund note, as signed documents."""
    layla = players.layla
    page = layla.visitor.open(f"{layla.portal}/money/")
    papers = {name: page.link(f"main a[href*='/money/{name}/']") for name in ("receipt", "money-back")}
    for address in papers.values():
        press(layla, address)
    for address in papers.values():
        awaited(lambda address=address: layla.visitor.open(address).has("a[href$='/file']"), "paper")
    return {name: address.removeprefix(layla.portal) for name, address in papers.items()}


def _asked(players: Players, owed: str) -> str:
    page = press(players.huda, owed, channel="bank-transfer", iban=IBAN)
    return path_of(page, players.huda.portal)


def _statement(stage: Stage, players: Players) -> dict[str, str]:
    """SADAD's statement of today as it is; the national gateway's with a line that is missing and one that differs."""
    day = datetime.now(UTC).astimezone(BAHRAIN).date().isoformat()
    for gateway, change in (("sadad", lambda text: text), ("national", _spoilt)):
        text = httpx.get(f"{stage.sandbox}/{gateway}/statement.csv", timeout=60, trust_env=False).text
        file = {"file": (f"{gateway}-{day}.csv", change(text).encode(), "text/csv")}
        press(players.huda, "/desk/statements/", files=file, gateway=gateway, day=day)
    page = players.huda.visitor.open(f"{players.huda.portal}/desk/differences/")
    return {
        "difference": page.link("main table a[href*='/desk/differences/']").removeprefix(players.huda.portal)
    }


def _spoilt(text: str) -> str:
    heading, _lost, *lines, _trailer = list(csv.reader(io.StringIO(text)))
    lines[0][4] = str(Money.parse(lines[0][4], "BHD") + Money(minor=500, currency="BHD"))
    net = sum((Money.parse(line[4], "BHD") for line in lines), Money(minor=0, currency="BHD"))
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([heading, *lines, ["TRAILER", len(lines), net]])
    return written.getvalue()
