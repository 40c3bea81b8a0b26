"""Settings for the tests: the real ones, over a throw-away data folder and without anything slow.

`DATABASE_URL` decides the engine and `CELERY_BROKER_URL` the broker, as everywhere; without them SQLite and files.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "ASSAY_TEST_DIR" not in os.environ:
    # xdist workers and the commands a test starts inherit the folder; the process that made it removes it.
    os.environ["ASSAY_TEST_DIR"] = tempfile.mkdtemp(prefix="assay-test-")
    atexit.register(shutil.rmtree, os.environ["ASSAY_TEST_DIR"], ignore_errors=True)
os.environ["ASSAY_DATA_DIR"] = str(Path(os.environ["ASSAY_TEST_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main"))

from compliance.settings import *  # noqa: F403  the data folder has to be known first
from compliance.settings import DATA_DIR, DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the same locks as in service, and a worker started by a test can open it too.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=20000;"
    )
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
(DATA_DIR / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
