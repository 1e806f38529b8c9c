"""Subtitles as they are typed, and as films get them."""

import re

import pytest

from openspace.stories import subtitles

TYPED = "0:00 Добрий день\n0:02.5 Ми з <Надбузької> & раді\n1:05 --> кінець"
READ = [(0.0, 2.5, "Добрий день"), (2.5, 65.0, "Ми з <Надбузької> & раді"), (65.0, 69.0, "--> кінець")]
WEBVTT = """WEBVTT

00:00.000 --> 00:02.500
Добрий день

00:02.500 --> 01:05.000
Ми з &lt;Надбузької&gt; &amp; раді

01:05.000 --> 01:09.000
--&gt; кінець
"""


def test_what_is_typed_is_read_and_written_again():
    assert subtitles.read(TYPED) == READ
    assert subtitles.typed(READ) == TYPED


def test_blank_lines_count_for_nothing():
    assert subtitles.read("\n\n0:01 Так\n\n") == [(1.0, 5.0, "Так")]
    assert subtitles.read(" \n") == []


@pytest.mark.parametrize(
    "wrong",
    ["Добрий день", "0:01", "1 Так", "0:05 Так\n0:05 Ні", "0:05 Так\n0:01 Ні", "0:01 " + "с" * 201, "-1:00 Так"],
)
def test_a_line_that_cannot_be_read_is_named(wrong):
    with pytest.raises(ValueError, match=f"^{re.escape(wrong.splitlines()[-1])}$"):
        subtitles.read(wrong)


def test_words_cannot_begin_a_cue_of_their_own():
    assert subtitles.as_webvtt(READ) == WEBVTT
