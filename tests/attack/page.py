"""docs/security/attacks.md: the table of what `make attack` tries, written by `make attack ARGS=--write-docs`."""

from rukhsa.project.config import PROJECT
from tests.attack import every
from tests.attack.tries import Kind

PAGE = PROJECT / "docs/security/attacks.md"

_HEAD = """# What was tried in vain

`make attack` starts a deployment with all its processes and sends it what stands below, most of it through the doors that anyone has. Written by `make attack ARGS=--write-docs`; `tests/attack/test_page.py` keeps it true. Each kind has a module in `tests/attack/`; some kinds alone: `make attack ARGS="pictures notices"`.

A try is counted as **through** where it succeeded, and as an **error of ours** where a page failed (5xx without `Retry-After`), told something of our insides or did not answer. While all of it runs, the verifier is asked for its health and for the verdict on a genuine text several times a second, and the longest wait stands in the last line. At the end every process that was there must still be there, none may ever have held more than {bound} MB, the log must have no traceback, and `rukhsa fsck` no fault.

**Controls** are the same tries where they must succeed: the officer of the authority opens the case, the genuine file is valid, the harmless PDF is taken. A kind whose control fails makes the command red, as a try does that came through.

{tries} tries and {controls} controls in {kinds} kinds:

| kind | what is tried | tries | controls | what must hold | since |
|---|---|---|---|---|---|
{rows}

"Since" names the review or decision that asked for it: *security* and *inputs* are the two reviews of November 2026 before the first release, with the number of their finding.

## What came through when it was first tried
Mended since, each with a test of its own:
{mended}
## What is not tried here
{missing}"""

_MENDED = (
    "caps: the signer's role could not keep the alarm of a cap that was reached: nothing was signed, and no one was notified.",
    "files-disguised: a program or an archive with a PDF within its first kilobyte was taken as a PDF.",
    "requests-bent: a body in chunks that are none was answered with 500.",
    "addresses: each request for a foreign host wrote twenty lines of traceback into the log.",
    "invitations: twenty spaces were taken as a password.",
)

_MISSING = (
    "Browsers: scripts, the service worker and the page's own reader are tried by `tests/web/public` and `tests/browser`.",
    "TLS, and floods that fill a line or a machine: they are for the proxy and its operator"
    " ([production](../operating/production.md#the-proxy)).",
    "Timing: whether an absent and a wrong answer take equally long is not measured; that both ask the database the same is"
    " held by `test_a_wrong_code_and_an_absent_number_ask_the_database_the_same`.",
    "Attackers who have the server, the database or a key: see [the threat model](../threat-model.md) and `tests/rooms/issuance/signer`.",
    "Faults of the machine and of gateways: `make faults`. Random bytes to the verifier's library: `make fuzz`.",
    "Passkeys, since no authenticator answers here; `tests/browser/test_passkeys.py` has them.",
)


def written() -> str:
    """The page as the kinds are now."""
    from tests.attack.deployment import BOUND

    kinds = every.KINDS.values()
    return _HEAD.format(
        bound=BOUND,
        tries=sum(each.tries for each in kinds),
        controls=sum(each.controls for each in kinds),
        kinds=len(kinds),
        rows="\n".join(_row(each) for each in kinds),
        mended="".join(f"- {each}\n" for each in _MENDED),
        missing="".join(f"- {each}\n" for each in _MISSING),
    )


def _row(each: Kind) -> str:
    return f"| {each.name} | {each.tried} | {each.tries} | {each.controls} | {each.must} | {each.since} |"
