"""Settings of the tests: the site's own, with a quick password hash and plain static files."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("KIENG_WEB_SECRET", "for tests alone, of no worth anywhere else " * 2)
os.environ.setdefault("KIENG_WORKSPACE", tempfile.gettempdir())
os.environ["KIENG_WEB_HOSTS"] = "127.0.0.1,localhost,testserver"

from kieng.web.settings import *  # noqa: E402, F403
from kieng.web.settings import DATABASES, MIDDLEWARE  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
SECONDS_OF_ONE = (100_000.0, 1_000.0)  # one address asks for all that is tried
SECOND_FACTOR = False  # what administrators see is tried without one; test_security.py tries the default
STATIC_ROOT = Path(tempfile.gettempdir())
DATABASES["default"]["NAME"] = ":memory:"
