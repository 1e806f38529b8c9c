"""Whatever a client sends in whatever order: an upload holds the first bytes of its file, or refuses."""

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.uploads.conftest import content_of
from tests.uploads.tus import Tus, checksum

FILE = bytes(range(256))[:60]
# How far beside the true offset a piece claims to begin; how long it is; what its checksum is of.
BESIDE, CHECKSUMS = st.sampled_from([0, 0, 0, -7, -1, 1, 9]), st.sampled_from(["", "right", "wrong"])
PIECES = st.tuples(BESIDE, st.integers(0, 25), CHECKSUMS)


@given(st.integers(0, len(FILE)), st.lists(PIECES, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_pieces_ends_with_the_bytes_of_the_file(hall, length, pieces):
    hall.restore()
    tus, file, true = Tus(hall), FILE[:length], 0
    address = tus.created(length)
    for beside, size, summed in pieces:
        begin = max(0, true + beside)
        # From beyond the end of the file come zeros.
        piece = file[begin : begin + size].ljust(size, b"\0")
        of = {"right": piece, "wrong": piece + b"!"}.get(summed)

        answered = tus.patch(address, begin, piece, **({"Upload_Checksum": checksum(of)} if of is not None else {}))

        is_right = begin == true and begin + size <= length and (summed != "wrong")
        assert (answered.status_code == 204) is is_right, (begin, true, size, summed)
        true += size if is_right else 0
        assert tus.offset(address) == true

    assert content_of(hall.app, address) == file[:true]
