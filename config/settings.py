"""Every setting, from the environment; in production a missing one stops the start.

`GRAPEVINE_MODE` is production (the default), development or test. `manage.py` and the commands of the
Makefile set it for development; the table of variables is in README.md.
"""

import re
from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet, MultiFernet
from csp.constants import NONE, SELF
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from config.api import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 (they are settings)
from config.lib.logs import logging_to_console
from config.schedule import BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ── What mode, and is everything there ────────────────────────────────────────────────────────────────

MODE = env("GRAPEVINE_MODE", default="production")
IN_PRODUCTION = MODE == "production"
IN_TESTS = MODE == "test"
REQUIRED = ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "LOOKUP_HASH_KEY"]
REQUIRED_IN_PRODUCTION = ["BROKER_URL", "ALLOWED_HOSTS"]

if MODE not in {"production", "development", "test"}:
    raise ImproperlyConfigured(f"GRAPEVINE_MODE is {MODE!r}; it can be production, development or test.")
missing = [name for name in REQUIRED + REQUIRED_IN_PRODUCTION * IN_PRODUCTION if not env(name, default="")]
if missing:
    raise ImproperlyConfigured(f"GRAPEVINE_MODE is {MODE}, and these variables are not set: {', '.join(missing)}.")

# ── Security ──────────────────────────────────────────────────────────────────────────────────────────

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS")
LOOKUP_HASH_KEY = env("LOOKUP_HASH_KEY")
LOOKUP_HASH_KEY_FALLBACKS: list[str] = env.list("LOOKUP_HASH_KEY_FALLBACKS", default=[])
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure"):
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters.")
if not all(re.fullmatch(r"[0-9a-fA-F]{64}", key) for key in [LOOKUP_HASH_KEY, *LOOKUP_HASH_KEY_FALLBACKS]):
    raise ImproperlyConfigured("LOOKUP_HASH_KEY must be 64 hexadecimal digits (32 random bytes).")
try:
    MultiFernet([Fernet(key) for key in FIELD_ENCRYPTION_KEYS])
except ValueError as error:
    raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS must be Fernet keys, with commas between: {error}") from None

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", ".localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
# Scripts, styles and frames are our own files; pictures may come from merchants' sites.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "https:", "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
if IN_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ── Apps and middleware ───────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "config",
    "referrals",
    "credits",
    "rewards",
    "fulfillment",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    *["config.lib.metering.MeterMiddleware"] * bool(env("PROMETHEUS_MULTIPROC_DIR", default="")),  # It costs a little.
    "config.lib.requests.RequestIdMiddleware",
    "config.lib.problems.ProblemMiddleware",
    "config.lib.requests.LegibleMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "referrals.views.whose.WhoseMiddleware",
    "fulfillment.views.language.LanguageMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["config.lib.uploads.CappedUploadHandler", *global_settings.FILE_UPLOAD_HANDLERS]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.whose_pages",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── PostgreSQL and Redis ──────────────────────────────────────────────────────────────────────────────

STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=60_000)
# How long a process waits for an answer of PostgreSQL by its own clock; only web processes do not wait for ever.
DATABASE_DEADLINE_SECONDS = env.float("DATABASE_DEADLINE_SECONDS", default=None)
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "config.lib.postgresql",
    "CONN_MAX_AGE": None,
    "ATOMIC_REQUESTS": False,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 2,
        # Money is never acknowledged before it is on disk, whatever the server's default says.
        "options": f"-c synchronous_commit=on -c statement_timeout={STATEMENT_TIMEOUT_MS}"
        " -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
        # What is prepared is planned once a connection, for lists of any length: looks into indexes, at any size.
        " -c plan_cache_mode=force_generic_plan",
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "grapevine",
        "OPTIONS": {
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            # A frozen cache may cost a request a quarter of a second, never more.
            "SOCKET_CONNECT_TIMEOUT": 0.25,
            "SOCKET_TIMEOUT": 0.25,
        },
    }
}

