"""Settings, every one from the environment; the defaults run on one machine with SQLite.

The README lists the variables. `manage.py check --deploy` tells what production still lacks.
"""

import gc
import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# Starting makes half a million objects that stay: looking through them for garbage all the while took an eighth of it.
gc.set_threshold(20_000, 20, 20)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("ASSAY_DATA_DIR", BASE_DIR / "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)


def flag(name: str, default: bool) -> bool:
    """Read a yes/no variable; anything but 1/true/yes/on is no."""
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Read a comma-separated variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str, file: Path) -> str:
    """Read NAME or the file NAME_FILE names; on a single machine make the file once, readable by its owner."""
    if value := os.environ.get(name):
        return value
    path = Path(os.environ.get(f"{name}_FILE", file))
    if not path.exists():
        if PRODUCTION:
            raise ImproperlyConfigured(f"Set {name} or {name}_FILE: production makes no secrets of its own.")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write(secrets.token_urlsafe(64))
        except FileExistsError:
            pass
    return path.read_text().strip()


PRODUCTION = flag("ASSAY_PRODUCTION", False)
DEBUG = flag("ASSAY_DEBUG", False)
SECRET_KEY = secret("ASSAY_SECRET_KEY", DATA_DIR / "keys" / "secret.key")
ALLOWED_HOSTS = words("ASSAY_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("ASSAY_ORIGINS")
if PRODUCTION and (DEBUG or not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("Production needs ASSAY_HOSTS with real names and ASSAY_DEBUG off.")

INSTALLED_APPS = [
    "risks.apps.RisksConfig",
    "dataflows.apps.DataflowsConfig",
    "controls.apps.ControlsConfig",
    "compliance.registers.apps.RegistersConfig",
    "compliance.releases.apps.ReleasesConfig",
    "compliance.packs.apps.PacksConfig",
    "compliance.timeline.apps.TimelineConfig",
    "compliance.exchange.apps.ExchangeConfig",
    "compliance.assessments.apps.AssessmentsConfig",
    "compliance.artefacts.apps.ArtefactsConfig",
    "compliance.approvals.apps.ApprovalsConfig",
    "compliance.tasks.apps.TasksConfig",
    "compliance.jobs.apps.JobsConfig",
    "compliance.files.apps.FilesConfig",
    "compliance.projects.apps.ProjectsConfig",
    "compliance.accounts.apps.AccountsConfig",
    "compliance.ledger.apps.LedgerConfig",
    "compliance.ui.apps.UiConfig",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "guardian",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "template_partials",
    "django_htmx",
    "django_filters",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "compliance.ui.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "compliance.accounts.middleware.SessionLifetime",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "compliance.ledger.middleware.RequestOrigin",
    "compliance.files.middleware.Disclosures",
    "compliance.projects.middleware.SecondFactor",
]

ROOT_URLCONF = "compliance.urls"
WSGI_APPLICATION = "compliance.wsgi.application"
FORM_RENDERER = "compliance.ui.forms.FormRenderer"
FILTERS_EMPTY_CHOICE_LABEL = "any"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials", "compliance.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "compliance.projects.context.shell",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'assay.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
    }
else:
    # Compiling a query costs PostgreSQL more than any page's query takes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "compliance.accounts.backends.PersonBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "projects:home"
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None

ACCOUNT_ADAPTER = "compliance.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one counts when it is confirmed
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "compliance.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves allow it for localhost only
MFA_TOTP_ISSUER = "Assay"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ASSAY_PROXIES", "0"))
# Whoever approves or manages signs in with a second factor.
ASSAY_REQUIRE_MFA = flag("ASSAY_REQUIRE_MFA", PRODUCTION)

SIMPLE_HISTORY_DATE_INDEX = False  # compliance.ledger indexes a record's rows in their order

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
DATE_FORMAT = "j M Y"
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("ASSAY_STATIC_DIR", DATA_DIR / "static"))
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns about a missing one
NODE_MODULES = Path(os.environ.get("ASSAY_NODE_MODULES", BASE_DIR / "node_modules"))
STATICFILES_DIRS = [
    ("vendor/bootstrap", NODE_MODULES / "bootstrap" / "dist"),
    ("vendor/inter", NODE_MODULES / "inter-ui" / "web"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "compliance.files.hashing.OnDisk",
]
ASSAY_EVIDENCE_MAX_BYTES = int(os.environ.get("ASSAY_EVIDENCE_MAX_BYTES", 500 * 1024 * 1024))
# Files are sealed at rest with the first of these keys; each of them opens (compliance/files/README.md).
_files_key = Path(os.environ["ASSAY_FILES_KEY_FILE"]).read_text() if "ASSAY_FILES_KEY_FILE" in os.environ else ""
ASSAY_FILES_KEYS = [one.strip() for one in os.environ.get("ASSAY_FILES_KEY", _files_key).split(",") if one.strip()]
# A virus scanner that reads a file on its standard input: exit code 0 is clean, 1 infected.
ASSAY_SCAN_COMMAND = os.environ.get("ASSAY_SCAN_COMMAND", "")
ASSAY_SCAN_SECONDS = int(os.environ.get("ASSAY_SCAN_SECONDS", "120"))

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["ASSAY_CACHE_URL"]}
    if "ASSAY_CACHE_URL" in os.environ
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "assay_cache"}
}

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    (DATA_DIR / "queue").mkdir(exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT = "compliance.jobs.folder:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "queue"),
        "polling_interval": 0.1,
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "compliance.jobs.sweep", "schedule": 10.0},
    "expire-permissions": {"task": "compliance.projects.expire_permissions", "schedule": 300.0},
    "seal-ledger": {"task": "compliance.ledger.seal", "schedule": 1.0},
    "timestamp-ledger": {"task": "compliance.ledger.timestamp", "schedule": 60.0},
    "sweep-files": {"task": "compliance.files.sweep", "schedule": 3600.0},
    "continue-requests": {"task": "controls.continue_requests", "schedule": 3600.0},
    "watch-drift": {"task": "dataflows.watch_drift", "schedule": 300.0},
    "evaluate-triggers": {"task": "risks.evaluate_triggers", "schedule": 900.0},
    "remind": {"task": "compliance.tasks.remind", "schedule": 900.0},
    "mail-checkpoints": {"task": "compliance.projects.mail_checkpoints", "schedule": 60.0},
}

