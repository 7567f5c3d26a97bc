"""Settings: one file, read from the environment only; an odd value is refused at start-up."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.logs import JSON, PLAIN, logging_settings
from config.places import BASE_DIR, STATE_DIR


def flag(name: str, *, default: bool = False) -> bool:
    """Read a yes/no setting written as 1 or 0."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def number(name: str, *, default: int, least: int, most: int) -> int:
    """Read a whole number within bounds."""
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(value)


def choice(name: str, *, of: tuple[str, ...]) -> str:
    """Read one of these words; the first unless set."""
    value = os.environ.get(name, of[0])
    if value not in of:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(of)}, not {value!r}")
    return value


def words(name: str, *, default: str) -> list[str]:
    """Read a list written with commas."""
    found = [word.strip() for word in os.environ.get(name, default).split(",")]
    if not all(found):
        raise ImproperlyConfigured(f"{name} must be names with commas between them, not {os.environ[name]!r}")
    return found


def database(url: str, *, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Turn postgresql://user:password@host:port/name?host=/socket into Django's settings.

    Several hosts with commas are a server and its standbys: whichever takes writes is the one.
    """
    try:
        parts = urlsplit(url)
        hosts, ports = _places(parts.netloc.rpartition("@")[2])
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must read postgresql://user:password@host:port/name")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(hosts))
    if "," in host:
        options.setdefault("target_session_attrs", "read-write")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": options.pop("port", ports),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "canbao", "connect_timeout": "10"} | options,
        # Several test runs may share a server.
        "TEST": {"NAME": f"test_canbao_{os.getpid()}"},
    }


def networks(name: str, *, default: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read addresses and networks written with commas; 0 is none of them."""
    written = os.environ.get(name, default)
    if written == "0":
        return ()
    try:
        return tuple(ip_network(each.strip()) for each in written.split(","))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be 0, or addresses with commas between them: {error}") from error


def _places(written: str) -> tuple[str, str]:
    """host:port,host:port as two lists with commas, as libpq takes them; ports are all there or none is."""
    hosts, ports = [], []
    for each in written.split(","):
        place = urlsplit(f"//{each}")
        hosts.append(place.hostname or "")
        ports.append(str(place.port or ""))
    if len(hosts) > 1 and not all(hosts):
        raise ValueError("a host between the commas is missing")
    if any(ports) and not all(ports):
        ports = [port or "5432" for port in ports]
    return ",".join(hosts), ",".join(ports) if any(ports) else ""


def owners_database(url: str, applications: dict[str, Any]) -> dict[str, Any] | None:
    """The same database for the owner of its tables; None where no URL is given and there is but one role."""
    if not url:
        return None
    owners = database(url, name="CANBAO_OWNER_URL")
    if owners["USER"] == applications["USER"] or owners["NAME"] != applications["NAME"]:
        raise ImproperlyConfigured("CANBAO_OWNER_URL must name the database of DATABASE_URL and another user")
    return owners


def base_address(name: str, *, default: str) -> str:
    """Read the address under which others reach the site: http or https, a host, no path; without the last slash."""
    value = os.environ.get(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} must read https://host or https://host:port, not {value!r}")
    return value


DEMO = flag("CANBAO_DEMO")
DEBUG = flag("CANBAO_DEBUG")
HTTPS = flag("CANBAO_HTTPS", default=not (DEMO or DEBUG))
# Whose X-Forwarded-For is believed: the web server in front of the application.
PROXIES = networks("CANBAO_PROXIES", default="127.0.0.1" if HTTPS else "0")
SECRET_KEY = os.environ.get("CANBAO_SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured("CANBAO_SECRET_KEY is not set; `make run` and manage.py make one.")
# What a QR code on paper leads to.
PUBLIC_URL = base_address("CANBAO_PUBLIC_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = words("CANBAO_HOSTS", default="127.0.0.1,localhost")

# The application's own role, which owns nothing, and the owner of the tables, for migrations and backups.
DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql:///canbao"))}
OWNER_DATABASE = owners_database(os.environ.get("CANBAO_OWNER_URL", ""), DATABASES["default"])
APP_ROLE = DATABASES["default"]["USER"] if OWNER_DATABASE else ""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "bootstrap",
    "config",
    "offices",
    "households",
    "enrollment",
    "payments",
    "rosters",
    "reports",
    "upkeep",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "offices.middleware.OriginMiddleware",
    "offices.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "offices.middleware.ScopeMiddleware",
    "offices.middleware.HistoryMiddleware",
    "config.metering.MeteringMiddleware",
    "config.middleware.PlainRequestMiddleware",
    "offices.middleware.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PaperMiddleware",
    "offices.workstation.WorkstationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "payments.context.day",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Who works here, for how long a screen may be left alone, and how long one login lasts.
AUTH_USER_MODEL = "offices.Staff"
AUTHENTICATION_BACKENDS = ["offices.auth.StaffBackend"]
# What passwords must be: offices/doors/passwords.py.
PASSWORD_PROFILE = choice("CANBAO_PASSWORDS", of=("dengbao3", "asvs"))
AUTH_PASSWORD_VALIDATORS = [{"NAME": "offices.doors.passwords.ProfileValidator"}]
# Whether supervisors and administrators need a code beside the password. The demonstration's logins are for everybody.
SECOND_FACTOR = flag("CANBAO_SECOND_FACTOR", default=not DEMO)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
SESSION_COOKIE_AGE = 60 * number("CANBAO_IDLE_MINUTES", default=30, least=1, most=1440)
SESSION_HOURS = number("CANBAO_SESSION_HOURS", default=12, least=1, most=168)
SESSION_ENGINE = "offices.doors.store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Over HTTPS the browser itself sees to it that no other host and no plain page has set them.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
BROWSER_COOKIE_NAME = "__Host-browser" if HTTPS else "browser"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
# Messages name people: they stay on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = number("CANBAO_HSTS_SECONDS", default=31_536_000, least=0, most=63_072_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the web server in front sends http to https; ours is reached through it or from this machine
    "security.W021",  # the browsers' own list is for names of the public internet
]

# History: rows are added, never changed.
PGHISTORY_APPEND_ONLY = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
# Scripts and styles under names that carry their content; a server keeps those of each release apart.
STATIC_ROOT = Path(os.environ.get("CANBAO_STATIC") or STATE_DIR / "static").absolute()
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = STATE_DIR / "media"
# Photos and scans: outside the web root and the static files, served by a view alone.
FILES_DIR = Path(os.environ.get("CANBAO_FILES") or STATE_DIR / "files").absolute()
# The keys that seal ID numbers, telephones and files, outside the database; all hosts have the same. And the cipher.
DATA_KEYS = Path(os.environ.get("CANBAO_DATA_KEYS") or STATE_DIR / "data-keys").absolute()
CIPHER = choice("CANBAO_CIPHER", of=("aes-gcm", "sm4-gcm"))
# Backups, and the key that seals them: a copy of the key belongs elsewhere.
BACKUP_DIR = Path(os.environ.get("CANBAO_BACKUPS") or STATE_DIR / "backups").absolute()
BACKUP_KEY = Path(os.environ.get("CANBAO_BACKUP_KEY") or STATE_DIR / "backup-key").absolute()
# Sealed WAL, for a return to any second; and where the segment under way lies meanwhile.
WAL_DIR = Path(os.environ.get("CANBAO_WAL") or BACKUP_DIR / "wal").absolute()
WAL_INCOMING = Path(os.environ.get("CANBAO_WAL_INCOMING") or STATE_DIR / "wal-incoming").absolute()
# The server itself (no pool in between), as a role that may copy it; the drill needs the application's own as well.
REPLICATION = database(
    os.environ.get("CANBAO_REPLICATION_URL") or os.environ.get("DATABASE_URL", "postgresql:///canbao")
)
# Whether the worker makes a backup and seals the log each night, outside demonstration.
NIGHTLY = flag("CANBAO_NIGHTLY", default=True)
# The key of the digests that seal the acts log; outside the database, whose owner could mend the chain after himself.
LOG_KEY = Path(os.environ.get("CANBAO_LOG_KEY") or STATE_DIR / "log-key").absolute()
# After how many months lines of the acts log may be moved out of the database; None: they stay for good.
LOG_MONTHS = number("CANBAO_LOG_MONTHS", default=6, least=6, most=1200) if "CANBAO_LOG_MONTHS" in os.environ else None
# 省级参保登记: the registry that this database shares with others, the key of its digests, and the name of this place.
REGISTRY_URL = os.environ.get("CANBAO_REGISTRY_URL", "")
REGISTRY_KEY = Path(os.environ.get("CANBAO_REGISTRY_KEY") or STATE_DIR / "registry-key").absolute()
REGISTRY_PLACE = os.environ.get("CANBAO_REGISTRY_PLACE", "")
if REGISTRY_URL and not (REGISTRY_PLACE and REGISTRY_KEY.is_file()):
    raise ImproperlyConfigured(
        "CANBAO_REGISTRY_URL wants CANBAO_REGISTRY_PLACE and the file CANBAO_REGISTRY_KEY as well"
    )
# Opens the first page of the set-up while there is no administrator.
SETUP_TOKEN = STATE_DIR / "setup-token"
# How long the file of a print run may be taken.
PRINTS_KEPT_DAYS = number("CANBAO_PRINT_DAYS", default=7, least=1, most=365)
# How long a file that another job has made may be taken.
JOB_FILES_KEPT_DAYS = number("CANBAO_JOB_FILE_DAYS", default=7, least=1, most=365)

# How much of the residents' data one member of staff may look at before somebody asks why.
SEARCHES_PER_HOUR = number("CANBAO_SEARCHES_PER_HOUR", default=300, least=10, most=100_000)
REVEALS_PER_DAY = number("CANBAO_REVEALS_PER_DAY", default=300, least=1, most=100_000)
EXPORTS_PER_DAY = number("CANBAO_EXPORTS_PER_DAY", default=60, least=1, most=10_000)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}

# With it /metrics is there, and /health/ready says more than yes or no.
METRICS_TOKEN = os.environ.get("CANBAO_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("CANBAO_METRICS_TOKEN must have 20 characters or more")

# The pages whose script may ask for the camera.
CAMERA_PAGES = frozenset({"photo-take", "devices"})

LOGGING = logging_settings(choice("CANBAO_LOG", of=(PLAIN, JSON)))
