"""Wrong codes are counted, right ones never (docs/decisions/0005-guessing.md holds the reasons).

35 joins in a minute from one address pass; one pupil's wrong tries lock nobody out; and whatever is
tried, from wherever, a lesson of two hours gives a chance of at most one in a million.
"""

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from metroloco_site.kit.throttle import Bucket, Rate, Tried

# A school sits behind one address: hands alone cannot empty its bucket (one wrong code a second refills).
PER_ADDRESS = Bucket(Rate(burst=240, per_minute=60))
OVERALL = Bucket(Rate(burst=1200, per_minute=120))  # this one is the arithmetic
TRIED = Tried()
TOO_MANY = (
    "Trop de codes erronés ont été essayés depuis ce réseau. Attendez une minute, puis recommencez, "
    "ou photographiez le code QR."
)
SEAL_LENGTH = 20  # hexadecimal digits: 80 bits


def may_try(request: HttpRequest) -> bool:
    """False while too many different wrong codes came from this address, or from everywhere."""
    return PER_ADDRESS.allows(_address(request)) and OVERALL.allows("")


def wrong_code(request: HttpRequest, code: str) -> None:
    """Counts a wrong code, once: a class that types last week's code costs one try."""
    if not TRIED.again(f"{_address(request)} {code}"):
        PER_ADDRESS.fail(_address(request))
        OVERALL.fail("")


def seal(code: str) -> str:
    """What our QR codes carry beside a code: it shows that the code was given, not guessed."""
    return salted_hmac("lessons.seal", code, algorithm="sha256").hexdigest()[:SEAL_LENGTH]


def is_sealed(code: str, given: str) -> bool:
    """True if the code comes from one of our QR codes: such a request is no guess, and never waits."""
    return constant_time_compare(seal(code), given)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
