"""The pages of the wall, with and without scripts."""

import pytest
from lxml import html
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import transactions
from openspace.stories.models import Story, story_numbered
from openspace.stories.rules import PAGE, State
from tests.factories import a_member, a_story

ENGLISH = {"Accept-Language": "en"}


def page(hall, path: str = "stories", who: str = "participant"):
    answer = hall.ask(who).get(hall.url(path), headers=ENGLISH)
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def numbers(tree) -> list[int]:
    """The stories on a page, in its order."""
    return [int(number) for number in tree.xpath("//article/@data-story")]


def told(hall, how_many: int) -> None:
    with hall.app.test_request_context(), transactions.writing():
        event = db.session.get_one(Event, hall.id)
        by = a_member(event, "Багато Розповідає")
        for number in range(how_many):
            a_story(event, by, f"Історія {number}")


def state(hall, number: int = 1) -> State:
    with hall.app.app_context():
        return story_numbered(hall.id, number).state


def set_state(hall, wanted: State) -> None:
    with hall.app.app_context(), transactions.writing():
        story_numbered(hall.id, 1).state = wanted


def test_a_story_is_told_and_stands_first_on_the_wall(hall):
    fields = {
        "text": "Ключ від <старого> клубу.",
        "language": "uk",
        "topic": "1",
        "space": hall.spaces[0],
        "in_hall": "y",
    }

    answer = hall.ask("participant").post(hall.url("stories"), data=fields)

    assert answer.status_code == 303
    tree = page(hall, answer.location.partition(hall.url())[2])
    assert numbers(tree) == [2, 1]
    text = tree.xpath("//article")[0].text_content()
    assert "Ключ від <старого> клубу." in text
    assert "Ґендерно-чутливі питання" in text
    assert "Велика зала" in text


@pytest.mark.parametrize("text", ["", "   ", "с" * 1501])
def test_a_story_that_cannot_be_is_refused_and_kept_as_typed(hall, text):
    answer = hall.ask("participant").post(hall.url("stories"), data={"text": text, "language": "uk"}, headers=ENGLISH)

    assert answer.status_code == 422
    tree = html.fromstring(answer.get_data(as_text=True))
    assert tree.xpath("//textarea[@name='text']")[0].text_content().strip() == text.strip()
    assert tree.xpath("//*[contains(@class, 'field__err')]")


def test_a_participant_cannot_write_for_somebody_else_and_a_facilitator_can(hall):
    fields = {"text": "Пиріг.", "language": "uk", "author_name": "Пані Марія", "author_community": "Малі Броди"}
    assert not page(hall, "stories/new").xpath("//input[@name='author_name']")

    assert hall.ask("participant").post(hall.url("stories"), data=fields).status_code == 403
    assert hall.ask("facilitator").post(hall.url("stories"), data=fields).status_code == 303

    assert "Пані Марія, Малі Броди" in " ".join(page(hall).xpath("//article")[0].text_content().split())


def test_the_wall_is_read_page_by_page_and_no_story_twice(hall):
    told(hall, PAGE * 2)

    found, path = [], "stories"
    while path:
        tree = page(hall, path)
        found += numbers(tree)
        path = next((link.partition(hall.url())[2] for link in tree.xpath("//a[@data-more]/@href")), None)

    assert found == list(range(PAGE * 2 + 1, 0, -1))


def test_the_wall_is_filtered_by_ones_own_marks_and_community(hall):
    told(hall, 2)
    hall.ask("participant").put(hall.url("stories/2/marks/try"))
    hall.ask("participant").put(hall.url("stories/3/marks/heart"))

    assert numbers(page(hall, "stories?show=try")) == [2]
    assert numbers(page(hall, "stories?show=try", "convener")) == []
    assert numbers(page(hall, "stories?show=community")) == [3, 2, 1]
    assert numbers(page(hall, "stories?show=nonsense")) == [3, 2, 1]


def test_a_further_page_comes_alone_when_it_is_put_below_the_others(hall):
    told(hall, PAGE)

    tree = page(hall, f"stories?before={2}&part=1")

    assert numbers(tree) == [1]
    assert not tree.xpath("//main | //*[@id='stories']")


