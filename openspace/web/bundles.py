"""Static files as browsers get them: what is always wanted together comes in one answer.

The sources stay what a browser could load one by one: stylesheets with `@import`, native modules with `import`.
They are joined when the app starts; there is no build step.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

# Each of these scripts comes with all that it imports and that no earlier one of them has. Every page loads the first,
# a page that hears of changes the second, one with marks to tap the third, and one with topics the fourth.
BUNDLES = ("js/app.js", "js/live.js", "js/toggle.js", "js/board.js")

CSS_IMPORT = re.compile(r'^@import "([^"]+)"( [^;]+)?;\n', re.M)
JS_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([^"]+)\.js";\n', re.M)
JS_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.M)
# Comments are a seventh of what would be sent. In scripts only those that have their lines to themselves are found.
CSS_COMMENT = re.compile(r"[ ]*/\*.*?\*/\n?", re.S)
JS_COMMENT = re.compile(r"^ *(?://[^\n]*|/\*\*.*?\*/)\n", re.M | re.S)
UNREADABLE = re.compile(r"^(?:import[ {*\"']|export |await ).*", re.M)


class Script(NamedTuple):
    """A module taken apart: the modules it imports, each with what of it; the names it exports; its statements."""

    imports: list[tuple[str, str]]
    exports: list[str]
    body: str


def served(folder: Path) -> dict[str, bytes]:
    """What is sent for each file of `folder`, by its path in there; ValueError names a source that cannot be joined."""
    files = {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
    sheets = {path: stylesheet(path, files).encode() for path in files if path.startswith("css/")}
    scripts = {path: text.encode() for path, text in _modules(files)}
    return files | sheets | scripts


def stylesheet(path: str, files: dict[str, bytes]) -> str:
    """The stylesheet at `path` without comments, its imports in their places, each within its media query."""

    def imported(match: re.Match[str]) -> str:
        name, media = match.groups()
        source = str(PurePosixPath(path).parent / name)
        if source not in files:
            raise ValueError(f"{path} imports {name}, which does not exist")
        text = stylesheet(source, files)
        # An address is relative to the stylesheet that is asked for.
        if 'url(".' in text and PurePosixPath(source).parent != PurePosixPath(path).parent:
            raise ValueError(f"{source} has a relative url() and is imported into another folder")
        return f"@media{media} {{\n{text}}}\n" if media else text

    return CSS_IMPORT.sub(imported, CSS_COMMENT.sub("", files[path].decode()))


def _modules(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """The text to send for each script: a joined bundle, a stub that leads to its bundle, or the script alone."""
    scripts = {
        PurePosixPath(path).stem: _taken_apart(path, body.decode())
        for path, body in files.items()
        if path.startswith("js/")
    }
    homes = _homes(scripts)
    for name, script in scripts.items():
        if homes[name] == name:
            members = [each for each in _in_order(scripts) if homes[each] == name]
            yield f"js/{name}.js", _joined(name, members, scripts, homes)
        else:
            names = ", ".join(script.exports)
            way = f'import {{ ${name} }} from "./{homes[name]}.js";\nexport const {{ {names} }} = ${name};\n'
            yield f"js/{name}.js", way


def _taken_apart(path: str, source: str) -> Script:
    source = JS_COMMENT.sub("", source)
    imports = [(name, " ".join(names.split()).removesuffix(",")) for names, name in JS_IMPORT.findall(source)]
    exports = [name for _, name in JS_EXPORT.findall(source)]
    body = JS_EXPORT.sub(r"\1 \2", JS_IMPORT.sub("", source))
    if left := UNREADABLE.search(body):
        raise ValueError(f"{path} cannot be joined with others because of: {left[0]}")
    return Script(imports, exports, body)


def _homes(scripts: dict[str, Script]) -> dict[str, str]:
    """Map each script's name to the bundle that contains it, a script in no bundle to itself."""
    homes: dict[str, str] = {}
    for bundle in BUNDLES:
        entry = PurePosixPath(bundle).stem
        for name in _in_order(scripts, entry):
            homes.setdefault(name, entry)
    return homes | {name: name for name in scripts if name not in homes}


def _in_order(scripts: dict[str, Script], *entries: str) -> list[str]:
    """`entries` (or all) and what they import, each after what it imports itself."""
    order: list[str] = []

    def add(name: str, *importers: str) -> None:
        if name in importers:
            raise ValueError(f"Scripts import each other: {' → '.join((*importers, name))}")
        if name in order:
            return
        for other, _ in scripts[name].imports:
            if other not in scripts:
                raise ValueError(f"{name} imports {other}, which does not exist")
            add(other, *importers, name)
        order.append(name)

    for name in entries or scripts:
        add(name)
    return order


def _joined(name: str, members: list[str], scripts: dict[str, Script], homes: dict[str, str]) -> str:
    """One module: each member in a block of its own, which leaves its exports in `$member` for the others."""
    elsewhere: dict[str, set[str]] = {}
    for other in {each for member in members for each, _ in scripts[member].imports} - set(members):
        elsewhere.setdefault(homes[other], set()).add(f"${other}")
    lines = [
        f'import {{ {", ".join(sorted(names))} }} from "./{home}.js";' for home, names in sorted(elsewhere.items())
    ]
    for member in members:
        script = scripts[member]
        lines += [f"const ${member} = {{}};", "{"]
        lines += [f"const {{ {names.replace(' as ', ': ')} }} = ${other};" for other, names in script.imports]
        lines += [script.body, f"Object.assign(${member}, {{ {', '.join(script.exports)} }});", "}"]
    own = scripts[name].exports
    if own:
        lines.append(f"export const {{ {', '.join(own)} }} = ${name};")
    lines.append(f"export {{ {', '.join(f'${member}' for member in members)} }};\n")
    return "\n".join(lines)
