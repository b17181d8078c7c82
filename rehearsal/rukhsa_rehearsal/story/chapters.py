"""The order of the story: what each of the seven applications goes through, and what happens to documents later."""

import re
import secrets
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import httpx

from rukhsa_rehearsal.story import afterwards
from rukhsa_rehearsal.story.anyone import Anyone
from rukhsa_rehearsal.story.applicant import Applied, Document
from rukhsa_rehearsal.story.plots import TURNS, Plot, plots
from rukhsa_rehearsal.story.stage import Cast, Stage
from rukhsa_rehearsal.story.teller import Chapter
from rukhsa_rehearsal.story.visitor import Lost

FAULT = "صورة المستند غير واضحة. نرجو إرفاق صورة أوضح."
REFUSAL = "المسار المطلوب يقع ضمن مشروع قائم للطرق في الفترة نفسها."


def play(stage: Stage) -> int:
    """Play the whole story; return the exit code."""
    cast = Cast.assembled(stage)
    turn = secrets.randbelow(TURNS)
    for plot in plots(date.today(), turn=turn):  # noqa: DTZ011 - the applicant's own calendar, on the wall
        chapter = stage.teller.begin(plot.service)
        try:
            _play_one(stage, cast, plot, chapter)
        except (Lost, httpx.HTTPError) as lost:
            chapter.failure = str(lost)
            stage.teller.say(f"failed: {str(lost)[:300]}", style="red")
    stage.teller.say("— what happens to documents later", style="bold")
    try:
        afterwards.play(stage, cast)
    except (Lost, httpx.HTTPError, KeyError, subprocess.CalledProcessError) as lost:
        stage.teller.fail(f"what happened later: {lost!r}")
    _books(stage)
    return stage.teller.close()


def _books(stage: Stage) -> None:
    """Check that the books balance and agree with all three gateways, and that nothing was issued unpaid."""
    stage.teller.say("— the books", style="bold")
    for gateway in _PAYMENTS:
        stage.teller.say(f"Huda takes in the statement of the day: {_settled(stage, gateway)}")
    said = stage.command("fsck", "--gateways", stage.sandbox)
    balances = [line for line in said.splitlines() if re.search(r"[0-9.]+ [A-Z]{3}$", line)]
    for line in [*balances, said.splitlines()[-1]]:
        stage.teller.say(line)
    if left := [line for line in balances if line.startswith("clearing") and not re.search(r" 0\.0+ ", line)]:
        stage.teller.fail(f"what was settled is still with the gateways: {left}")
    if not re.search(r", 0 faults, [0-9]+ waiting, 3 gateways compared, 0 differences$", said):
        stage.teller.fail(f"the books do not hold: {said}")


def _settled(stage: Stage, gateway: str) -> str:
    """The command's report on a gateway's statement of today, or of yesterday if the story crossed midnight."""
    told = ""
    for day in sorted({stage.began, date.today()}):  # noqa: DTZ011 - the day on the wall
        answer = httpx.get(
            f"{stage.sandbox}/{gateway}/statement.csv", params={"day": str(day)}, timeout=60, trust_env=False
        )
        file = stage.folder / f"{gateway}-{day}.csv"
        file.write_bytes(answer.raise_for_status().content)
        asked = ("--gateway", gateway, "--day", str(day), "--by", "huda@mun.example")
        told = stage.command("statements", "take-in", str(file), *asked)
    return told


def _play_one(stage: Stage, cast: Cast, plot: Plot, chapter: Chapter) -> None:
    answers = dict(plot.answers)
    if plot.parent:
        answers["permit"] = _parent(stage, plot)
    if plot.refused_first:
        _refused(stage, cast, plot, answers)
    applied = cast.layla.apply(plot, answers)
    chapter.reference = applied.reference
    stage.teller.say(f"Layla applies and is given the reference {applied.reference}")
    cast.salem.take(applied.reference)
    if plot.is_returned:
        _returned(stage, cast, applied, answers)
    _examined(stage, cast, applied)
    cast.mariam.decide(applied.reference, "granted")
    stage.teller.say("Mariam, who did not check it, grants it")
    _paid(stage, cast, plot, applied, chapter)
    _received(stage, cast, plot, applied, chapter)


def _parent(stage: Stage, plot: Plot) -> str:
    if plot.parent not in stage.documents:
        raise Lost(f"there is no {plot.parent} for it to be about")
    return stage.documents[plot.parent].number


def _refused(stage: Stage, cast: Cast, plot: Plot, answers: dict[str, Any]) -> None:
    applied = cast.layla.apply(plot, answers)
    cast.salem.take(applied.reference)
    cast.salem.decide(applied.reference, "refused", reasons=REFUSAL)
    page = cast.layla.wait_for(applied.application, ".standing")
    if REFUSAL not in page.text:
        raise Lost(f"the applicant cannot read why: {page.text[:400]}")
    stage.teller.say(
        f"Salem refuses {applied.reference} with reasons, and Layla reads them; she applies again"
    )