def test_the_form_for_a_change_shows_all_that_was_chosen_and_changes_nothing_by_itself(hall):
    fields = {"text": "Наша", "language": "en", "topic": "1", "space": hall.spaces[0], "in_book": "y", "on_web": "y"}
    hall.ask("participant").post(hall.url("stories"), data=fields)
    (form,) = page(hall, "stories/2/edit").xpath("//form[@data-draft='story-2']")

    answer = hall.ask("participant").post(form.get("action"), data=MultiDict(form.form_values()))

    assert answer.status_code == 303
    with hall.app.app_context():
        story = story_numbered(hall.id, 2)
        assert (story.text, story.language, story.topic.number, story.space_id) == ("Наша", "en", 1, hall.spaces[0])
        assert (story.in_hall, story.in_book, story.on_web) == (False, True, True)


def test_a_story_is_taken_down_and_brought_back_by_the_page_that_says_so(hall):
    answer = hall.ask("convener").delete(hall.url("stories/1"), headers=ENGLISH)
    assert numbers(page(hall)) == []

    tree = page(hall, answer.location.partition(hall.url())[2], "convener")
    (form,) = tree.xpath("//*[contains(@class, 'toast')]//form[.//button[text()='Undo']]")
    hall.ask("convener").post(form.get("action"), data=MultiDict(form.form_values()))

    assert numbers(page(hall)) == [1]


@pytest.mark.parametrize(
    ("wanted", "seeing"),
    [
        (State.SHOWN, {"participant", "convener", "facilitator", "organiser"}),
        (State.WAITING, {"convener", "facilitator", "organiser"}),
        (State.HIDDEN, {"convener", "facilitator", "organiser"}),
        (State.TAKEN, {"convener"}),
    ],
)
def test_a_story_is_seen_by_whom_its_state_allows_and_by_nobody_else(hall, wanted, seeing):
    set_state(hall, wanted)

    for path in ("stories/1", "stories/1/qr.svg"):
        found = {
            who
            for who in ("participant", "convener", "facilitator", "organiser")
            if hall.ask(who).get(hall.url(path)).status_code == 200
        }
        assert found == seeing
    on_wall = {who for who in seeing if numbers(page(hall, who=who)) == [1]}
    assert on_wall == (seeing if wanted == State.SHOWN else set())


def test_an_author_reads_why_their_story_is_hidden(hall):
    set_state(hall, State.HIDDEN)
    with hall.app.app_context(), transactions.writing():
        db.session.query(Story).one().hidden_why = "Імена дітей"

    assert "Імена дітей" in page(hall, who="convener").text_content()
    assert "Імена дітей" in page(hall, "stories/1", "convener").text_content()
    assert "Імена дітей" not in page(hall).text_content()


def test_a_comment_is_made_and_taken_back(hall):
    answer = hall.ask("participant").post(hall.url("stories/1/comments"), data={"words": "Ми <теж>."})

    assert answer.status_code == 303
    assert "Ми <теж>." in page(hall, "stories/1").text_content()
    (action,) = page(hall, "stories/1").xpath("//li[contains(., 'теж')]//button/@formaction")
    assert hall.ask("participant").post(action).status_code == 303
    assert "теж" not in page(hall, "stories/1").text_content()


@pytest.mark.parametrize("words", ["", "с" * 301])
def test_a_comment_that_cannot_be_is_refused_and_kept_as_typed(hall, words):
    answer = hall.ask("participant").post(hall.url("stories/1/comments"), data={"words": words})

    assert answer.status_code == 422
    tree = html.fromstring(answer.get_data(as_text=True))
    assert (tree.xpath("//textarea[@name='words']")[0].text or "").strip() == words
    assert tree.xpath("//*[contains(@class, 'field__err')]")


def test_an_unknown_mark_is_not_found(hall):
    assert hall.ask("participant").put(hall.url("stories/1/marks/star")).status_code == 404
    assert hall.ask("participant").put(hall.url("stories/1/marks/heart")).status_code == 303


def test_a_comment_of_another_story_is_not_found(hall):
    told(hall, 1)

    address = hall.url(f"stories/2/comments/{hall.comment_id}")

    assert hall.ask("organiser").delete(address).status_code == 404
    assert hall.ask("organiser").delete(address.replace("stories/2", "stories/1")).status_code == 303


