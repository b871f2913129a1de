"""What the search of « Ils font autrement » asks for; what it does not know asks for nothing."""

from django.http import QueryDict

from annexes.rules import CASE_NEEDS, CASE_VALUES
from lessons.queries.cases import MOST_QUERY, Asked


def read_asked(sent: QueryDict) -> Asked:
    """The four keys of the address."""
    value, need = sent.get("valeur", ""), sent.get("besoin", "")
    return Asked(
        query=sent.get("q", "").strip()[:MOST_QUERY],
        value=value if value in CASE_VALUES else "",
        need=need if need in CASE_NEEDS else "",
        card=sent.get("fiche", ""),
    )
