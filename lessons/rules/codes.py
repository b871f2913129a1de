"""Access codes (on the projector, used once) and personal codes (four words, to come back)."""

import secrets
import unicodedata
from functools import cache

from mnemonic import Mnemonic

# 32 symbols, no look-alikes: no I, L, O, U, and no zero or one among the letters' twins.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ACCESS_LENGTH = 8
PERSONAL_WORDS = 4
_UNFIT = frozenset(
    "arsenic buvable buvette caresser cigare cupide cyanure duperie ethnie feodal femme femur grogner horde huileux "
    "illicite ineptie injure insulter intime ivresse jouissif jupon label lubie luxueux mechant minable nuisible "
    "obscur oppresser opprimer penible pelouse psychose punaise scelerat seduire seminal sottise suspect tabac "
    "tetine torture tyran vampire venimeux vilain visqueux".split()
)
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_access_code() -> str:
    """Eight random symbols (40 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ACCESS_LENGTH))


def normal_access_code(typed: str) -> str:
    """What was typed, without spaces, hyphens or look-alikes, in capitals."""
    kept = "".join(ch for ch in typed.upper() if ch.isalnum())
    return kept.translate(_LOOK_ALIKES)


def shown_access_code(code: str) -> str:
    """In two halves, as it is read aloud and copied: « K7QM-2XRD »."""
    return f"{code[:4]}-{code[4:]}" if code else ""


@cache
def words() -> tuple[str, ...]:
    """The French BIP39 list without accents, whose words differ in their first four letters.

    Less those that would make a class laugh, or hurt, when they fall on somebody.
    """
    plain = (_plain(word) for word in Mnemonic("french").wordlist)
    return tuple(word for word in plain if word not in _UNFIT)


def new_personal_code() -> str:
    """Four random words (44 bits), joined by hyphens."""
    return "-".join(secrets.choice(words()) for _ in range(PERSONAL_WORDS))


def normal_personal_code(typed: str) -> str:
    """What was typed, as stored: lower case, without accents, words joined by hyphens."""
    plain = _plain(typed)
    return "-".join("".join(ch if "a" <= ch <= "z" else " " for ch in plain).split())


def new_public_id() -> str:
    """An unguessable id for addresses (96 bits)."""
    return secrets.token_urlsafe(12)


def new_screen_key() -> str:
    """The projector's own address (256 bits)."""
    return secrets.token_urlsafe(32)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(ch for ch in decomposed if not unicodedata.combining(ch))
