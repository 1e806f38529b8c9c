"""Which addresses may be links in a file."""

import re

# Stricter than browsers: Word calls a file damaged, and EPUB is not valid, for an address that is none.
_HOST = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]{1,5})?"
_REST = r"([a-z0-9._~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*"
_WEB, _MAIL = rf"https?://{_HOST}([/?]{_REST})?(#{_REST})?", rf"mailto:{_REST}@{_HOST}(\?{_REST})?"
_SOUND = re.compile(f"{_WEB}|{_MAIL}|tel:[0-9+().-]+", re.I)
# In characters. Word opens no longer address.
LONGEST = 2000


def is_sound(address: str) -> bool:
    """Whether a file may link to the address: to a page of the web, a mailbox or a telephone."""
    return len(address) <= LONGEST and _SOUND.fullmatch(address) is not None
