"""How words are found in whichever alphabet and spelling they are typed."""

import pytest

from openspace.contacts.finding.spelling import indexed_words, is_near, pieces, query_words, romanised
from openspace.text import folded


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Кам’янобрідська", "камянобрідська"),
        ("Кам'янобрідська", "камянобрідська"),
        ("Камʼянобрідська", "камянобрідська"),
        ("ҐАНОК і Ёлка", "ганок і елка"),
        ("  два   слова-й третє ", "два слова й третє"),
    ],
)
def test_folded_makes_alike_what_is_alike(typed, expected):
    assert folded(typed) == expected


def test_searched_finds_a_name_from_either_alphabet():
    assert {"шевчук", "shevchuk", "müller", "muller"} <= set(indexed_words("Шевчук Müller").split())


@pytest.mark.parametrize(
    "typed", ["шевчук", "шевч", "шевчк", "шевучк", "шевшук", "шеввчук", "щевчук", "шевчу", "евчук"]
)
def test_is_near_forgives_one_slip_in_the_beginning_of_a_word(typed):
    assert is_near(typed, "шевчук")


@pytest.mark.parametrize("typed", ["шавчик", "ткачук", "вода", "шр", "чук"])
def test_is_near_forgives_no_more(typed):
    assert not is_near(typed, "шевчук")


@pytest.mark.parametrize("word", ["вода", "шевчук", "кравець", "житомир", "самоврядування"])
def test_pieces_of_a_word_with_a_slip_stand_in_the_word(word):
    letters = "абвгдежзиклмнопрст"
    slips = {word[:i] + word[i + 1 :] for i in range(len(word))}
    slips |= {word[:i] + x + word[i + 1 :] for i in range(len(word)) for x in letters}
    slips |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}

    lost = {slip for slip in slips if len(slip) >= 6 and not any(piece in f" {word}" for piece in pieces(slip))}

    assert lost == set()


# Examples of resolution 55 of 2010, and names as their owners write them.
@pytest.mark.parametrize(
    ("word", "latin"),
    [
        *(("алушта", "alushta"), ("гадяч", "hadiach"), ("ґалаґан", "galagan"), ("рівне", "rivne")),
        *(("єнакієве", "yenakiieve"), ("гаєвич", "haievych"), ("жежелів", "zhezheliv"), ("закарпаття", "zakarpattia")),
        *(("медвин", "medvyn"), ("їжакевич", "yizhakevych"), ("кадиївка", "kadyivka"), ("йосипівка", "yosypivka")),
        *(("стрий", "stryi"), ("щербухи", "shcherbukhy"), ("юрій", "yurii"), ("корюківка", "koriukivka")),
        *(("яготин", "yahotyn"), ("костянтин", "kostiantyn"), ("згорани", "zghorany"), ("розгон", "rozghon")),
    ],
)
def test_romanised_is_as_in_passports(word, latin):
    assert romanised(word) == latin


SPELT = {
    "Яна": "Yana Iana Jana",
    "Єва": "Yeva Ieva Jeva Eva",
    "Юлія": "Yuliia Yulia Iuliia Iulia Julia Yuliya Juliia",
    "Наталія": "Nataliia Natalia Nataliya Natalya",
    "Євген": "Yevhen Ievhen Yevgen Evgen Evhen",
    "Ігор": "Ihor Igor",
    "Сергій": "Serhii Serhiy Sergii Sergiy Sergij",
    "Олексій": "Oleksii Oleksiy Olexiy Oleksij",
    "Михайло": "Mykhailo Mykhaylo Mikhailo Mihailo",
    "Згурський": "Zghurskyi Zgurskyi Zgurskiy",
    "Ґудзь": "Gudz",
    "Щербак": "Shcherbak Scherbak",
    "Дмитро": "Dmytro Dmitro",
    "Соф'я": "Sofia Sophia Sofya",
    "Müller": "Mueller Muller Müller Muler",
    "Ševčenko": "Sevcenko Shevchenko",
}


@pytest.mark.parametrize(("name", "typed"), [(name, each) for name, typed in SPELT.items() for each in typed.split()])
def test_a_name_is_found_in_each_spelling_and_while_it_is_typed(name, typed):
    found = indexed_words(name).split()

    lost = [typed[:end] for end in range(2, len(typed) + 1) if not begins(found, typed[:end])]

    # Half of a letter that two or three stand for, such as the first two of sch, finds nothing yet.
    assert begins(found, typed)
    assert len(lost) <= 2, lost


def begins(found: list[str], typed: str) -> bool:
    return all(any(word.startswith(each) for word in found for each in spellings) for spellings in query_words(typed))


KAMIANETS = "кам'янець Кам’янець камʼянець кам`янець кам′янець кам‛янець кам\"янець Ка\u0301м'янець кам*янець"


@pytest.mark.parametrize("typed", KAMIANETS.split())
def test_apostrophes_and_stress_make_no_difference(typed):
    assert query_words(typed)[0][0] == "камянець"
    assert "камянець" in indexed_words(f"«{typed}»").split()
