"""Password hashing, kept off the loop that serves everybody else."""

from werkzeug.security import check_password_hash, generate_password_hash

from openspace.aside import aside


def hash_password(password: str) -> str:
    """A salted scrypt hash."""
    return aside(generate_password_hash, password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; as slow when there is none."""
    return aside(check_password_hash, stored or _NOBODY, password) and stored is not None


_NOBODY = generate_password_hash("nobody")
