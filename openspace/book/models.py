"""The table of the files of the book, which are kept until something in the book changes."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.book.contents import Digest
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.jobs.models import Job, State
from openspace.store import media

# How long a book is handed out although something has changed since: while notes come in, nobody waits for ever.
STILL_GOOD = timedelta(minutes=2)


class Form(StrEnum):
    """In which form the book is a file: what is in its address."""

    A4 = "pdf"
    A5 = "a5.pdf"
    WORD = "docx"
    PAGE = "html"
    EBOOK = "epub"
    PLAIN = "md"


_FORM = Enum(Form, native_enum=False, length=10, values_callable=lambda forms: [form.value for form in forms])


class BookFile(Model):
    """The book of an event in one form and language. A job makes it; meanwhile the one before it is kept."""

    __tablename__ = "book_file"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[Form] = mapped_column(_FORM, primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    # None until it has been made once.
    digest: Mapped[str | None] = mapped_column(String(64), index=True)
    # In bytes.
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    # Of which contents it was made (as `Digest` has them), when they were read, and since when it is there.
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    agreed: Mapped[list[str]] = mapped_column(JSON, default=list)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    job: Mapped[Job | None] = relationship()

    @property
    def is_coming(self) -> bool:
        """Whether it is being made, or waits for that."""
        return self.job is not None and self.job.state in {State.WAITING, State.RUNNING}

    @property
    def has_failed(self) -> bool:
        """Whether the last attempt to make it was in vain."""
        return self.job is not None and self.job.state == State.FAILED

    def is_good(self, book: Digest) -> bool:
        """Whether it can be handed out: it has what the book has now, or had it a moment ago.

        Never with something that nobody agrees to any more: a name, a story, a photo, a topic.
        """
        if not self.digest or not self.kept_at:
            return False
        is_fresh = now() - self.kept_at < STILL_GOOD and set(self.agreed) <= book.agreed
        return self.fingerprint == book.fingerprint or is_fresh


media.refer(BookFile.digest)


def files_of(event_id: int, language: str) -> dict[Form, BookFile]:
    """The files of the book in this language."""
    found = select(BookFile).where(BookFile.event_id == event_id, BookFile.language == language)
    return {file.form: file for file in db.session.scalars(found)}
