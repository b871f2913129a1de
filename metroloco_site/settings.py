"""The one settings file. Every `METROLOCO_*` variable is told in the README (a test compares)."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ

from metroloco_site.kit.data_folder import why
from metroloco_site.kit.database_file import database_file
from metroloco_site.kit.network import local_hosts
from metroloco_site.kit.reach import read_origin
from metroloco_site.kit.throwaway_folder import MARK

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- where the installation keeps what it makes -------------------------------------------------
DATA_DIR = Path(env.str("METROLOCO_DATA", default=str(BASE_DIR / ".data"))).resolve()
os.umask(0o077)  # whatever is made here, by any command, is its owner's alone
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(f"Le dossier de données {DATA_DIR} ne peut pas être créé : {why(error)}.") from error
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
DEMO = (DATA_DIR / MARK).is_file()  # `make demo`: an invented class, deleted at the end


def secret_key(path: Path) -> str:
    """The key kept in the data folder, made at the first start and readable by its owner alone."""
    try:
        if not path.exists() or not path.stat().st_size:  # empty: the disk was full
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    except OSError as error:
        raise SystemExit(f"{why(error)} : {path}. Le programme ne démarre pas.") from error
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = env.str("METROLOCO_SECRET_KEY", default="") or secret_key(DATA_DIR / "secret-key")

# --- production from the first start ------------------------------------------------------------
DEBUG = False
HTTPS = env.bool("METROLOCO_HTTPS", default=False)
ORIGIN = read_origin(env.str("METROLOCO_ORIGIN", default=""))  # what students open; "": found out (kit.reach)
# A school network gives addresses, not names: every address of this machine is a name of ours.
ALLOWED_HOSTS = local_hosts(
    *env.list("METROLOCO_HOSTS", default=[]), *filter(None, [urlsplit(ORIGIN).hostname])
)
ROOT_URLCONF = "metroloco_site.urls"
WSGI_APPLICATION = "metroloco_site.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "metroloco_site.kit",
    "metroloco_site.accounts",
    "annexes",
    "lessons",
    "evaluations",
    "metroloco_site.packs",
    "metroloco_site.privacy",
    "metroloco_site.rehearsal",
    "metroloco_site.ops",
]

MIDDLEWARE = [
    "metroloco_site.kit.headers.SafetyHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

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
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["metroloco"]
CRISPY_TEMPLATE_PACK = "metroloco"
CRISPY_FAIL_SILENTLY = False

# --- database -----------------------------------------------------------------------------------
SQLITE = "django.db.backends.sqlite3"
if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": SQLITE, "NAME": str(database_file(DATA_DIR))}}
DATABASES["default"]["CONN_MAX_AGE"] = None  # the thread pool is bounded: a connection a thread, kept
if DATABASES["default"]["ENGINE"] == SQLITE:
    # TRUNCATE and FULL: docs/decisions/0007-journal-mode.md.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # « Enregistré » means on disk, whatever the server's own default is. No value that failed goes into its log.
        options="-c synchronous_commit=on -c log_parameter_max_length_on_error=0",
        # Else each value is written into its statement, and a statement that fails into PostgreSQL's log.
        server_side_binding=True,
        # A network that went silent is a fault within seconds, not a thread that waits for ever.
        connect_timeout=10,  # seconds
        tcp_user_timeout=20_000,  # milliseconds
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:session-open"
LOGIN_REDIRECT_URL = "lessons:runs-list"
LOGOUT_REDIRECT_URL = "lessons:home-read"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- cookies and headers ------------------------------------------------------------------------
CSRF_USE_SESSIONS = True  # so that no cookie is set before joining or signing in
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []
CSRF_FAILURE_VIEW = "metroloco_site.kit.origin.refused"
SESSION_COOKIE_NAME = "enseignant"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a school day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # « no-referrer » would turn Origin into null
X_FRAME_OPTIONS = "DENY"

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [
    path
    for path in (BASE_DIR / ".bundles", ("img", BASE_DIR / "static" / "img"))
    if Path(path[1] if isinstance(path, tuple) else path).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "metroloco_site.kit.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEMO:  # compressing takes seconds, and here nobody comes twice
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
WHITENOISE_MAX_AGE = 3600
FILE_UPLOAD_HANDLERS = [
    "metroloco_site.kit.uploads.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 6_000_000  # bytes: a photograph as it comes is never written down (kit.uploads)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes: all the fields of one student, with room to spare

# --- who answers for the data: on « Vos données », the register sheet and the families' note ----------
# Each may stay empty: the sheets then have a line to fill in by hand.
REGISTER = {
    "controller": env.str("METROLOCO_CONTROLLER", default=""),
    "contact": env.str("METROLOCO_CONTACT", default=""),
    "dpo": env.str("METROLOCO_DPO", default=""),
    "host": env.str("METROLOCO_HOSTING", default=""),
}

# --- French -------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

# --- the server (manage.py serve) ---------------------------------------------------------------
HOST = env.str("HOST", default="0.0.0.0")  # noqa: S104 - a class joins over the local network
PORT = env.int("PORT", default=8000)
WSGI_THREADS = env.int("METROLOCO_THREADS", default=8)

# Everything goes through kit.logs: Django's own handlers (mail, its development server's) are taken away.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "metroloco_site.kit.logs.Sober",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "metroloco_site.kit.logs.Console", "formatter": "plain"}},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "django.server": {"handlers": [], "propagate": True},
        # A refused request is the visitor's to know; its address would name a participant in the log.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
