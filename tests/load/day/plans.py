"""The hours of the day, and who does what and when. All of it comes from the seed."""

from collections import Counter
from collections.abc import Iterator

from tests.load.day.hall import Hall

Span = tuple[float, float]
# An act: when, in seconds since the day began; the name of a method of `Person`; what it is told.
Act = tuple[float, str, dict]


class Times:
    """The day in seconds; with a pace of 0.5 it takes half as long."""

    def __init__(self, pace: float) -> None:
        def span(first: float, last: float) -> Span:
            return first * pace, last * pace

        self.pace = pace
        self.join = span(0, 34)
        self.market = span(37, 57)
        self.placing = span(44, 67)
        self.slots = [span(68, 93), span(93, 118), span(146, 171), span(171, 196)]
        self.lunch = span(118, 146)
        self.end = 196 * pace
        self.phases = {
            "people come": (0.0, self.market[0]),
            "marketplace": (self.market[0], self.slots[0][0]),
            "slot 1": self.slots[0],
            "slot 2": self.slots[1],
            "lunch, contact book, stories": self.lunch,
            "slot 3": self.slots[2],
            "slot 4, and the end": (self.slots[3][0], float("inf")),
        }


class Roles:
    """Who does what, drawn once for the day. A share is one of all people, also where it is taken from some of them."""

    def __init__(self, hall: Hall, people: int) -> None:
        self.people, self.chance = people, hall.chance("roles")
        everybody = list(range(1, people + 1))
        self.chance.shuffle(everybody)
        self._draw_conveners(everybody)
        self._draw_troubles(everybody)
        self._draw_meetings()
        self._draw_stories()

    def some(self, share: float, of: list[int], *, least: int = 0) -> set[int]:
        return set(self.chance.sample(of, min(len(of), max(least, round(share * self.people)))))

    def _draw_conveners(self, everybody: list[int]) -> None:
        conveners = self.some(0.2, everybody)
        ordered = sorted(conveners)
        self.chance.shuffle(ordered)
        share = round(len(ordered) * 2 / 3)
        self.into_cells, self.to_market = set(ordered[:share]), set(ordered[share:])
        # Conveners whom nobody else touches meanwhile, so that what was said last is what must stand.
        busy, n = ordered[:share], self.people
        self.withdraws = set(busy[: round(0.04 * n)])
        self.restores = set(sorted(self.withdraws)[: max(1, round(0.03 * n))])
        self.moves = set(busy[round(0.04 * n) : round(0.075 * n)])
        self.edits, self.lossy_proposals = self.some(0.06, ordered), self.some(0.03, ordered)
        self.speakers = self.some(0.05, sorted(self.to_market), least=3)
        self.others = [each for each in everybody if each not in conveners]
        # They never leave the page that they opened before the first slot.
        self.keepers = self.some(0.25, self.others)
        self.movers = [each for each in everybody if each not in self.keepers]
        self.idle_movers = [each for each in self.movers if each not in conveners]

    def _draw_troubles(self, everybody: list[int]) -> None:
        self.losers = [self.some(0.05, everybody) for _ in range(4)]
        early = set().union(*self.losers[:3])
        self.sleepers = self.some(0.03, [each for each in self.others if each not in early])
        self.lossy_joins = self.some(0.03, everybody)
        self.late_copies = self.some(0.03, self.movers)

    def _draw_meetings(self) -> None:
        self.cards = self.some(0.3, [each for each in self.movers if each not in self.sleepers])
        rest = [each for each in self.idle_movers if each not in self.sleepers | self.cards]
        self.leavers = self.some(0.03, rest)
        # Half of them come back by their personal link.
        self.comers_back = set(sorted(self.leavers)[: len(self.leavers) // 2])
        givers, pairs = sorted(self.cards), set()
        takers = [each for each in self.movers if each not in self.sleepers | self.leavers]
        self.exchanges: list[tuple[int, int]] = []
        while givers and len(self.exchanges) < round(0.2 * self.people):
            pair = (self.chance.choice(givers), self.chance.choice(takers))
            if pair[0] != pair[1] and frozenset(pair) not in pairs:
                pairs.add(frozenset(pair))
                self.exchanges.append(pair)
        searchers = [each for each in self.movers if each not in self.cards | self.sleepers | self.leavers]
        self.searches = Counter(self.chance.choice(searchers) for _ in range(self.people // 2))

    def _draw_stories(self) -> None:
        # None of them fills in a card: another name or community is a change of each of one's stories.
        rest = [each for each in self.idle_movers if each not in self.cards | self.sleepers | self.leavers]
        self.tellers = self.some(0.06, rest, least=4)
        self.photographers = set(sorted(self.tellers)[::2])
        self.lossy_uploads = set(sorted(self.photographers)[::2])
        self.touched = self.some(0.1, rest)
        self.askers = self.some(0.015, [each for each in rest if each not in self.tellers], least=2)
        self.backers = self.some(0.1, [each for each in rest if each not in self.askers])


class Plan:
    """What one person does, from what `Roles` and their own chance say."""

    def __init__(self, hall: Hall, number: int, roles: Roles, times: Times) -> None:
        self.chance, self.number, self.roles, self.times = hall.chance("plan", number), number, roles, times
        self.taps = self.chance.randint(5, 10)

    def acts(self) -> list[Act]:
        """All acts of the day, in their order."""
        parts = [
            self._come,
            self._look,
            self._have_bad_luck,
            self._convene,
            self._meet,
            self._tell,
            self._ask,
            self._tap,
        ]
        return self._leave(sorted((act for part in parts for act in part()), key=lambda act: act[0]))

    def when(self, span: Span, first: float = 0.0, last: float = 1.0) -> float:
        """Some moment between these shares of a span."""
        return span[0] + (span[1] - span[0]) * (first + (last - first) * self.chance.random())

    def in_slots(self, count: int = 4, last: float = 1.0) -> float:
        """Some moment in the first so many slots."""
        return self.when(self.times.slots[self.chance.randrange(count)], 0.0, last)

    def _come(self) -> Iterator[Act]:
        yield self.when(self.times.join), "join", {"typed": self.chance.random() < 0.5}

    def _look(self) -> Iterator[Act]:
        chance, times = self.chance, self.times
        if self.number in self.roles.keepers:
            yield self.when((times.market[1], times.slots[0][0])), "look", {"share": 0.0}
            return
        for _ in range(3):
            taps = chance.random() < 0.6 and self.taps > 4
            self.taps -= taps
            facts = {"share": chance.random(), "stay": 1 + 3 * chance.random(), "taps": taps}
            yield self.in_slots(3), "read", {**facts, "back": chance.random() < 0.5}
        for _ in range(chance.randint(3, 6)):
            yield self.in_slots(3), "look", {"share": chance.random()}
        if chance.random() < 0.4:
            yield self.in_slots(3), "see_my_day", {}
        yield self.when(times.slots[3], 0.02, 0.48), "sit", {"share": chance.random(), "where": self._last_page()}

    def _last_page(self) -> str:
        roles = self.roles
        places = {"stories": roles.tellers, "petitions": roles.askers, "microphone": roles.speakers}
        found = next((name for name, people in places.items() if self.number in people), "")
        return found or ("topic" if self.chance.random() < 0.1 else "")

    def _tap(self) -> Iterator[Act]:
        for _ in range(self.taps):
            yield self.in_slots(4, 0.97), "tap", {"share": self.chance.random(), "stops": self.chance.random() < 0.3}

    def _have_bad_luck(self) -> Iterator[Act]:
        for slot, losers in zip(self.times.slots, self.roles.losers, strict=True):
            if self.number in losers:
                yield self.when(slot, 0.05, 0.6), "lose_network", self._loss()
        if self.number in self.roles.late_copies:
            yield self.in_slots(3), "tap_twice", {"share": self.chance.random()}
        if self.number in self.roles.sleepers:
            seconds = (50 + 25 * self.chance.random()) * self.times.pace
            yield self.when(self.times.slots[0], 0.1, 0.9), "doze", {"seconds": seconds}

    def _loss(self) -> dict:
        """Half of the time so short that what the script sends again, under the same key, gets through."""
        chance = self.chance
        is_short = chance.random() < 0.5
        return {
            "seconds": 0.9 + 0.9 * chance.random() if is_short else 2 + 4 * chance.random(),
            "says_so": not is_short and chance.random() < 0.6,
            "quietly": chance.random() < 0.5,
            "cut": chance.choice(("before", "within", "after", "after")),
            "share": chance.random(),
        }

    def _convene(self) -> Iterator[Act]:
        roles, number, chance, times = self.roles, self.number, self.chance, self.times
        if number in roles.into_cells | roles.to_market:
            facts = {"into_cell": number in roles.into_cells, "share": chance.random()}
            yield self.when(times.market), "propose", facts
        if number in roles.speakers:
            yield times.market[1], "wait_for_microphone", {}
        if number in roles.edits:
            yield self.in_slots(4, 0.8), "edit", {}
        if number in roles.moves:
            yield self.in_slots(4, 0.8), "move", {"share": chance.random()}
        if number in roles.withdraws:
            at = self.in_slots(3)
            yield at, "withdraw", {"undo": number in roles.restores and chance.random() < 0.5}
            if number in roles.restores:
                yield min(at + 5 + 40 * chance.random(), times.slots[3][0] + 10 * times.pace), "restore", {}

    def _meet(self) -> Iterator[Act]:
        lunch = self.times.lunch
        if self.number in self.roles.cards:
            yield self.when(lunch, 0.0, 0.45), "fill_card", {}
        for giver, taker in self.roles.exchanges:
            if taker == self.number:
                yield self.when(lunch, 0.35, 0.85), "exchange", {"giver": giver, "scans": self.chance.random() < 0.5}
        if count := self.roles.searches[self.number]:
            yield self.when(lunch, 0.35, 0.8), "search", {"count": count}

    def _tell(self) -> Iterator[Act]:
        roles, number = self.roles, self.number
        if number in roles.tellers:
            facts = {"photo": number in roles.photographers, "loses": number in roles.lossy_uploads}
            yield self.when(self.times.lunch, 0.1, 0.6), "tell", {**facts, "early": self.chance.random() < 0.5}
        if number in roles.touched:
            yield self.when(self.times.slots[2], 0.0, 0.6), "give_heart", {"share": self.chance.random()}

    def _ask(self) -> Iterator[Act]:
        if self.number in self.roles.askers:
            yield self.when(self.times.lunch, 0.2, 0.5), "ask_for_change", {"share": self.chance.random()}
        if self.number in self.roles.backers:
            yield self.when(self.times.lunch, 0.6, 0.9), "back_petition", {"share": self.chance.random()}

    def _leave(self, acts: list[Act]) -> list[Act]:
        """Whoever leaves does nothing afterwards; whoever sleeps does nothing meanwhile."""
        if self.number in self.roles.leavers:
            at = self.when(self.times.slots[2], 0.3, 1.0)
            facts = {"comes_back": self.number in self.roles.comers_back, "after": 2 + 5 * self.chance.random()}
            acts = [*(act for act in acts if act[0] < at), (at, "sign_out", facts)]
        for at, _, facts in [act for act in acts if act[1] == "doze"]:
            acts = [act for act in acts if act[1] == "doze" or not at <= act[0] < at + facts["seconds"]]
        return acts
