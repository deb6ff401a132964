"""All settings; what a user may set comes from the environment (docs/settings.md)."""

from datetime import timedelta

from environs import Env, validate

from counterfoil import limits
from counterfoil.platform import hosts, logs, secret_key, settings_urls, trusted_proxies, webhook_networks
from counterfoil.platform.child_process import process_name
from counterfoil.platform.data_dir import default_data_dir

env = Env()

DATA_DIR = env.path("COUNTERFOIL_DATA_DIR", None) or default_data_dir()
DATABASE_URL = env.str("DATABASE_URL")
API_ORIGINS = env.list("COUNTERFOIL_API_ORIGINS", ["https://api.bigcommerce.com"])
SECRET_KEYS = secret_key.secret_keys(env.list("COUNTERFOIL_SECRET_KEY", None), DATA_DIR)

KEEP_VERSIONS_DAYS = env.int("COUNTERFOIL_KEEP_VERSIONS_DAYS", 180, validate=validate.Range(min=1))
KEEP_LOG_DAYS = env.int("COUNTERFOIL_KEEP_LOG_DAYS", 730, validate=validate.Range(min=30))
SCRIPT_SECONDS = env.float("COUNTERFOIL_SCRIPT_SECONDS", 10.0, validate=validate.Range(min=0.1, max=600))
SCRIPT_MEMORY_MB = env.int("COUNTERFOIL_SCRIPT_MEMORY_MB", 2048, validate=validate.Range(min=256))

# A login ends so long after it, and so long after the last thing that was done (accounts/sessions.py). Twelve hours are
# the most that NIST SP 800-63B has for two factors (4.2.3); with its half an hour of silence packers would log in all
# day.
SESSION_SECONDS = 3600 * env.int("COUNTERFOIL_SESSION_HOURS", 12, validate=validate.Range(min=1, max=168))
SESSION_IDLE_SECONDS = 60 * env.int("COUNTERFOIL_SESSION_IDLE_MINUTES", 60, validate=validate.Range(min=5, max=10_080))

SECRET_KEY = SECRET_KEYS[0]
SECRET_KEY_FALLBACKS = SECRET_KEYS[1:]
COUNTERFOIL_FERNET_KEYS = secret_key.fernet_keys(SECRET_KEYS)

DEBUG = False
ALLOWED_HOSTS = hosts.read(env.list("COUNTERFOIL_HOSTS", ["localhost", "127.0.0.1", "[::1]"]))
CSRF_TRUSTED_ORIGINS = hosts.origins(ALLOWED_HOSTS)
HTTPS = env.bool("COUNTERFOIL_HTTPS", False)
TRUSTED_PROXIES = trusted_proxies.read(env.list("COUNTERFOIL_TRUSTED_PROXIES", []))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "crispy_bootstrap5",
    "crispy_forms",
    "django_filters",
    "django_tables2",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "procrastinate.contrib.django",
    "counterfoil.sales.apps.SalesConfig",
    "counterfoil.stores.apps.StoresConfig",
    "counterfoil.dispatch.apps.DispatchConfig",
    "counterfoil.web.apps.WebConfig",
    "counterfoil.events.apps.EventsConfig",
    "counterfoil.platform.apps.PlatformConfig",
]

MIDDLEWARE = [
    "counterfoil.platform.logs.RequestId",
    "counterfoil.web.ui.security.ContentSecurityPolicy",  # before all that answers by itself
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "counterfoil.platform.monitoring.health.Probes",
    "counterfoil.web.ui.middleware.TrustedProxies",
    "counterfoil.web.ui.security.HttpsOnly",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so that the length of a page tells nothing of it
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "counterfoil.api.middleware.ApiRequests",  # before sessions: a login of a page opens nothing there
    "counterfoil.platform.key_check.KeyCheck",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "counterfoil.web.ui.middleware.PagesLoginMiddleware",  # before the next, which reads the whole form
    "django.middleware.csrf.CsrfViewMiddleware",
    "counterfoil.accounts.session_keys.Activity",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "counterfoil.web.ui.security.RequireSetupMiddleware",
    "counterfoil.web.ui.rate_limit.CostlyPages",
    "counterfoil.accounts.device_cookie.DeviceCookie",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "counterfoil.platform.urls"
WSGI_APPLICATION = "counterfoil.platform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["counterfoil.web.ui.template_loader.CompactLoader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "counterfoil.web.ui.context_processors.navigation",
            ],
        },
    }
]

