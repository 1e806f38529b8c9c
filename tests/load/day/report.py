"""What came of the day, as tables for people and as JSON for machines. kB are 1,000 bytes, with heads of requests."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.load.day.phone import percentile

SHARES = {"p50": 0.5, "p99": 0.99, "max": 1.0}
Look = tuple[float, float, int]


def milliseconds(times: Iterable[float]) -> dict[str, float]:
    times = list(times)
    return {name: round(1000 * percentile(times, share), 1) for name, share in SHARES.items()}


def spread(values: Sequence[float]) -> dict[str, float]:
    mean = sum(values) / len(values)
    return {"mean": round(mean, 1), "p50": round(percentile(values, 0.5), 1), "max": round(max(values), 1)}


def requests(hall) -> dict:
    """By kind of request."""
    return {
        name: {
            "requests": len(kind.times),
            "down_kB": round(kind.down / 1000, 1),
            "up_kB": round(kind.up / 1000, 1),
            "ms": milliseconds(kind.times),
            "statuses": {str(status): count for status, count in sorted(kind.statuses.items())},
        }
        for name, kind in sorted(hall.kinds.items())
    }


def one_person(phones: Sequence) -> dict:
    """What the day costs one person."""
    weights = [phone.weight for phone in phones]
    down = ("pages and writes", "static", "socket down")
    kilobytes = {name: [each[name] / 1000 for each in weights] for name in (*down, "sent")}
    return {
        "requests": spread([each["requests"] for each in weights]),
        "packets over sockets": spread([each["packets"] for each in weights]),
        **{f"{name}, kB": spread(values) for name, values in kilobytes.items()},
        "all, kB": spread([sum(each) for each in zip(*kilobytes.values(), strict=True)]),
    }


def by_phase(hall, times, looks: list[Look]) -> dict:
    """What each part of the day was like; `looks` are moments, the server's processor until then, and its memory."""

    def look(at: float) -> Look:
        return next((each for each in looks if each[0] >= at), looks[-1])

    return {
        name: {
            "seconds": round(min(last, looks[-1][0]) - first, 1),
            "cpu_s": round(look(last)[1] - look(first)[1], 1),
            "MiB": round(look(last)[2] / 2**20),
            **_answered(hall, first, last),
        }
        for name, (first, last) in times.phases.items()
    }


def _answered(hall, first: float, last: float) -> dict:
    there = [(kind, seconds) for at, kind, seconds in hall.answered if first <= at < last]
    counts = Counter(kind for kind, _ in there)
    return {
        "requests": len(there),
        "static": counts["static"],
        "taps": counts["tap"],
        "tap_ms": milliseconds(seconds for kind, seconds in there if kind == "tap"),
        "board_ms": milliseconds(seconds for kind, seconds in there if kind == "board"),
        "heard_ms": milliseconds(seconds for at, seconds in hall.heard if first <= at < last),
    }


def as_tables(found: dict) -> str:
    """All of it, to be read."""
    parts = [found["what"], "", _requests_table(found["requests"]), "", _parts_table(found["parts"]), ""]
    rows = [[name, *values.values()] for name, values in found["per_person"].items()]
    parts += [_table([["a person in the day", "mean", "p50", "max"], *rows]), ""]
    rest = {
        key: value
        for key, value in found.items()
        if key not in ("what", "requests", "parts", "per_person", "problems", "bugs")
    }
    parts += [f"{name}: {_words(value)}" for name, value in rest.items()]
    for problem in found["problems"][:20]:
        parts.append(f"PROBLEM {problem['check']}: {problem['what']}")
        parts += [f"    {name}: {value}" for name, value in problem.items() if name not in ("check", "what")]
    parts += [f"BUG in the rehearsal:\n{bug}" for bug in found["bugs"][:5]]
    return "\n".join([*parts, f"problems: {len(found['problems'])}, bugs of the rehearsal: {len(found['bugs'])}"])


def _requests_table(kinds: dict) -> str:
    rows: list[list] = [["requests", "count", "kB down", "kB up", "ms p50", "p99", "max", "4xx"]]
    for name, kind in kinds.items():
        refused = ", ".join(f"{count} × {status}" for status, count in kind["statuses"].items() if status >= "400")
        rows.append([name, *(kind[key] for key in ("requests", "down_kB", "up_kB")), *kind["ms"].values(), refused])
    sums = [round(sum(row[column] for row in rows[1:]), 1) for column in (1, 2, 3)]
    return _table([*rows, ["together", *sums, "", "", "", ""]])


def _parts_table(parts: dict) -> str:
    counts, times = ("seconds", "cpu_s", "MiB", "requests", "static", "taps"), ("tap_ms", "board_ms", "heard_ms")
    heads = [f"{name} {share}" for name in times for share in ("p50", "p99")]
    rows = [
        [name, *(part[key] for key in counts), *(part[key][share] for key in times for share in ("p50", "p99"))]
        for name, part in parts.items()
    ]
    return _table([["part of the day", *counts, *heads], *rows])


def _words(value: object) -> str:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else str(value)


def _table(rows: list[list]) -> str:
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in texts)
    return "\n".join("  ".join(line).rstrip() for line in lines)
