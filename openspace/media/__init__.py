"""Files that people send, opened in processes of their own: a file may be broken, huge, or made to do harm."""


class Refused(Exception):
    """The file cannot be used. The words are a short name of the reason, such as `large`; the caller knows the rest."""
