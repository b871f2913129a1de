"""Wrong codes are slowed down, right ones never: 35 joins in a minute from one address pass."""

from django.http import HttpRequest

from metroloco_site.kit.throttle import Bucket, Rate

# A school sits behind one address: the first bucket must be wide, the second holds for everybody.
PER_ADDRESS = Bucket(Rate(burst=60, per_minute=12))
OVERALL = Bucket(Rate(burst=600, per_minute=60))
TOO_MANY = "Trop de codes erronés ont été essayés. Attendez une minute, puis recommencez."


def may_try(request: HttpRequest) -> bool:
    return PER_ADDRESS.allows(_address(request)) and OVERALL.allows("")


def wrong_code(request: HttpRequest) -> None:
    PER_ADDRESS.fail(_address(request))
    OVERALL.fail("")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
