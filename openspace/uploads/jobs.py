"""Deletes what discarded uploads leave in the store."""

from flask_babel import lazy_gettext as _l

from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.store import media


@job("uploads.clear", title=_l("Files that are no longer needed are deleted"))
def clear(run: Run, *, upload_ids: list[str]) -> None:
    """Delete the pieces of these uploads."""
    for upload_id in upload_ids:
        media.store().delete_pieces(upload_id)