# Tries at the login are counted here, and used codes remembered, for all web processes on all machines together.
# Django's own limit of 300 entries would let whoever tries 300 names make it forget the others.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

DATABASES = {"default": settings_urls.database_settings(DATABASE_URL, application_name=process_name())}

AUTH_USER_MODEL = "web.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "counterfoil.accounts.password_rules.NoOwnNames"},
    {"NAME": "counterfoil.accounts.password_rules.NotGuessable"},
    {"NAME": "counterfoil.accounts.password_words.KnownWordsValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "counterfoil.accounts.login.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 24 * 3600

# Logging in (accounts/login.py): allauth has the steps, axes counts the tries (accounts/lockout.py).
ACCOUNT_ADAPTER = "counterfoil.accounts.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 (a name)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = SESSION_COOKIE_AGE = SESSION_SECONDS
ACCOUNT_FORMS = {
    "login": "counterfoil.accounts.login.LoginForm",
    "reauthenticate": "counterfoil.accounts.reauthentication_form.ReauthenticationForm",
    "reset_password": "counterfoil.accounts.login.LostPasswordForm",
    "reset_password_from_key": "counterfoil.accounts.login.NewPasswordForm",
}
# Per address (IPv6: /64), and per person: codes of second factors, mails with links.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/15m/key,20/d/key",
    "reset_password": "20/m/ip,5/h/key",
}
MFA_FORMS = {
    "authenticate": "counterfoil.accounts.login.CodeForm",
    "activate_totp": "counterfoil.accounts.login.SetUpForm",
}
MFA_ADAPTER = "counterfoil.accounts.login.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Counterfoil"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_HANDLER = "counterfoil.accounts.lockout.GuessHandler"  # which tries are counted together, and who waits
AXES_USERNAME_CALLABLE = "counterfoil.accounts.lockout.typed_name"
AXES_CLIENT_IP_CALLABLE = "counterfoil.accounts.client_ip.counted_address"
AXES_LOCKOUT_CALLABLE = "counterfoil.accounts.login.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

SESSION_ENGINE = "counterfoil.accounts.sessions"
# With https a browser takes a cookie of this name only from this very host, and keeps it from all others.
_COOKIE = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIE}sessionid", f"{_COOKIE}csrftoken"
DEVICE_COOKIE_NAME, MESSAGES_COOKIE_NAME = f"{_COOKIE}device", f"{_COOKIE}messages"
MESSAGE_STORAGE = "counterfoil.web.ui.security.Messages"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = limits.LARGEST_FORM
DATA_UPLOAD_MAX_NUMBER_FIELDS = limits.MOST_FORM_FIELDS
DATA_UPLOAD_MAX_NUMBER_FILES = limits.MOST_FORM_FILES

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "counterfoil.web.ui.static_files.VersionedFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}
WHITENOISE_MAX_AGE = 31_536_000  # their addresses change with what is in them

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "web/ui/table.html"

# Mails are kept in a table and sent by the worker (accounts/mail/outbox.py); without a URL none is.
_MAIL = settings_urls.mail_settings(env.str("COUNTERFOIL_EMAIL_URL", ""))
CAN_MAIL = _MAIL is not settings_urls.NOWHERE
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = settings_urls.STEP_SECONDS
EMAIL_FILE_PATH = _MAIL.get("EMAIL_FILE_PATH")
DEFAULT_FROM_EMAIL = settings_urls.sender(env.str("COUNTERFOIL_EMAIL_FROM", ""), _MAIL)
ADDRESS = settings_urls.address(env.str("COUNTERFOIL_ADDRESS", ""))

# Wake-ups only: what is due stands in our own tables (docs/decisions/wake-ups.md). The worker alone knows the tasks.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

LOGGING = logs.configuration(env.str("COUNTERFOIL_LOG", "text"))

# How many requests each token of another system may make within a minute (api/rate_limit.py).
API_REQUESTS_A_MINUTE = env.int("COUNTERFOIL_API_REQUESTS_A_MINUTE", 600, validate=validate.Range(min=1, max=1_000_000))

# Which networks that are not public webhooks may be sent to (events/network.py); there also without https.
WEBHOOK_NETWORKS = webhook_networks.read(env.list("COUNTERFOIL_WEBHOOK_NETWORKS", []))

# One line a request, by its route; for whoever has no proxy that keeps such a log.
ACCESS_LOG = env.bool("COUNTERFOIL_ACCESS_LOG", False)

# Prometheus reads /metrics with this token; without one only administrators do.
METRICS_TOKEN = env.str("COUNTERFOIL_METRICS_TOKEN", "")
