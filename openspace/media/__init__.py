"""Opens uploaded files in child processes, because a file may be broken, huge or malicious."""


class Refused(Exception):
    """The file cannot be used. Its text is a code: `large`, `unreadable`, or `killed` (the child exceeded a limit)."""
