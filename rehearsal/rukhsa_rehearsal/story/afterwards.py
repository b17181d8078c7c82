"""What happens to documents later: superseded, closed, suspended, revoked, expired, forged; and old paper."""

import time
from datetime import date, timedelta
from pathlib import Path

import httpx

from rukhsa.trust import qr, seal
from rukhsa.trust.keys import MemorySigner
from rukhsa_rehearsal.story.anyone import Anyone, read_qr
from rukhsa_rehearsal.story.applicant import Document
from rukhsa_rehearsal.story.stage import Cast, Stage
from rukhsa_rehearsal.story.visitor import Lost

PAPER = "PB-2019-0118"
PATIENCE = 60  # seconds until a change of status is published, on a slow machine too


def play(stage: Stage, cast: Cast) -> None:
    """Play each of these, and verify that every document gets its own verdict."""
    _stamped(stage, cast)
    _superseded(stage)
    _deposits(stage, cast)
    _register(stage)
    _suspended_and_revoked(stage, cast)
    _expired(stage, cast)
    _forged(stage)
    _paper(stage)


def _stamped(stage: Stage, cast: Cast) -> None:
    """The file fetched a moment later has the time stamp of a third party."""
    document = stage.documents["proof-of-residence"]
    anyone = Anyone(site=stage.site)
    until = time.monotonic() + PATIENCE
    while (verdict := anyone.by_file(cast.layla.receive(document.application).pdf)).stamp != "stamped":
        if time.monotonic() > until:
            raise Lost(f"{document.number} is {verdict.stamp}, and should be stamped")
        time.sleep(0.3)
    stage.teller.say(
        "the proof of residence is stamped by a time stamping authority that the trust list names"
    )


def _superseded(stage: Stage) -> None:
    _reads(stage, stage.documents["small-building-permit"], "superseded", "version 1 of the building permit")
    _reads(stage, stage.documents["drawings-amendment"], "superseded", "version 2, closed by the completion")
    permit, completion = stage.documents["drawings-amendment"], stage.documents["building-completion"]
    closed_by = Anyone(site=stage.site).closed_by(permit.number, permit.code)
    if closed_by != completion.number:
        raise Lost(
            f"{permit.number} should be closed by {completion.number}, and is by {closed_by or 'none'}"
        )
    stage.teller.say(f"whoever types its number and code is told: closed by {closed_by}")


def _deposits(stage: Stage, cast: Cast) -> None:
    """The completion freed one deposit; a visit after the issue frees another."""
    excavation, building = stage.documents["excavation-permit"], stage.documents["small-building-permit"]
    cast.yusuf.inspect_all(excavation.reference)
    for document in (building, excavation):
        _told(stage, document.reference, "نردّ تأمين")
    stage.teller.say("the deposits of the building permit and of the excavation are on their way back")


def _told(stage: Stage, *words: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        letters = httpx.get(f"{stage.sandbox}/mailbox.json", timeout=60, trust_env=False).json()
        texts = [str(letter) for letter in letters]
        if any(all(word in text for word in words) for text in texts):
            return
        time.sleep(0.2)
    raise Lost(f"no message says {words}")


def _register(stage: Stage) -> None:
    entries = stage.command("addresses", "324")
    number = stage.documents["address-change"].number
    if number not in entries:
        raise Lost(f"the register does not have the new address: {entries}")
    stage.teller.say(f"the register of addresses has the new address, by {number}")


def _suspended_and_revoked(stage: Stage, cast: Cast) -> None:
    document = stage.documents["proof-of-residence"]
    cast.salem.change_instrument(document.number, "suspend", "بلاغ قيد التحقق.")
    _reads(stage, document, "suspended", "Salem suspends the proof of residence")
    cast.mariam.change_instrument(document.number, "reinstate", "تبين عدم صحة البلاغ.")
    _reads(stage, document, "valid", "Mariam reinstates it")
    cast.salem.change_instrument(document.number, "revoke", "ثبت انتقال صاحب الشهادة من السكن.")
    cast.mariam.approve_revocation(document.number)
    _reads(stage, document, "revoked", "Mariam revokes it")


def _expired(stage: Stage, cast: Cast) -> None:
    """The works ended early: Mariam corrects the days, and the new version has expired."""
    permit = stage.documents["excavation-permit"]
    start = (date.today() - timedelta(days=20)).isoformat()  # noqa: DTZ011 - a day on the wall
    said = stage.command(
        *("amend", permit.number, "--by", "salem@mun.example", "--as", "mariam@mun.example"),
        *("--reason", "انتهت الأعمال مبكرًا."),
        *("--answer", f"start={start}", "--answer", "days=5"),
    )
    if "expired" not in said:
        raise Lost(f"the amended permit is not over: {said}")
    amended = cast.layla.receive(permit.application)
    (stage.folder / "excavation-permit-amended.pdf").write_bytes(amended.pdf)
    _reads(stage, amended, "expired", "the excavation permit, amended to days that are over")


def _forged(stage: Stage) -> None:
    document = stage.documents["road-works-licence"]
    anyone = Anyone(site=stage.site)
    changed = bytearray(document.pdf)
    changed[len(changed) // 2] ^= 1
    stranger = _sealed_by_a_stranger(document)
    words = {
        "a file with one bit changed": anyone.by_file(bytes(changed)).word,
        "a code with one digit changed": anyone.by_text(_one_digit_changed(read_qr(document.pdf))).word,
        "the same facts under another's key": anyone.by_text(stranger).word,
    }
    if set(words.values()) != {"altered"}:
        raise Lost(f"a forgery was not seen: {words}")
    for forgery in words:
        stage.teller.say(f"{forgery}: altered or forged")


def _one_digit_changed(text: str) -> str:
    middle = len(text) - len(text) // 3
    return text[:middle] + str((int(text[middle]) + 1) % 10) + text[middle + 1 :]


def _sealed_by_a_stranger(document: Document) -> str:
    read = qr.read_qr_text(read_qr(document.pdf))
    genuine = seal.read(read.seal_bytes)
    stranger = MemorySigner.p256()
    signature = stranger.sign(seal.to_be_signed(genuine.claims, stranger.kid))
    return qr.qr_text(read.host, seal.assemble(genuine.claims, stranger.kid, signature, genuine.log_index))


def _paper(stage: Stage) -> None:
    register = Path(__file__).with_name("paper-register.csv")
    mapping = stage.config.territory_folder / "legacy" / "paper-permits.mapping.yaml"
    stage.command("legacy", "import", str(register), "--mapping", str(mapping))
    for day, word in (("2020-12-31", "paper"), ("2021-01-01", "not-accepted")):
        said = stage.command("verify", PAPER, "--at", day)
        if not said.startswith(f"{word}:"):
            raise Lost(f"the paper permit {PAPER} on {day}: {said}")
        stage.teller.say(f"the paper permit {PAPER} on {day}: {said}")


def _reads(stage: Stage, document: Document, word: str, what: str) -> None:
    """Check that picture, file and number get this verdict soon after the change."""
    anyone = Anyone(site=stage.site)
    until = time.monotonic() + PATIENCE
    while True:
        words = {anyone.by_picture(document.pdf).word, anyone.by_file(document.pdf).word}
        # The number is typed last: the page answers a stranger only twenty times a minute.
        if words == {word}:
            words.add(anyone.by_number(document.number, document.code))
        if words == {word}:
            stage.teller.say(f"{what}: anyone reads {word}")
            return
        if time.monotonic() > until:
            raise Lost(f"{what}: {document.number} should read {word}, and reads {words}")
        time.sleep(0.3)
