"""Django's settings, all from the environment; `kieng serve` fills in what a first start needs.

KIENG_WORKSPACE    the workspace's folder (must)
KIENG_DATABASE     a PostgreSQL URL; without it the pages keep their tables in .kieng/web.db
KIENG_WEB_SECRET   signs and seals sessions, links and second factors (must, 50 characters or more)
KIENG_WEB_SECRET_BEFORE  the one before it, while sessions and second factors pass over to a new one
KIENG_WEB_HOSTS    host names the site answers to, separated by commas
KIENG_WEB_HTTPS    1 behind a proxy that speaks HTTPS and says so in X-Forwarded-Proto: cookies travel over
                   HTTPS only, HSTS is on, who comes by plain HTTP is sent to HTTPS
KIENG_WEB_PROXIES  addresses or networks of the proxies that may say whom they answer (X-Forwarded-For),
                   separated by commas; with KIENG_WEB_HTTPS this machine's own unless others are named
KIENG_WEB_SECONDS  30/0.5: seconds of the processor that one stranger's address may cost at once, and how
                   many more each second; twice as many for an account
KIENG_WEB_DEMO     1: people to log in as are shown on the log-in page, and every page says so
KIENG_WEB_SECOND_FACTOR  0: an administrator need not confirm log-ins with an app or a key. Without it they
                   must; the people of a demonstration need not while it is one
KIENG_WEB_WATCH_TOKEN  what a program that watches shows at /so-do/; `kieng serve` makes and keeps one
KIENG_OIDC_SERVER  log in with the province's own accounts, with KIENG_OIDC_CLIENT, _SECRET and _NAME;
                   KIENG_OIDC_CLAIM is the claim that names the account beside ``sub``
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from kieng.web.databases import database_settings
from kieng.web.environment import proxies, seconds_of_one

WORKSPACE = Path(os.environ.get("KIENG_WORKSPACE", "."))
DEMO = os.environ.get("KIENG_WEB_DEMO") == "1"
HTTPS = os.environ.get("KIENG_WEB_HTTPS") == "1"
#: Loopback stands for a proxy on this machine; without HTTPS nobody speaks for anybody.
PROXIES = proxies(os.environ.get("KIENG_WEB_PROXIES", "127.0.0.0/8,::1" if HTTPS else ""))
SECONDS_OF_ONE = seconds_of_one(os.environ.get("KIENG_WEB_SECONDS", "30/0.5"))
SECOND_FACTOR = os.environ.get("KIENG_WEB_SECOND_FACTOR", "1") != "0"

#: What a program shows to be told more than strangers; nobody is without it.
WATCH_TOKEN = os.environ.get("KIENG_WEB_WATCH_TOKEN", "")
SECRET_KEY = os.environ["KIENG_WEB_SECRET"]
SECRET_KEY_FALLBACKS = [one for one in (os.environ.get("KIENG_WEB_SECRET_BEFORE"),) if one]
DEBUG = False
ALLOWED_HOSTS = os.environ.get("KIENG_WEB_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    # First: its templates stand in for those that others bring.
    "kieng.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "kieng.web.accounts",
    "kieng.web.people",
    "kieng.web.audit",
    "kieng.web.public",
    "kieng.web.cockpit",
    "kieng.web.maps",
    "kieng.web.opendata",
    "kieng.web.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kieng.web.middleware.security_headers",
    "kieng.web.api.around.open_data",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kieng.web.middleware.zipped_pages",
    "kieng.web.middleware.OneState",
    "kieng.web.middleware.public_pages",
    "kieng.web.middleware.request_log",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kieng.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kieng.web.spending.spending",
    "kieng.web.access.Guard",
]

ROOT_URLCONF = "kieng.web.urls"
WSGI_APPLICATION = "kieng.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kieng.web.context.everywhere",
            ],
            "builtins": ["kieng.web.templatetags.kieng"],
        },
    }
]

DATABASES = {"default": database_settings(WORKSPACE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all processes: a limit on failed log-ins holds whichever of them is asked. Where there is room for
# few, whoever tries many names pushes out what is known of those tried before.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kieng_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# --- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/tai-khoan/vao/"
CSRF_FAILURE_VIEW = "kieng.web.views.form_refused"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kieng.web.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "kieng.web.accounts.adapter.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Wrong tries are counted in accounts.tries; three hundred people may log in from one address at once.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": None}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Kiềng"
MFA_ADAPTER = "kieng.web.accounts.second_factors.Adapter"
MFA_FORMS = {
    "authenticate": "kieng.web.accounts.second_factors.AuthenticateForm",
    "reauthenticate": "kieng.web.accounts.second_factors.ReauthenticateForm",
    "activate_totp": "kieng.web.accounts.second_factors.ActivateForm",
}
SOCIALACCOUNT_ONLY = False
OIDC_NAME_CLAIM = os.environ.get("KIENG_OIDC_CLAIM", "preferred_username")
OIDC_SERVER = os.environ.get("KIENG_OIDC_SERVER", "")
#: Where a form may lead besides the site itself.
FORM_ACTIONS: list[str] = []
OIDC_NAME = os.environ.get("KIENG_OIDC_NAME", "OpenID Connect") if OIDC_SERVER else ""
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_SERVER:
    _server = urlsplit(OIDC_SERVER)
    if _server.scheme != "https" and _server.hostname not in ("127.0.0.1", "localhost"):
        raise ImproperlyConfigured("KIENG_OIDC_SERVER must be an https:// address")
    FORM_ACTIONS = [f"{_server.scheme}://{_server.netloc}"]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": OIDC_NAME,
                    "client_id": os.environ["KIENG_OIDC_CLIENT"],
                    "secret": os.environ["KIENG_OIDC_SECRET"],
                    "settings": {"server_url": OIDC_SERVER},
                }
            ],
        }
    }

SESSION_ENGINE = "kieng.web.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^suc-khoe/$", "^so-do/$"]  # who watches asks past the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- language: Vietnamese unless a person chose English -----------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "kieng_language"
LOCALE_PATHS = [Path(__file__).parent / "locale"]
FORMAT_MODULE_PATH = ["kieng.web.formats"]
USE_I18N = USE_TZ = USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = WORKSPACE / ".kieng" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kieng.web.static_files.Storage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kieng.web.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"kieng": {"level": "INFO"}},
}
