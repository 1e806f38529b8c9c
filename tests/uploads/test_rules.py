"""The headers of the protocol."""

import pytest

from openspace.uploads.rules import read_checksum, read_metadata, read_number


def test_a_number_is_read():
    assert read_number("0") == 0
    assert read_number("314572800") == 314572800


@pytest.mark.parametrize("header", ["", "-1", "+1", "1.5", "0x10", "1_0", "٣", "9" * 30, str(2**53 + 1)])
def test_what_is_no_number_of_bytes_is_refused(header):
    with pytest.raises(ValueError, match="no number"):
        read_number(header)


def test_metadata_is_read():
    told = read_metadata("filename 0LLQvtC00LAubXA0,filetype dmlkZW8vbXA0, is_private,broken /w==")

    assert told == {"filename": "вода.mp4", "filetype": "video/mp4", "is_private": "", "broken": "�"}
    assert read_metadata("") == {}


@pytest.mark.parametrize("header", ["name !", "name a", ",", "ключ YQ==", "name YQ==,name YQ=="])
def test_what_is_no_metadata_is_refused(header):
    with pytest.raises(ValueError):  # noqa: PT011  # of Base64's own, or ours
        read_metadata(header)


def test_a_checksum_is_read():
    assert read_checksum("sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=").digest.hex() == "2ef7bde608ce5404e97d5f042f95f89f1c232871"
    assert read_checksum("") is None


@pytest.mark.parametrize("header", ["sha1", "sha1 ", "sha1 !", "md5 Lve95gjOVATpfV8EL5X4nxwjKHE=", "Lve95gjOVATp"])
def test_what_is_no_checksum_is_refused(header):
    with pytest.raises(ValueError):  # noqa: PT011  # of Base64's own, or ours
        read_checksum(header)
