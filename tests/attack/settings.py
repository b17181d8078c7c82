"""Settings that production must refuse: each weak one alone, in an environment that is otherwise complete."""

from rukhsa.project.config import ConfigError, read
from tests.attack.ground import Ground
from tests.attack.tries import Tries, Try, judged, kind
from tests.project.test_config import HTTPS, PRODUCTION

ADDRESSES = (
    "http://outside.example", "ftp://outside.example", "outside.example", "https://", "https://127.0.0.1:8002/x",
    "https://localhost/x", "https://[::1]/x",
)  # fmt: skip
KEYS = (
    "x", "short-" * 6, "abc" * 16, "django-insecure-" + "0123456789abcdefghijklmnopqrstuvwxyz", "0" * 64,
    "development-only-and-known-to-everybody",
)  # fmt: skip
OTHERS = {
    "RUKHSA_MAIL_TLS": "no", "RUKHSA_NO_SUCH_THING": "1", "RUKHSA_FAULTPOINT": "x", "RUKHSA_ENVIRONMENT": "prod",
    "RUKHSA_TRUSTED_PROXIES": "everybody", "RUKHSA_SIGNATURES_AN_HOUR": "many", "RUKHSA_PORTAL_PORT": "99999",
    "DATABASE_URL": "postgresql://database/rukhsa",
}  # fmt: skip


@kind(
    tried="production without a setting it needs, with http, with this machine, with weak and known keys, with"
    " values of the sandbox, with a database in the clear",
    must="the process does not start and names the setting",
    tries=len(PRODUCTION) - 1 + len(HTTPS) * len(ADDRESSES) + 2 * len(KEYS) + len(OTHERS) + 1,
    controls=1,
    since="security 10",
)
def settings(ground: Ground) -> Tries:
    del ground  # these are read as a process reads them at its start; tests/project starts such processes
    yield _started("complete", PRODUCTION, "", control=True)
    for name in PRODUCTION:
        if name != "RUKHSA_ENVIRONMENT":
            yield _started(f"without {name}", {k: v for k, v in PRODUCTION.items() if k != name}, name)
    for name in HTTPS:
        for address in ADDRESSES:
            yield _started(f"{name}={address}", PRODUCTION | {f"RUKHSA_{name}": address}, name)
    for key in KEYS:
        yield _started(f"SECRET_KEY={key[:12]}", PRODUCTION | {"RUKHSA_SECRET_KEY": key}, "SECRET_KEY")
        yield _started(
            f"a key of before: {key[:12]}", PRODUCTION | {"RUKHSA_SECRET_KEY_FALLBACKS": key}, "SECRET_KEY"
        )
    for name, value in OTHERS.items():
        yield _started(f"{name}={value}", PRODUCTION | {name: value}, name)
    yield _started("no environment named", {}, "RUKHSA_ENVIRONMENT")


def _started(sent: str, environment: dict[str, str], named: str, *, control: bool = False) -> Try:
    try:
        read(environment)
    except ConfigError as refused:
        return judged(
            sent,
            str(refused)[:80],
            must="refused by name",
            holds=not control and named in str(refused),
            control=control,
        )
    return judged(sent, "started", must="refused by name", holds=control, control=control)
