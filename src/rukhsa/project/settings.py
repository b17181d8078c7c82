"""Django's settings for the portal, the desk, the API and the worker."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.utils.csp import CSP
from whitenoise.compress import Compressor

from rukhsa import shipped
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import Territory, read_territory
from rukhsa.project import rehearsal
from rukhsa.project.buffering import LARGEST_BODY
from rukhsa.project.config import Config, ConfigError, Environment, config
from rukhsa.project.databases import database


def territory_of(config: Config) -> Territory:
    """The territory that is served; raises ConfigError if it cannot be read."""
    try:
        return read_territory(config.territory_folder)
    except FileNotFoundError:
        raise ConfigError(
            f"There is no territory.yaml in {config.territory_folder}: see RUKHSA_TERRITORY."
        ) from None
    except DefinitionRefused as refused:
        told = "\n".join(problem.in_language("en") for problem in refused.problems)
        raise ConfigError(f"The territory cannot be used:\n{told}") from None


CONFIG = config()

RUKHSA_PROCESS = "command"  # what the process is, in logs and metrics
RUKHSA_COUNTS_APART = False  # whether verdicts are counted by a thread of their own
SECRET_KEY = CONFIG.secret_key
SECRET_KEY_FALLBACKS = list(CONFIG.secret_key_fallbacks)
DEBUG = False
ALLOWED_HOSTS = [urlsplit(CONFIG.addresses.portal_url).hostname or ""]
if not CONFIG.in_production:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]

ROOT_URLCONF = "rukhsa.project.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS = [
    *rehearsal.apps(CONFIG),
    "rukhsa.project",
    "rukhsa.web",
    "rukhsa.figures",
    "rukhsa.delivery",
    "rukhsa.verification",
    "rukhsa.personal",
    "rukhsa.correspondence",
    "rukhsa.violations",
    "rukhsa.batches",
    "rukhsa.rounds",
    "rukhsa.issuance",
    "rukhsa.reconciliation",
    "rukhsa.payments",
    "rukhsa.review",
    "rukhsa.applications",
    "rukhsa.catalogue",
    "rukhsa.places",
    "rukhsa.staff",
    "rukhsa.consents",
    "rukhsa.mandates",
    "rukhsa.feedback",
    "rukhsa.operations",
    "rukhsa.audit",
    "rukhsa.authorities",
    "rukhsa.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # the page of passkeys shows dates with it
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "rukhsa.project.access_log.AccessLog",
    "rukhsa.project.rotation.TakeSecrets",
    "rukhsa.web.edge.PlainHttp",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rukhsa.web.edge.Compression",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rukhsa.web.preferences.Language",
    "rukhsa.web.first_visit.FirstVisit",
    "rukhsa.web.edge.Keeping",
    "rukhsa.web.field_device.Devices",
    "rukhsa.web.intake.Intake",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rukhsa.staff.session.Sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rukhsa.web.edge.Edge",
    "rukhsa.web.desk.purposes.AskPurpose",
    "rukhsa.web.freshness.Freshness",
    "rukhsa.web.file_budget.ByPerson",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rukhsa.web.preferences.page_context",
            ],
        },
    },
]

RUKHSA_TERRITORY = CONFIG.territory_folder
TERRITORY = territory_of(CONFIG)

DATABASES = {"default": database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "rukhsa.staff.password.Varied"},
    {"NAME": "rukhsa.staff.password.NotKnownToThieves"},
    {"NAME": "rukhsa.staff.password.NotOfThePlace"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name_en", "name_ar")},
    },
]
if CONFIG.environment is Environment.TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if CONFIG.environment is Environment.DEVELOPMENT and rehearsal.is_installed():
    PASSWORD_HASHERS = rehearsal.password_hashers(CONFIG)

_OWN_NAMES = {"ar": "العربية", "en": "English"}  # each in its own words
LANGUAGES = [(code, _OWN_NAMES[code]) for code in TERRITORY.languages]
LANGUAGE_CODE = TERRITORY.languages[0]
LOCALE_PATHS = [shipped.PACKAGE / "web" / "locale"]
FORMAT_MODULE_PATH = ["rukhsa.web.formats"]
TIME_ZONE = TERRITORY.time_zone
USE_TZ = True

NODE_MODULES = shipped.NODE_MODULES
STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.data / "static"
STATICFILES_DIRS = [
    (f"vendor/{name}", NODE_MODULES / folder)
    for name, folder in shipped.SERVED.items()
    if (NODE_MODULES / folder).is_dir()
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "rukhsa.web.look.LookFinder",
]
RUKHSA_LOOK = CONFIG.data / "look"  # style sheet and fonts, made from the packages
# Source maps are for developers; compressing them takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
MEDIA_ROOT = CONFIG.data / "files"

# Issuing: the folder of the index of keys, and of their secrets if these are files, and that of the public files.
RUKHSA_KEYS = CONFIG.data / "keys"
RUKHSA_PKCS11_MODULE = CONFIG.pkcs11_module
RUKHSA_PKCS11_PIN_FILE = CONFIG.pkcs11_pin_file
RUKHSA_SIGNER_SOCKET = CONFIG.signing.socket
RUKHSA_CAPS = CONFIG.signing.caps
# Settings that web processes, and workers with a signer, must not have.
KEPT_FROM_OTHERS = ("RUKHSA_KEYS", "RUKHSA_PKCS11_MODULE", "RUKHSA_PKCS11_PIN_FILE")
RUKHSA_PUBLIC, RUKHSA_S3 = CONFIG.storing.public, CONFIG.storing.account
RUKHSA_GROUND = CONFIG.data / "ground"  # the tiles under the map
RUKHSA_WITNESSES = CONFIG.witnesses
RUKHSA_TSA = CONFIG.time_stamping
RUKHSA_FAULT_POINT = CONFIG.fault_point
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if CONFIG.environment is Environment.TEST
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": CONFIG.storing.storage,
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # a form without its files
RUKHSA_LARGEST_BODY = LARGEST_BODY

# A form of ours may redirect to these: browsers apply form-action to redirects too.
_SENT_ON_TO = sorted(
    {
        f"{address.scheme}://{address.netloc}"
        for address in map(
            urlsplit,
            filter(None, (CONFIG.national.url, CONFIG.sadad.url, CONFIG.cards.url, CONFIG.ekey.issuer)),
        )
    }
)
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE, CSP.WASM_UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.NONCE],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF, "blob:"],
    "frame-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF, *_SENT_ON_TO],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
}
X_FRAME_OPTIONS = "SAMEORIGIN"  # the desk shows an applicant's files in its own page
SECURE_REFERRER_POLICY = "same-origin"
# With this prefix no other host, and no page without TLS, can set these cookies (RFC 6265bis).
OVER_HTTPS = CONFIG.addresses.portal_url.startswith("https://")
_OF_THIS_HOST = "__Host-" if OVER_HTTPS else ""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = OVER_HTTPS
SESSION_COOKIE_NAME = f"{_OF_THIS_HOST}rukhsa-session"
CSRF_COOKIE_NAME = f"{_OF_THIS_HOST}rukhsa-csrf"
LANGUAGE_COOKIE_NAME = f"{_OF_THIS_HOST}rukhsa-language"
TEXT_SIZE_COOKIE_NAME = f"{_OF_THIS_HOST}rukhsa-text-size"
MESSAGE_COOKIE_NAME = f"{_OF_THIS_HOST}rukhsa-messages"
MESSAGE_STORAGE = "rukhsa.web.message.Messages"
DEVICE_COOKIE_NAME = f"{_OF_THIS_HOST}rukhsa-device"  # by which a browser is recognised (staff/device.py)
CSRF_TRUSTED_ORIGINS = [CONFIG.addresses.portal_url]
if OVER_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if CONFIG.in_production:
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]

# Each adapter is named by its dotted path; the other values are its options.
PAYMENT_GATEWAYS = {
    "national": {"adapter": "rukhsa.payments.gateways.national.NationalGateway", **asdict(CONFIG.national)},
    "sadad": {"adapter": "rukhsa.payments.gateways.sadad.SadadGateway", **asdict(CONFIG.sadad)},
    "cards": {"adapter": "rukhsa.payments.gateways.cards.CardsGateway", **asdict(CONFIG.cards)},
}

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": CONFIG.mail.host,
            "port": CONFIG.mail.port,
            "username": CONFIG.mail.user,
            "password": CONFIG.mail.password,
            "use_tls": CONFIG.mail.tls,
            "timeout": 10,
        },
    }
}
DEFAULT_FROM_EMAIL = CONFIG.mail.sender

# Sign-in: applicants by eKey, staff by password and a second proof of identity.
CSRF_FAILURE_VIEW = "rukhsa.web.edge.form_expired"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rukhsa.staff.sign_in.SignIn"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = (
    False  # allauth counts in one process; rukhsa/staff/limit.py counts for all processes
)
ACCOUNT_FORMS = {"login": "rukhsa.staff.sign_in.StaffSignIn"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SOCIALACCOUNT_ADAPTER = "rukhsa.accounts.ekey.EkeyAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "ekey",
                "name": "eKey",
                "client_id": CONFIG.ekey.client_id,
                "secret": CONFIG.ekey.client_secret,
                "settings": {"server_url": CONFIG.ekey.issuer},
            }
        ],
    }
}
MFA_ADAPTER = "rukhsa.accounts.second_factor.FactorAdapter"
MFA_FORMS = {
    "authenticate": "rukhsa.staff.factor.CodeAtSignIn",
    "reauthenticate": "rukhsa.staff.factor.CodeOnceMore",
    "add_webauthn": "rukhsa.staff.factor.Passkey",
    "login_webauthn": "rukhsa.staff.factor.PasskeyAtSignIn",
    "authenticate_webauthn": "rukhsa.staff.factor.PasskeyAfterPassword",
    "reauthenticate_webauthn": "rukhsa.staff.factor.PasskeyOnceMore",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey requires a fingerprint, the face or a PIN
# Without https, browsers allow passkeys on the same machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.in_production

PROCRASTINATE_ON_APP_READY = "rukhsa.project.worker_ready.prepare"
PROCRASTINATE_IMPORT_PATHS = [  # tasks outside the `tasks.py` of a room
    "rukhsa.journey",
    "rukhsa.sweeps",
    "rukhsa.digest",
    "rukhsa.service_status",
    "rukhsa.issuance.papers",
    "rukhsa.issuance.publishing",
    "rukhsa.issuance.time_stamp",
    "rukhsa.issuance.witnesses",
    "rukhsa.delivery.notice",
    "rukhsa.violations.party_notice",
    "rukhsa.review.sitting_papers",
    "rukhsa.verification.webhook",
    "rukhsa.figures.open_data",
    "rukhsa.figures.upkeep",
    "rukhsa.staff.letter",
    "rukhsa.consents.request",
    "rukhsa.batches.submitting",
    "rukhsa.applications.signing_message",
    "rukhsa.project.stalled_jobs",
]

# Messages contain no arguments of requests, since an address or a form may hold a person's name.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}{trace}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",  # with the time zone, so that machines in two zones agree
            "style": "{",
        },
        "json": {"format": "{message}", "style": "{"},
    },
    "filters": {
        "failures": {"()": "rukhsa.project.failures.Failures"},
        "strangers": {"()": "rukhsa.project.failures.Strangers"},
        "traced": {"()": "rukhsa.project.failures.Traced"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["strangers", "traced"]},
        # In development the lines would interrupt those that `rukhsa setup` prints.
        "security": {
            "class": "logging.NullHandler"
            if CONFIG.environment is Environment.DEVELOPMENT
            else "logging.StreamHandler",
            "formatter": "json",
        },
        "access": {"class": "logging.StreamHandler", "formatter": "json"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "rukhsa": {"level": "INFO"},
        "rukhsa.security": {"handlers": ["security"], "propagate": False},  # one JSON object a line
        "rukhsa.access": {
            "handlers": ["access"],
            "level": "INFO" if CONFIG.observation.access_log else "CRITICAL",
            "propagate": False,
        },
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A refused form or a missing page is no fault of ours.
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        # Logs the outcome of jobs, at a level that the filter decides; its child logger is the worker's own.
        "procrastinate.worker": {"level": "INFO", "filters": ["failures"]},
        "procrastinate.worker.worker": {"level": "WARNING"},
    },
}
