"""How stylesheets and scripts are joined before they are sent."""

import pytest

from openspace import create_app
from openspace.web import bundles

APP = 'import { say } from "./toast.js";\n\nexport function connect() {\n  say();\n}\n'
TOAST = "// A toast.\nexport const say = () => {};\n"


@pytest.fixture
def folder(tmp_path):
    def write(**sources: str) -> object:
        files = dict.fromkeys(bundles.BUNDLES, "") | {"js/app.js": APP, "js/toast.js": TOAST, "css/base.css": ""}
        for path, text in (files | sources).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path

    return write


def joined(folder, path: str) -> str:
    return bundles.served(folder)[path].decode()


def test_a_stylesheet_comes_with_what_it_imports_and_without_comments(folder):
    base = '@import "a.css";\n@import "parts/b.css" screen and (width > 1px);\n.c { top: 0; } /* last */\n'
    sources = {"css/a.css": "/* first */\n.a { top: 0; }\n", "css/parts/b.css": ".b { top: 0; }\n"}

    text = joined(folder(**sources | {"css/base.css": base}), "css/base.css")

    expected = ".a { top: 0; } @media screen and (width > 1px) { .b { top: 0; } } .c { top: 0; }"
    assert text.split() == expected.split()


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ({"css/base.css": '@import "gone.css";\n'}, "gone.css, which does not exist"),
        ({"css/base.css": '@import "x/a.css";\n', "css/x/a.css": 'a { src: url("../a"); }'}, "relative url"),
        ({"js/app.js": "export default 1;\n"}, "js/app.js cannot be joined"),
        ({"js/app.js": 'import * as all from "./toast.js";\n'}, "js/app.js cannot be joined"),
        ({"js/app.js": 'import "./toast.js";\n'}, "js/app.js cannot be joined"),
        ({"js/app.js": 'import { say } from "./gone.js";\n'}, "app imports gone, which does not exist"),
        ({"js/app.js": "await 1;\n"}, "js/app.js cannot be joined"),
        ({"js/toast.js": 'import { connect } from "./app.js";\nexport const say = 1;\n'}, "app → toast → app"),
    ],
)
def test_a_source_that_cannot_be_joined_stops_the_start(folder, sources, says):
    with pytest.raises(ValueError, match=says):
        bundles.served(folder(**sources))


def test_a_script_comes_with_what_it_imports_and_others_find_that_there(folder):
    card = 'import { say as tell } from "./toast.js";\n\nexport async function connect() {\n  tell();\n}\n'

    files = folder(**{"js/card.js": card})

    assert joined(files, "js/app.js") == (
        "const $toast = {};\n{\nconst say = () => {};\n\nObject.assign($toast, { say });\n}\n"
        "const $app = {};\n{\nconst { say } = $toast;\n\nfunction connect() {\n  say();\n}\n\n"
        "Object.assign($app, { connect });\n}\nexport const { connect } = $app;\nexport { $toast, $app };\n"
    )
    assert joined(files, "js/toast.js") == 'import { $toast } from "./app.js";\nexport const { say } = $toast;\n'
    assert joined(files, "js/card.js").startswith('import { $toast } from "./app.js";\nconst $card = {};\n')
    assert "const { say: tell } = $toast;" in joined(files, "js/card.js")


def test_another_way_of_joining_is_another_address(an_app, monkeypatch, tmp_path):
    monkeypatch.setattr(bundles, "BUNDLES", ("js/app.js",))

    other = create_app({"DATA": tmp_path})

    # Browsers keep what they once had from an address for a year.
    assert other.config["STATIC_VERSION"] != an_app.config["STATIC_VERSION"]
