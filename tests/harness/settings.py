"""The program's settings, in a folder of the tests' own, fast where speed is not what is tested.

An undefined template variable fails the test: pytest-django does it (FAIL_INVALID_TEMPLATE_VARS in
pyproject.toml), because it names the template. Django's own pages (the administration) need
`pytest.mark.ignore_template_errors`.
"""

import atexit
import os
import shutil
import tempfile

# A developer's own variables must not change what is tested.
for name in list(os.environ):
    if name.startswith("METROLOCO_") and name not in ("METROLOCO_TEST_DATA", "METROLOCO_SHOTS"):
        del os.environ[name]

# A folder for each of the test processes (pytest-xdist); their own children work in their parent's.
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if not os.environ.get("METROLOCO_TEST_DATA", "").endswith(f"-{worker or 'one'}"):
    os.environ["METROLOCO_TEST_DATA"] = tempfile.mkdtemp(
        prefix="metroloco-tests-", suffix=f"-{worker or 'one'}"
    )
    atexit.register(shutil.rmtree, os.environ["METROLOCO_TEST_DATA"], ignore_errors=True)
os.environ["METROLOCO_DATA"] = os.environ["METROLOCO_TEST_DATA"]

from metroloco_site.settings import *  # noqa: E402, F403 - the environment comes first
from metroloco_site.settings import MEDIA_ROOT, STATIC_ROOT, STORAGES  # noqa: E402

MEDIA_ROOT.mkdir(exist_ok=True)
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a missing folder, and warnings are errors

# The real one takes 0.2 s a password on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest is made at set-up; pages are tested without it, the server's run has it.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