def test_the_wall_is_drawn_once_for_all_and_anew_after_a_change(hall):
    """Counted by the statements for what a page shows and for how many stories pass its filters."""

    def statements() -> int:
        asked = []
        with hall.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note := lambda *args: asked.append(args[2]))
        assert hall.ask("participant").get(hall.url("stories")).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len([statement for statement in asked if "FROM story_medium" in statement])

    assert (statements(), statements()) == (2, 0)
    hall.ask("convener").put(hall.url("stories/1/marks/heart"))
    assert (statements(), statements()) == (2, 0)
    assert "This touches me: 1" in hall.ask("participant").get(hall.url("stories"), headers=ENGLISH).get_data(
        as_text=True
    )


def test_each_filter_says_how_many_stories_pass_it(hall):
    told(hall, 2)
    hall.film()
    hall.ask("participant").put(hall.url("stories/2/marks/try"))

    chips = page(hall).xpath("//nav[contains(@class, 'chips')]/a")

    assert [" ".join(chip.text_content().split()) for chip in chips] == [
        "All 3",
        "With pictures 0",
        "Films 1",
        "I'll try this at home 1",
        "My community 3",
    ]


def test_ones_own_stories_that_do_not_hang_are_one_line_that_can_be_opened(hall):
    hall.ask("facilitator").put(hall.url("stories/check"))
    for text in ("Перша чекає.", "Друга чекає."):
        hall.ask("participant").post(hall.url("stories"), data={"text": text, "language": "uk"})
    hall.ask("participant").post(hall.url("stories"), data={"text": "Третя.", "language": "uk"})
    hall.ask("participant").delete(hall.url("stories/4"))

    (fold,) = page(hall).xpath("//details[contains(@class, 'stories__mine')]")

    assert " ".join(fold.xpath("summary")[0].text_content().split()) == "My stories: 2 wait, 1 is taken down"
    assert [link.text_content() for link in fold.xpath(".//a")] == ["Третя", "Друга чекає", "Перша чекає"]
    assert not page(hall, who="convener").xpath("//details[contains(@class, 'stories__mine')]")


@pytest.mark.parametrize(("length", "is_folded"), [(480, False), (481, True)])
def test_a_long_text_is_folded_on_the_wall_with_a_way_to_the_whole(hall, length, is_folded):
    hall.ask("participant").post(hall.url("stories"), data={"text": "с" * length, "language": "uk"})

    links = page(hall).xpath("//article[@data-story='2']//a[@data-unfold]/@href")

    assert links == ([hall.url("stories/2")] if is_folded else [])


def test_without_scripts_ones_own_mark_is_shown_and_taken_back(hall):
    def heart():
        (button,) = page(hall, "stories/1").xpath("//button[@data-kind='heart']")
        return button

    for pressed in ("false", "true", "false"):
        assert heart().get("aria-pressed") == pressed
        hall.ask("participant").post(heart().get("formaction"))
    assert page(hall).xpath("//button[@data-kind='heart']/@aria-pressed") == ["false"]


def test_without_scripts_ones_own_comment_can_be_deleted_and_brought_back_and_others_reported(hall):
    hall.ask("participant").post(hall.url("stories/1/comments"), data={"words": "Ми теж"})

    def acts(who: str) -> list[str]:
        (line,) = page(hall, "stories/1", who).xpath("//li[contains(., 'Ми теж')]")
        return [each.text_content().strip() for each in line.xpath(".//a | .//button") if each.get("hidden") is None]

    assert acts("participant") == ["Delete"]
    assert acts("convener") == ["Report", "Delete"]
    (action,) = page(hall, "stories/1").xpath("//li[contains(., 'Ми теж')]//button/@formaction")
    answer = hall.ask("participant").post(action, headers=ENGLISH)
    tree = page(hall, answer.location.partition(hall.url())[2].partition("#")[0])
    assert not tree.xpath("//li[contains(@class, 'comment')][contains(., 'Ми теж')]")
    (form,) = tree.xpath("//*[contains(@class, 'toast')]//form[.//button[text()='Undo']]")
    hall.ask("participant").post(form.get("action"), data=MultiDict(form.form_values()))
    assert acts("participant") == ["Delete"]