# ── What we post to others ────────────────────────────────────────────────────────────────────────────

# Webhooks go to public addresses only. Development and tests may let them reach a server on this very machine.
OUTBOUND_LOOPBACK_ALLOWED = env.bool("OUTBOUND_LOOPBACK_ALLOWED", default=False)
if OUTBOUND_LOOPBACK_ALLOWED and IN_PRODUCTION:
    raise ImproperlyConfigured("OUTBOUND_LOOPBACK_ALLOWED is for development: webhooks could reach what listens here.")

# ── Celery: rows are the queue, a message is only a nudge ─────────────────────────────────────────────

CELERY_BROKER_URL = env("BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": env.float("BROKER_DEADLINE_SECONDS", default=30),
    "socket_connect_timeout": min(5, env.float("BROKER_DEADLINE_SECONDS", default=30)),
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
# What talks to other people's servers waits for them: it has workers of its own, and evaluation does not wait too.
CELERY_TASK_ROUTES = {
    f"fulfillment.tasks.{name}": {"queue": "outbound"} for name in ("read_events", "send_webhooks", "send_messages")
}

PURCHASES_BUS_URL = env("PURCHASES_BUS_URL", default=CELERY_BROKER_URL)
PURCHASES_BUS_QUEUE = env("PURCHASES_BUS_QUEUE", default="purchases")
PURCHASES_BUS_REDELIVERY_SECONDS = env.int("PURCHASES_BUS_REDELIVERY_SECONDS", default=60)

# ── People who sign in ────────────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "referrals.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
hashers = ["MD5"] if IN_TESTS else ["Argon2", "PBKDF2"]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in hashers]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # Without a password, people sign in by a code.
ACCOUNT_FORMS = {"signup": "rewards.forms.joining.SignUpForm"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Nobody is anybody's customer before the e-mail is verified; that is also why no answer tells who is one.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # In the browser that signed up; elsewhere people sign in.
ACCOUNT_ADAPTER = "rewards.views.accounts.AccountAdapter"
MFA_ADAPTER = "config.lib.accounts.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Grapevine"
# Staff open the admin with a second factor; only where nothing is at stake may they do without.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=IN_PRODUCTION)
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # A stranger must not make us write to any address they type.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key"}  # The key is the e-mail; other limits are allauth's.
# X-Forwarded-For is believed only as far as there are proxies of ours; otherwise whoever sends it has as many
# addresses as they like, and no limit.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
HEADLESS_ADAPTER = "config.lib.accounts.AppAdapter"
HEADLESS_CLIENTS = ("app",)  # Apps sign in for a token; browsers have the pages, and no second door with their cookies.

# ── Mail, SMS and web push ────────────────────────────────────────────────────────────────────────────

# In development mail lies in a folder, and a page shows it, unless there is a server for it.
DEV_MAIL_FOLDER = BASE_DIR / ".devstack/mail" if MODE == "development" and not env("EMAIL_URL", default="") else None
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if DEV_MAIL_FOLDER:
    EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", DEV_MAIL_FOLDER
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="grapevine@localhost")
# Where the pages are, for links in mail; a merchant's own host takes the place of this one.
PUBLIC_URL = env("PUBLIC_URL", default="http://localhost:8000")
SMS_URL = env("SMS_URL", default="")
SMS_SENDER = env("SMS_SENDER", default="")
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY", default="")

# ── gRPC ───────────────────────────────────────────────────────────────────────────────────────────────

GRPC_ADDRESS = env("GRPC_ADDRESS", default="127.0.0.1:50051")

# ── Files, language, logs ─────────────────────────────────────────────────────────────────────────────

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".staticfiles"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
if IN_PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

LANGUAGE_CODE, TIME_ZONE = "en", "UTC"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]

LOGGING = logging_to_console(env("LOG_LEVEL", default="INFO"), as_json=env.bool("LOG_JSON", default=IN_PRODUCTION))