# The ledger: who signs it, and with what (compliance/ledger/README.md).
ASSAY_LEDGER_ORIGIN = os.environ.get("ASSAY_LEDGER_ORIGIN", "assay.local/ledger")
ASSAY_SIGNING_KEY_FILE = Path(os.environ.get("ASSAY_SIGNING_KEY_FILE", DATA_DIR / "keys" / "ledger.key"))
# An outside authority that time-stamps checkpoints and packs (RFC 3161), with the certificates its tokens lead to.
ASSAY_TIMESTAMP_URL = os.environ.get("ASSAY_TIMESTAMP_URL", "")
ASSAY_TIMESTAMP_CERTIFICATES = os.environ.get("ASSAY_TIMESTAMP_CERTIFICATES", "")
ASSAY_TIMESTAMP_MINUTES = int(os.environ.get("ASSAY_TIMESTAMP_MINUTES", "60"))

SESSION_ENGINE = "compliance.accounts.sessions"
SESSION_COOKIE_AGE = 8 * 3600
ASSAY_SESSION_HOURS = int(os.environ.get("ASSAY_SESSION_HOURS", "12"))  # signed in for at most so long, used or not
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = flag("ASSAY_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

EMAIL_BACKEND = os.environ.get("ASSAY_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
# Where people reach this installation: the beginning of every address in a mail and a calendar.
ASSAY_URL = os.environ.get("ASSAY_URL", "http://localhost:8000").rstrip("/")
DEFAULT_FROM_EMAIL = os.environ.get("ASSAY_FROM_EMAIL", "assay@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ASSAY_LOG_LEVEL", "INFO")},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        # The clock ticks every second: say what fails, not every tick.
        **{name: {"level": "WARNING"} for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")},
    },
}
