"""Companies and agencies: what belongs to one is absent for the people of another; and the caps of the signer."""

import re
import time

import httpx

from rukhsa_rehearsal.story.applicant import Applied
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, answered, judged, kind

SERVICE = "excavation-permit"
PAGES = (
    "", "documents", "review", "pay", "pay/checking", "pay/link", "document", "document/file", "withdraw",
    "deposit-account", "renew", "anew",
)  # fmt: skip
ACTS = ("review", "withdraw", "pay", "pay/link", "renew", "anew", "deposit-account")
# Who may not: of another company, of both but acting for the other, the same person in her own name, and one whose
# mandate ended while signed in.
STRANGERS = ("other", "both, for the other", "own name", "ended")
CAP = 2  # documents an hour of the authority MUH; `ground.SETTINGS` says so
OVER = 2


@kind(
    tried="applications of a company, by people of another, of both in the other's name, in their own name, and of one"
    " whose mandate ended while signed in",
    must="absent, or refused",
    tries=len(STRANGERS) * (len(PAGES) + len(ACTS) + 1),
    controls=4,
    since="security: IDOR between companies",
)
def between_companies(ground: Ground) -> Tries:
    cookies = ground.companies()
    own = Browser(ground.portal, cookies["own"])
    begun = own.post(f"/services/{SERVICE}/start")
    yield answered("its own: start", begun, must="begun", holds=begun.status_code == 302, control=True)
    found = re.search(r"/applications/([0-9a-f-]{36})/", begun.headers["Location"])
    application = found[1] if found else "none"
    for name in STRANGERS:
        if name == "ended":
            ground.end_mandate()
        browser = Browser(ground.portal, cookies[name])
        for page in PAGES:
            answer = browser.get(f"/applications/{application}/{page}")
            yield answered(f"{name}: GET {page}", answer, must="absent")
        for act in ACTS:
            answer = browser.post(
                f"/applications/{application}/{act}", {"confirm": "yes", "confirmed": "yes"}
            )
            yield answered(f"{name}: POST {act}", answer, must="absent")
        listed = browser.get("/applications/")
        holds = listed.status_code < 500 and application not in listed.text
        yield answered(f"{name}: the list", listed, must="not listed", holds=holds)
    for page in ("", "review"):
        answer = own.get(f"/applications/{application}/{page}", follow_redirects=True)
        yield answered(f"its own: {page}", answer, must="opened", holds=answer.is_success, control=True)
    listed = own.get("/applications/")
    yield answered("its own: the list", listed, must="listed", holds=application in listed.text, control=True)


@kind(
    tried="what one agency was asked, with the application's files, by the officers of another agency and by those of"
    " the authority that are no agency's",
    must="absent, or refused, and no answer is kept",
    tries=2 * 6,
    controls=3,
    since="security: IDOR between agencies",
)
def between_agencies(ground: Ground) -> Tries:
    asked = ground.asked_of_an_agency()
    strangers = {
        "the other agency": asked["other"],
        "finance here, officer elsewhere": ground.scene()["people"]["finance.cap-officer.muh"]["cookies"],
    }
    before = ground.count_of("review.Opinion")
    paths = (f"referrals/{asked['referral']}/", f"files/{asked['file']}", f"files/{asked['file']}/original")
    for name, cookies in strangers.items():
        browser = Browser(ground.portal, cookies)
        for path in paths:
            yield answered(f"{name}: GET {path[:9]}", browser.get(f"/desk/{path}"), must="absent")
        for answer in ("no-objection", "objection"):
            sent = browser.post(f"/desk/{paths[0]}", {"answer": answer, "text": "سبب"})
            yield answered(f"{name}: {answer}", sent, must="absent")
        listed = browser.get("/desk/referrals/")
        holds = listed.status_code < 500 and asked["referral"] not in listed.text
        yield answered(f"{name}: the list", listed, must="not listed", holds=holds)
    own = Browser(ground.portal, asked["own"])
    kept = ground.count_of("review.Opinion")
    yield judged("opinions afterwards", f"{kept - before}", must="none", holds=kept == before, control=True)
    for path in paths[:2]:
        answer = own.get(f"/desk/{path}")
        yield answered(
            f"the agency asked: {path[:9]}", answer, must="opened", holds=answer.is_success, control=True
        )


@kind(
    tried=f"more documents of one authority within an hour than its cap of {CAP}: granted and paid for as usual",
    must="none is signed beyond the cap, /healthz says so, and other authorities go on",
    tries=OVER + 1,
    controls=2,
    since="security 8: caps",
)
def caps(ground: Ground) -> Tries:
    last = ground.issued("MUH")  # one was issued before the first try
    yield judged("within the cap", last.number, must="issued", holds=bool(last.number), control=True)
    over = [ground.paid("MUH") for _ in range(OVER)]
    other = ground.issued("CAP")
    yield judged("another authority", other.number, must="issued", holds=bool(other.number), control=True)
    health = _capped(ground)
    yield answered("/healthz", health, must="said", holds="cap reached" in health.text)
    for applied in over:
        yield judged(applied.reference, "waits", must="not signed", holds=not _is_issued(ground, applied))


def _capped(ground: Ground) -> httpx.Response:
    """What /healthz says once the signer was asked; at the latest after a minute."""
    until = time.monotonic() + 60
    while (
        "cap reached" not in (health := ground.stranger().get("/healthz")).text and time.monotonic() < until
    ):
        time.sleep(0.2)
    return health


def _is_issued(ground: Ground, applied: Applied) -> bool:
    page = ground.george.visitor.open(f"{ground.portal}/applications/{applied.application}/")
    return page.has("a[href$='/document']")
