"""Settings from the environment; with none set, one machine, SQLite and files under ``var/data``.

    QINGYUAN_HOME          folder of everything this installation keeps      (default: <repository>/var/data)
    QINGYUAN_DATABASE_URL  postgresql://user:password@host:port/name         (default: SQLite in QINGYUAN_HOME)
    QINGYUAN_SECRET_KEY    signing key of sessions                           (default: made once, kept in QINGYUAN_HOME)
    QINGYUAN_HOSTS         host names the web process answers to, by comma   (default: localhost)
    QINGYUAN_PUBLIC_URL    address printed in QR codes                       (default: http://localhost:8000)
    QINGYUAN_MAIL          smtp://user:password@host:port for reminders      (default: none, reminders stay on the desk)
    QINGYUAN_MAIL_FROM     sender of reminders                               (default: qingyuan@localhost)
    QINGYUAN_SMS_FOLDER    folder where a short-message gateway fetches       (default: none)
    QINGYUAN_ASSETS        folder of the fetched front-end files             (default: <repository>/var/assets)
    QINGYUAN_WMTS          address of map tiles with {z} {x} {y} and key     (default: none; the bundled shapes are the map)
    QINGYUAN_HTTPS         1 when a proxy in front speaks TLS                (default: 0)
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent
REPOSITORY = BASE_DIR.parent.parent
HOME = Path(os.environ.get("QINGYUAN_HOME", REPOSITORY / "var" / "data"))
QINGYUAN_DATA = HOME / "telemetry"
QINGYUAN_FILES = HOME / "files"
QINGYUAN_PUBLIC_URL = os.environ.get("QINGYUAN_PUBLIC_URL", "http://localhost:8000")
QINGYUAN_WMTS = os.environ.get("QINGYUAN_WMTS", "")
QINGYUAN_MAIL = os.environ.get("QINGYUAN_MAIL", "")
QINGYUAN_MAIL_FROM = os.environ.get("QINGYUAN_MAIL_FROM", "qingyuan@localhost")
QINGYUAN_SMS_FOLDER = os.environ.get("QINGYUAN_SMS_FOLDER", "")
QINGYUAN_ASSETS = Path(os.environ.get("QINGYUAN_ASSETS", REPOSITORY / "var" / "assets"))


def secret_key() -> str:
    """The signing key: given, or made once and kept readable by the owner only."""
    given = os.environ.get("QINGYUAN_SECRET_KEY")
    if given:
        return given
    file = HOME / "secret.key"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
    return file.read_text()


def database() -> dict[str, object]:
    """PostgreSQL when an address is given, else SQLite with the options that keep writers from colliding."""
    url = os.environ.get("QINGYUAN_DATABASE_URL", "")
    if url:
        at = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": at.path.lstrip("/"),
            "USER": unquote(at.username or ""),
            "PASSWORD": unquote(at.password or ""),
            "HOST": at.hostname or "",
            "PORT": str(at.port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}} if not os.environ.get("QINGYUAN_TESTING") else {},
        }
    HOME.mkdir(parents=True, exist_ok=True)
    pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=268435456;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "records.sqlite3",
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
        # threads of a live test server must see the same rows as the test
        "TEST": {"NAME": HOME / f"test-{os.getpid()}.sqlite3"},
    }


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("QINGYUAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "qingyuan.records.registry",
    "qingyuan.records.docket",
    "qingyuan.records.reports",
    "qingyuan.records.clues",
    "qingyuan.records.dispatch",
    "qingyuan.records.inspections",
    "qingyuan.records.cases",
    "qingyuan.records.publish",
    "qingyuan.faces.desk",
    "qingyuan.faces.field",
    "qingyuan.faces.public",
]
AUTH_USER_MODEL = "registry.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk:worklist"
LOGOUT_REDIRECT_URL = "login"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "qingyuan.faces.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # charts and maps size themselves through the style attribute, never through a style element
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
HTTPS = os.environ.get("QINGYUAN_HTTPS") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

ROOT_URLCONF = "qingyuan.urls"
WSGI_APPLICATION = "qingyuan.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [QINGYUAN_ASSETS] if QINGYUAN_ASSETS.exists() else []
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("QINGYUAN_LOG", "WARNING")},
}