def _returned(stage: Stage, cast: Cast, applied: Applied, answers: dict[str, Any]) -> None:
    cast.salem.return_with(applied.reference, "lease", FAULT)
    page = cast.layla.wait_for(applied.application, ".standing[data-turn=applicant]")
    if FAULT not in page.text:
        raise Lost(f"the applicant cannot read the finding: {page.text[:400]}")
    cast.layla.submit(applied.application)
    stage.teller.say("Salem returns it with a finding; Layla answers and submits it again")


def _examined(stage: Stage, cast: Cast, applied: Applied) -> None:
    """Do checks, referrals and visits in the service's order until only the decision is open."""
    quiet = 0
    while quiet < 4:
        cast.salem.check_all(applied.reference)
        answered = cast.noor.answer_referrals(applied.reference)
        visited = cast.yusuf.inspect_all(applied.reference)
        if answered:
            stage.teller.say(f"Noor answers what the agencies were asked ({answered})")
        if visited:
            stage.teller.say("Yusuf visits the place and records what he saw")
        quiet = 0 if answered or visited else quiet + 1
        if not (answered or visited):
            time.sleep(0.25)


def _paid(stage: Stage, cast: Cast, plot: Plot, applied: Applied, chapter: Chapter) -> None:
    page = cast.layla.wait_for(applied.application, "a[href$='/pay'], a[href$='/document']")
    chapter.channel = "nothing to pay"
    began = time.monotonic()
    if page.has("a[href$='/pay']"):
        began = _PAYMENTS[plot.gateway](stage, cast, applied, chapter)
    cast.layla.wait_for(applied.application, "a[href$='/document']")
    chapter.seconds = time.monotonic() - began


def _pay_by_national(stage: Stage, cast: Cast, applied: Applied, chapter: Chapter) -> float:
    hosted = cast.layla.begin_payment(applied.application, "national")
    chapter.channel, chapter.fee = "national gateway", _amount(hosted.text)
    cast.layla.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
    stage.teller.say(f"Layla pays {chapter.fee} on the page of the national gateway and comes back")
    return time.monotonic()


def _pay_by_cards(stage: Stage, cast: Cast, applied: Applied, chapter: Chapter) -> float:
    hosted = cast.layla.begin_payment(applied.application, "cards")
    chapter.channel, chapter.fee = "card", _amount(hosted.text)
    refused = cast.layla.visitor.send(hosted.form("form"), button="outcome=DECLINED")
    cast.layla.visitor.send(refused.form("form"), button="outcome=CAPTURED")
    stage.teller.say(f"Layla's first card is refused; her second pays {chapter.fee}, and she comes back")
    return time.monotonic()


def _pay_by_sadad(stage: Stage, cast: Cast, applied: Applied, chapter: Chapter) -> float:
    invoice = cast.layla.begin_payment(applied.application, "sadad")
    chapter.channel, chapter.fee = "SADAD, later", _amount(invoice.text)
    kiosk = invoice.form("form[action*='/kiosk/']").address
    cast.layla.sign_out()
    httpx.post(kiosk, timeout=60, trust_env=False).raise_for_status()
    stage.teller.say(f"Layla signs out; the bill of {chapter.fee} is paid at a SADAD kiosk")
    began = time.monotonic()
    cast.layla.sign_in()
    return began


_PAYMENTS: dict[str, Callable[[Stage, Cast, Applied, Chapter], float]] = {
    "national": _pay_by_national,
    "sadad": _pay_by_sadad,
    "cards": _pay_by_cards,
}


def _amount(text: str) -> str:
    found = re.search(r"[0-9]+\.[0-9]{3}", text)
    return f"{found[0]} BHD" if found else ""


def _received(stage: Stage, cast: Cast, plot: Plot, applied: Applied, chapter: Chapter) -> None:
    document = replace(cast.layla.receive(applied.application), reference=applied.reference)
    (stage.folder / f"{plot.service}.pdf").write_bytes(document.pdf)
    stage.documents[plot.service] = document
    number = document.number
    chapter.number = number
    stage.teller.say(f"Layla downloads {number}")
    _told(stage, number)
    chapter.verdict = _verified(stage, document, plot.expected)


def _told(stage: Stage, number: str) -> None:
    """Whether the notice is in the sandbox's mail box, by SMS and by mail."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        letters = httpx.get(f"{stage.sandbox}/mailbox.json", timeout=60, trust_env=False).text
        if letters.count(number) >= 2:
            stage.teller.say("an SMS and a mail say that it is ready, with a link")
            return
        time.sleep(0.2)
    raise Lost(f"no notice of {number} by SMS and mail within 30 s")


def _verified(stage: Stage, document: Document, expected: str) -> str:
    anyone = Anyone(site=stage.config.addresses.public_url)
    words = {
        "picture": anyone.by_picture(document.pdf).word,
        "file": anyone.by_file(document.pdf).word,
        "number": anyone.by_number(document.number, document.code),
    }
    if set(words.values()) != {expected}:
        raise Lost(f"{document.number} is {expected}, and anyone reads {words}")
    stage.teller.say(f"anyone verifies it by picture, file and number: {expected}")
    return expected
