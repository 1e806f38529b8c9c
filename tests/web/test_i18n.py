"""How dates, sizes and names are written in the languages of the app."""

import pytest

from openspace.web.i18n import file_size, force_locale

pytestmark = pytest.mark.usefixtures("in_request")


@pytest.mark.parametrize(
    ("size", "uk", "de"),
    [
        (13, "13 Б", "13 Byte"),
        (999, "999 Б", "999 Byte"),
        (51_200, "51,2 кБ", "51,2 kB"),
        (1_234_567, "1,2 МБ", "1,2 MB"),
        (2_000_000, "2 МБ", "2 MB"),
        (1_500_000_000, "1,5 ГБ", "1,5 GB"),
    ],
)
def test_sizes_of_files_are_written_as_each_language_writes_them(size, uk, de):
    for language, said in (("uk", uk), ("de", de)):
        with force_locale(language):
            assert file_size(size) == said.replace(" ", "\u00a0")
