"""What a story's text is drawn as, and when facilitators look at it again."""

import pytest

from openspace.stories.rules import State, after_edit, is_poster


@pytest.mark.parametrize(
    ("state", "is_checked_first", "by_facilitator", "after"),
    [
        (State.SHOWN, True, False, State.WAITING),
        (State.SHOWN, True, True, State.SHOWN),
        (State.SHOWN, False, False, State.SHOWN),
        (State.HIDDEN, True, False, State.WAITING),
        (State.HIDDEN, False, False, State.WAITING),
        (State.HIDDEN, False, True, State.HIDDEN),
        (State.WAITING, False, True, State.WAITING),
    ],
)
def test_a_changed_story_is_looked_at_again_where_stories_are_and_a_hidden_one_anywhere(
    state, is_checked_first, by_facilitator, after
):
    assert after_edit(state, is_checked_first=is_checked_first, by_facilitator=by_facilitator) == after


def test_a_short_text_alone_is_a_poster():
    assert is_poster("Сорок мерів на сорока стільцях.", has_media=False)
    assert not is_poster("Сорок мерів на сорока стільцях.", has_media=True)
    assert not is_poster("с" * 161, has_media=False)
