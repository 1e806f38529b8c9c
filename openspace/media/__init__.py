"""Opens uploaded files in child processes, because a file may be broken, huge or malicious."""


class Refused(Exception):
    """The file cannot be used. Its text is a code.

    `large` (too many pixels), `unreadable` (no file of a kind that we take, or broken), `empty` (nothing to see or hear
    in it), `full` (the disk is full, or what is made would be larger
    than allowed), `killed` (the child exceeded a limit). Of a template that is wrong
    it is `template:` and what Typst says.
    """
