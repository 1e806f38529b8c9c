"""What is particular to S3: several clients, a bucket of one's own, a server that is away or refuses."""

import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import TemporaryFile

import pytest

from openspace.web.errors import Busy
from tests.system.conftest import free_port

pytest.importorskip("boto3", reason="no boto3 on this machine, which is the client for S3")
from botocore.exceptions import ClientError

from openspace.store.s3 import Bucket


def test_clients_that_put_the_same_at_once_make_one_file(bucket):
    store = bucket()
    content = os.urandom(300_000)

    with ThreadPoolExecutor(4) as threads:
        digests = set(threads.map(lambda _: store.put(BytesIO(content)).digest, range(8)))

    assert {file.digest for file in store.list()} == digests
    assert len(digests) == 1


def test_a_prefix_may_hold_other_things_and_be_none(bucket):
    store, whole = bucket(), Bucket("s3://media")
    store._client.put_object(Bucket="media", Key=f"{store.top}notes.txt", Body=b"not ours")
    digest = store.put(BytesIO(b"ours")).digest

    assert [file.digest for file in store.list()] == [digest]
    top = whole.put(BytesIO(b"without a prefix")).digest
    assert top in {file.digest for file in whole.list()}
    assert digest not in {file.digest for file in whole.list()}


def test_a_copy_between_disk_and_bucket_needs_no_new_names(bucket):
    store = bucket()
    digest = store.put(BytesIO(b"ours")).digest

    names = [item["Key"] for item in store._client.list_objects_v2(Bucket="media", Prefix=store.top)["Contents"]]

    assert names == [f"{store.top}{digest[:2]}/{digest[2:]}"]


def test_a_large_file_is_not_read_into_memory(bucket):
    import tracemalloc

    store = bucket()
    with TemporaryFile() as film:
        for _ in range(40):
            film.write(os.urandom(2**20))
        film.seek(0)
        store.size(store.put(BytesIO(b"what is loaded once")).digest)
        tracemalloc.start()
        digest = store.put(film).digest
        for _ in store.read(digest, 0, 40 * 2**20):
            pass
        store.open(digest).close()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert most < 4 * 2**20


def test_a_server_that_is_away_is_busy(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_port()}")
    store = Bucket("s3://media")

    for ask in (lambda: store.put(BytesIO(b"x")), store.list, lambda: store.size("f" * 64)):
        with pytest.raises(Busy):
            ask()


def test_a_wrong_key_is_no_empty_store(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")

    with pytest.raises(ClientError):
        bucket().list()
