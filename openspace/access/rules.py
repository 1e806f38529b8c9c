"""Making and reading codes and keys: pure functions."""

import hashlib
import hmac
import re
import secrets
from unicodedata import normalize

CONSONANTS = "bdfgklmnprstvz"
VOWELS = "aeiou"
# What is typed on a Cyrillic keyboard for a letter of a code: what looks like it (р for p), else what sounds like it.
_CYRILLIC = str.maketrans("абвгґдеёєэзиіїйыклмнопрстуюфВ", "abvggdeeeeziiiiiklmnoppstuufb")
_BESIDE_A_CODE = re.compile(r"[?#&].*", re.DOTALL)


def new_join_code() -> str:
    """Eight letters that can be read aloud in any of our languages and typed with one thumb; there are 24 million."""
    return "".join(secrets.choice(CONSONANTS if place == "c" else VOWELS) for place in "cvcvcvcv")


def long_code(code: str, secret: str) -> str:
    """The code followed by 32 bits of its HMAC-SHA-256 under the installation's secret, as QR codes hold it."""
    return f"{code}-{hmac.new(secret.encode(), code.encode(), 'sha256').hexdigest()[:8]}"


def read_code(typed: str) -> str:
    """A code as it is typed and scanned: in any case, with blanks, hyphens or Cyrillic letters among its own.

    Around it may be a whole address, with a query such as `?lang=uk`, and what closes a sentence.
    """
    plain = _BESIDE_A_CODE.sub("", normalize("NFKC", typed))
    _, slash, code = re.sub(r"[\W_]+$", "", plain).rpartition("/")
    if slash:
        code = code.split(maxsplit=1)[0]
    return re.sub(r"[^a-z0-9]", "", code.translate(_CYRILLIC).lower().translate(_CYRILLIC).replace("ı", "i"))


def codes_read(typed: str) -> set[str]:
    """The codes that may be meant: what was typed may be a long code, or an address with one."""
    return {read_code(typed), read_code(typed.rpartition("-")[0])} - {""}


def new_key() -> str:
    """A secret for a link, 128 bits."""
    return secrets.token_urlsafe(16)


def hashed(token: str) -> str:
    """The SHA-256 of a token, as the database keeps it. Tokens are random, so it needs no salt and no more rounds."""
    return hashlib.sha256(token.encode()).hexdigest()
