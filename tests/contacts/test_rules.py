"""Who sees what, and who fits whom."""

from typing import NamedTuple

import pytest

from openspace.contacts.finding.stems import stem, stems
from openspace.contacts.rules import (
    DETAILS,
    FIELDS,
    Reason,
    Viewer,
    Visibility,
    common_stems,
    first_visibility,
    fit_score,
    reasons,
    sees,
)


class Somebody(NamedTuple):
    community: str = "Вербівська громада"
    languages: tuple[str, ...] = ("uk",)
    interests: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("viewer", "everyone", "exchanged", "nobody"),
    [
        (Viewer.SELF, True, True, True),
        (Viewer.EXCHANGED, True, True, False),
        (Viewer.MEMBER, True, False, False),
        (Viewer.STRANGER, False, False, False),
    ],
)
def test_sees_by_viewer_and_visibility(viewer, everyone, exchanged, nobody):
    found = {who: sees(viewer, who) for who in Visibility}

    assert found == {Visibility.EVERYONE: everyone, Visibility.EXCHANGED: exchanged, Visibility.NOBODY: nobody}


def test_first_visibility_keeps_contact_details_for_those_who_exchanged():
    assert {field for field in FIELDS if first_visibility(field) != Visibility.EVERYONE} == set(DETAILS)


@pytest.mark.parametrize(
    "forms",
    [
        ("громада", "громаду", "громади", "громадою"),
        ("вода", "воду", "водою"),
        ("партнерство", "партнерства", "партнерством"),
        ("молодіжний", "молодіжного", "молодіжна"),
        ("объекты", "объектами"),
        ("projects", "project"),
        ("Städtepartnerschaft", "Städtepartnerschaften"),
    ],
)
def test_stem_is_one_for_all_forms_of_a_word(forms):
    assert len({stem(form.lower()) for form in forms}) == 1


def test_stems_leave_out_what_tells_nothing():
    assert stems("досвід і 2027 для нас про воду") == {"вод"}


def test_reasons_say_who_needs_what_is_offered_and_what_both_care_about():
    me = Somebody(offers=("курси німецької мови",), needs=("громада для проєкту про воду",), interests=("Вода",))
    other = Somebody(needs=("вчителя німецької",), offers=("водоканал і вода",), interests=("вода", "енергія"))

    found = reasons(me, other)

    assert found == [
        Reason("needs", "вчителя німецької"),
        Reason("offers", "водоканал і вода"),
        Reason("interests", "вода"),
    ]


def test_reasons_need_a_language_in_common():
    me, other = Somebody(interests=("вода",)), Somebody(interests=("вода",), languages=("de",))

    assert reasons(me, other) == []
    assert reasons(me, other._replace(languages=()))


def test_reasons_leave_out_stems_that_everybody_uses():
    me, other = Somebody(offers=("громада біля річки",)), Somebody(needs=("громада з музеєм",))

    assert reasons(me, other)
    assert reasons(me, other, frozenset({"громад"})) == []


def test_too_common_are_stems_of_more_than_a_fifth_of_the_lines():
    lines = ["громада"] * 9 + ["музей"] * 5 + [f"тема{n}" for n in range(20)]

    assert common_stems(lines) == {"громад"}


def test_fit_counts_deeds_most_and_another_community_a_little():
    me, near, far = Somebody(), Somebody(), Somebody("Lindental")
    deed, topic = [Reason("needs", "x")], [Reason("interests", "x")]

    assert (
        fit_score(me, near, deed)
        > fit_score(me, far, topic)
        > fit_score(me, near, topic)
        > fit_score(me, near, [])
        == 0
    )
