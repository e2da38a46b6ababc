"""Django's settings. What an operator may change is read in `environment.py`."""

from __future__ import annotations

from frontdesk import environment

SECRET_KEY = environment.secret_key()
DEBUG = False
ALLOWED_HOSTS = environment.HOSTS
ROOT_URLCONF = "frontdesk.urls"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "frontdesk.clinic",
    "frontdesk.conversations",
    "frontdesk.chat",
    "frontdesk.people",
    "frontdesk.audit",
    "frontdesk.privacy",
    "frontdesk.review",
    "frontdesk.insight",
    "frontdesk.content",
]
# Those of the staff's pages leave the visitors' API alone: it has neither sessions nor cookies.
MIDDLEWARE = [
    "frontdesk.middleware.ResponseHeaders",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "frontdesk.people.sessions.SessionsEnd",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [environment.ROOT / "frontdesk/templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontdesk.people.context.rights",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": environment.DATABASE,
        "CONN_MAX_AGE": None,  # the threads that ask the database are few and stay
        "OPTIONS": {
            "timeout": environment.DATABASE_WAIT,
            # A write takes its place in the queue when it begins: none fails half-way because another was first.
            "transaction_mode": "IMMEDIATE",
            # WAL: who reads does not wait for who writes. FULL: what was acknowledged is there after a power cut; where many write at
            # once, `chat/database.py` sees to that for all of them together.
            # secure_delete: what was deleted is overwritten in the file.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
            "PRAGMA secure_delete=ON",
        },
        "TEST": {"NAME": environment.VAR / "test.sqlite3"},  # a file: several threads use it, as in service
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # counters of addresses: a flood from more pushes out the oldest
    }
}

LOGIN_URL = "/desk/sign-in"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/desk/sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds that a one-time sign-in link is good for
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.SECURE
CSRF_TRUSTED_ORIGINS = [environment.PUBLIC_ADDRESS]
DATA_UPLOAD_MAX_MEMORY_SIZE = environment.MAX_PASTED  # who may send more than MAX_BODY is decided before, in `edge.py`
FILE_UPLOAD_MAX_MEMORY_SIZE = environment.MAX_UPLOAD  # what is sent is never written to a folder for temporary files

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = environment.SMTP_HOST, environment.SMTP_PORT
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = environment.SMTP_USER, environment.SMTP_PASSWORD
EMAIL_USE_TLS, EMAIL_USE_SSL = environment.SMTP_TLS == "starttls", environment.SMTP_TLS == "tls"
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = environment.MAIL_FROM

# No visitor's word in a log: errors are logged by their kind, in `frontdesk.logs`, which drops arguments and tracebacks.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "frontdesk.logs.WithoutWords"}},
    "filters": {"failures": {"()": "frontdesk.logs.OnlyFailures"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": environment.LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": environment.LOG_LEVEL},
        "django.request": {"filters": ["failures"]},  # what is refused is no fault of ours
    },
}
