"""The pages of the tool box."""

from lxml import html

from openspace.toolbox import shipped


def page(hall, path: str, who: str = "participant"):
    answer = hall.ask(who).get(hall.url(path))
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def titles(found) -> list[str]:
    return [each.text_content().replace("\xad", "").strip() for each in found.xpath("//h2")]


def test_all_guides_are_shown_by_what_they_are_for(hall):
    found = page(hall, "toolbox/?lang=en")

    assert len(titles(found)) == 12
    assert titles(found)[:3] == ["Drum circle", "Interview walk", "Opening the circle"]
    assert len(found.xpath("//main//li//svg[@class='plan']")) == 12


def test_chips_and_words_choose_without_scripts(hall):
    assert titles(page(hall, "toolbox/?lang=en&kind=meet&up_to=30")) == ["Drum circle"]
    assert titles(page(hall, "toolbox/?lang=en&q=CAFÉ")) == ["World café"]
    assert titles(page(hall, "toolbox/?lang=en&q=nothing+of+this")) == []
    assert len(titles(page(hall, "toolbox/?lang=en&kind=cook&up_to=soon"))) == 12
    links = page(hall, "toolbox/?lang=en").xpath("//nav[contains(@class, 'chips')]/a/@href")
    assert [titles(page(hall, f"toolbox/{link.partition('/toolbox/')[2]}")) != [] for link in links] == [True] * 7


def test_a_guide_is_read_in_any_language_that_it_has(hall):
    found = page(hall, "toolbox/fishbowl?lang=uk&language=de")

    (article,) = found.xpath("//article")
    assert (found.get("lang"), article.get("lang")) == ("uk", "de")
    assert article.xpath(".//h2/text()") == ["Vorbereiten", "Schritte", "Was schiefgehen kann", "Danach"]
    assert [each.strip() for each in found.xpath("//nav[contains(@class, 'gd__languages')]/a/@lang")] == [
        *("uk", "en", "de", "ru")
    ]


def test_a_guide_has_its_steps_things_and_figures(hall):
    found, guide = page(hall, "toolbox/match-and-sprint?lang=en"), shipped.guides("match-and-sprint")["en"]

    assert found.xpath("//div[@class='trio']/p/b/text()") == ["8", "20–80", "2–4"]
    assert found.xpath("//ol[@class='gsteps']//h3/text()") == [step.title for step in guide.steps]
    assert len(found.xpath("//ul[@data-module='ticks']//input")) == len(guide.material)
    assert found.xpath("count(//ol[@class='timebar']/li)") == len(guide.steps)


def test_a_guide_that_is_not_there_is_not_found(hall):
    assert hall.ask("participant").get(hall.url("toolbox/nothing")).status_code == 404
    assert hall.ask("participant").get(hall.url("toolbox/nothing.pdf")).status_code == 404
    assert hall.ask("participant").get(hall.url("toolbox/..%2f..%2fsetup")).status_code == 404


def test_paper_opens_in_the_browser_in_the_language_that_is_asked_for(hall):
    answer = hall.ask("participant").get(hall.url("toolbox/fishbowl.pdf?language=de"))

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="fishbowl-de.pdf"'
    assert answer.data.startswith(b"%PDF-")
