"""Django's settings for the verifier: the product without sessions and cookies."""

from urllib.parse import urlsplit

from rukhsa.project.config import without_keys
from rukhsa.project.databases import limited
from rukhsa.project.settings import *  # noqa: F403
from rukhsa.project.settings import ALLOWED_HOSTS as PORTAL_HOSTS
from rukhsa.project.settings import CONFIG, DATABASES, INSTALLED_APPS, KEPT_FROM_OTHERS, TEMPLATES
from rukhsa.web.public.page_policy import POLICY

CONFIG = without_keys(CONFIG)
# Texts and files are answered without the database: what asks it gives up soon.
_OPTIONS = DATABASES["default"]["OPTIONS"]
_POOL = {"pool": _OPTIONS["pool"] | {"timeout": 1}} if "pool" in _OPTIONS else {}
DATABASES = {"default": limited(DATABASES["default"], connect_timeout=1, **_POOL)}
for _name in (*KEPT_FROM_OTHERS, "RUKHSA_SIGNER_SOCKET"):
    del globals()[_name]

# There is no sign-in here, so nothing of it is loaded.
NOT_HERE = (
    "allauth",
    "rukhsa.staff",
    "django.contrib.sessions",
    "django.contrib.messages",
)

ROOT_URLCONF = "rukhsa.project.urls_public"
ALLOWED_HOSTS = [urlsplit(CONFIG.addresses.public_url).hostname or "", *PORTAL_HOSTS[1:]]
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith(NOT_HERE)]
RUKHSA_PROCESS = "verifier"
RUKHSA_COUNTS_APART = True
MIDDLEWARE = [
    "rukhsa.project.access_log.AccessLog",
    "rukhsa.project.rotation.TakeSecrets",
    "rukhsa.web.edge.PlainHttp",
    "django.middleware.security.SecurityMiddleware",
    "rukhsa.web.edge.Compression",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "rukhsa.web.public.headers.keep_apart",
    "rukhsa.web.edge.Keeping",
    "rukhsa.web.public.page.Intake",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rukhsa.web.file_budget.ByQuestion",
]
# A new list, since tests load these settings beside the portal's.
TEMPLATES = [
    TEMPLATES[0]
    | {
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
            ]
        }
    }
]
SECURE_CSP = POLICY
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # set for each page (web/public/headers.py)
