"""Settings of the test runs: the embedded database `test` unless DATABASE_URL names another; no collected files."""

import atexit
import os
from contextlib import ExitStack

from config.local import environment
from tests import leftovers

_session = ExitStack()
atexit.register(_session.close)
_embedded = not os.environ.get("DATABASE_URL")
_session.enter_context(environment("test"))
# The owner makes the test database; then every session acts as the application's role (tests/conftest.py).
os.environ["DATABASE_URL"] = os.environ.pop("CANBAO_OWNER_URL", "") or os.environ["DATABASE_URL"]
if _embedded:
    leftovers.drop_leftover_databases(os.environ["DATABASE_URL"])
else:
    leftovers.have_role(os.environ["DATABASE_URL"])

from config.settings import *  # noqa: E402, F403 - the environment had to be there first
from config.settings import STORAGES  # noqa: E402 - named, to be changed below

APP_ROLE = leftovers.APP_ROLE
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# The test client and the test browser speak plain HTTP.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
# Strong hashing is slow on purpose; a test logs in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A test that is about the second factor asks for it.
SECOND_FACTOR = False
