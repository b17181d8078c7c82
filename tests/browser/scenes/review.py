"""Scenes about deciding: a committee's sitting, two officers, a changed process, and a stalled application."""

from rukhsa_rehearsal.story.visitor import Page
from tests.browser.scenes.players import Players, apply, awaited, path_of, pay, press, works

HOME = {"flat": "12", "building": "1024", "road": "1705", "block": "317"}
WALL = {
    "place": HOME, "parcel": "03-012345", "ownership": "sole", "kind": "masonry", "length": "60", "height": "2.50",
    "on-road": "yes", "mobile": "3600 1234",
}  # fmt: skip
AID = {
    "kind": "rain", "home": HOME, "owned-years": "14", "age": "47", "members": "6", "income": "540.000",
    "mobile": "3600 1234",
}  # fmt: skip
MEMBERS = {"khalid": "grant", "fatima": "grant", "ahmed": "refuse"}


def review(players: Players) -> dict[str, str]:
    """Addresses of pages about who decides, by name."""
    _stalled(players)
    return {**_returned(players), **_committee(players), **_two_officers(players)}


def _returned(players: Players) -> dict[str, str]:
    """An application returned to Layla: the registration is not legible."""
    applied = works(players.layla, turn=3)
    players.salem.take(applied.reference)
    players.salem.return_with(applied.reference, "registration", ILLEGIBLE)
    address = f"/applications/{applied.application}/"
    return {"returned": address, "again": f"{address}review", "term": f"/desk{address}"}


ILLEGIBLE = "صورة السجل غير واضحة، أرفق نسخة أوضح."


def _committee(players: Players) -> dict[str, str]:
    """A sitting at which one application has all votes, and one still needs two."""
    voted, waiting = _wall(players), _wall(players)
    page = players.salem.visitor.open(f"{players.salem.portal}/desk/sittings/")
    sitting = players.salem.visitor.send(page.form("main form").fill(present=_present(players, page)))
    for name, choice in MEMBERS.items():
        _vote(players, name, voted, choice)
    _vote(players, "khalid", waiting, "grant")
    address = path_of(sitting, players.salem.portal)
    return {"sitting": address, "minutes": f"{address}{voted}/", "matter": f"/desk/matters/{waiting}/"}


def _wall(players: Players) -> str:
    applied = apply(players.layla, "boundary-wall-permit", WALL)
    players.examine(applied.reference, **{"approved-height": "2.00", "setback": "yes"})
    return applied.application


def _present(players: Players, page: Page) -> set[str]:
    names = {players.staff[name].member.name.ar for name in MEMBERS}
    labels = page.document.cssselect(".marks label")
    return {each.find("input").get("value") for each in labels if each.text_content().strip() in names}


def _vote(players: Players, name: str, application: str, choice: str) -> None:
    press(players.staff[name], f"/desk/matters/{application}/", "form.act-form", choice=choice)


def _two_officers(players: Players) -> dict[str, str]:
    """What Salem proposed, for Mariam to confirm or not."""
    applied = apply(players.layla, "home-repair-aid", AID)
    players.examine(
        applied.reference, **{"verified-income": "540.000", "other-home": "no", "estimate": "1850.000"}
    )
    page = players.salem.find(applied.reference)
    form = page.form("form[action$='/propose']").fill(outcome="granted", reasons=REASONS)
    players.salem.visitor.send(form)
    return {"two-officers": f"/desk/applications/{applied.application}/"}


REASONS = "الدخل دون الحد، والضرر قائم في السقف كله."


def _stalled(players: Players) -> None:
    """A copy was granted, its original revoked, and only then it was paid: it is stalled."""
    layla = players.layla
    original = layla.receive(players.paid(players.proof("bank")).application)
    copy = apply(
        layla, "certified-copy", {"document": original.number, "reason": "lost", "undertaking": {"yes"}}
    )
    layla.wait_for(copy.application, "a[href$='/pay']")
    players.salem.change_instrument(original.number, "revoke", "ثبت انتقال صاحب الشهادة من السكن.")
    players.mariam.approve_revocation(original.number)
    pay(layla, copy.application)
    stalled = f"{players.salem.portal}/desk/stalled/"
    awaited(lambda: players.salem.visitor.open(stalled).has(".card"), "stall")
