"""Links of invitations: used twice, bent, of another secret, with a weak password, and what they open alone."""

import re

from tests.attack.ground import Ground
from tests.attack.tries import Tries, answered, kind

GOOD = "four words nobody knows"
GONE = 410


@kind(
    tried="a genuine invitation's link: bent, with weak and stolen passwords, a second time, ended by a newer one;"
    " the desk with what it opens alone",
    must="410, or asked again; the desk stays shut until a second factor is there", tries=23, controls=3,
    since="security 6",
)  # fmt: skip
def invitations(ground: Ground) -> Tries:
    older, link = ground.invited("newcomer@attack.example"), ground.invited("newcomer@attack.example")
    answer = ground.stranger().get(older)
    yield answered("the link of before", answer, must="410", holds=answer.status_code == GONE)
    token = link.rpartition("/")[2]
    bent = [
        token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1], token + "x", token.upper(), token.swapcase(),
    ]  # fmt: skip
    bent += [
        re.sub("^.", "0" if token[0] != "0" else "1", token), token.partition(":")[0], token.replace(":", "::"),
    ]  # fmt: skip
    for each in bent:
        answer = ground.stranger().get(f"/desk/welcome/{each}")
        yield answered(f"bent: {each[-12:]}", answer, must="410", holds=answer.status_code in (GONE, 404))
    for _ in range(2):
        looked = ground.stranger().get(link)
        yield answered("looked at", looked, must="opens", holds=looked.status_code == 200, control=True)
    for weak in (
        "", "a", "short", "password", "123456789012345", "aaaaaaaaaaaaaaa", "newcomer@attack.example", " " * 20,
        "زز" * 12,
    ):  # fmt: skip
        answer = ground.stranger().post(link, {"password": weak})
        yield answered(
            f"password {weak!r}", answer, must="asked again", holds=answer.status_code in (200, 422)
        )
    browser = ground.stranger()
    used = browser.post(link, {"password": GOOD})
    yield answered("a good password", used, must="opens", holds=used.status_code == 302, control=True)
    for path in ("/desk/queue/", "/desk/instruments/", "/desk/staff/"):
        answer = browser.get(path)
        shut = answer.headers.get("Location", "").startswith(("/desk/proofs", "/desk/sign-in"))
        yield answered(
            f"without a factor: {path}", answer, must="shut", holds=shut or answer.status_code == 403
        )
    for answer in (ground.stranger().get(link), ground.stranger().post(link, {"password": f"{GOOD} again"})):
        yield answered("a second time", answer, must="410", holds=answer.status_code == GONE)
