"""What the demo's people have promised, and how far it is."""

from datetime import timedelta

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.commitments import actions, sharing
from openspace.commitments.actions import Plan
from openspace.commitments.models import Commitment
from openspace.commitments.rules import State
from openspace.events.models import Event


def put(event: Event, topics: list[Topic], people: list[Member]) -> None:
    """Promise a few things, in every state; the first member of `people` is asked to help with one."""

    def promise(
        what: str, first_step: str, days: int, *, owner: int, helpers: tuple[int, ...] = (), waits: bool = False
    ) -> Commitment:
        topic = topics[owner]
        plan = Plan(what, first_step, now().date() + timedelta(days=days))
        commitment = actions.propose(event, plan, by=people[owner], topic=topic, key=f"demo-{owner}")
        for helper in helpers:
            actions.ask(commitment, people[helper], by=people[owner])
            if not (waits and helper == helpers[0]):
                actions.answer(commitment, accepts=True, by=people[helper])
        return commitment

    promise(
        "Обмін молодіжних рад із Лінденталем", "Відеозустріч рад, 24 червня", 120, owner=2, helpers=(0,), waits=True
    )
    promise("Договір про спільну воду на три громади", "Зібрати трьох голів", 90, owner=7, helpers=(9, 11), waits=True)
    promise(
        "Аудит входу до ЦНАПу за списком із 12 пунктів", "Надіслати список пʼяти громадам", 80, owner=12, helpers=(14,)
    )
    trip = promise(
        "Спільний виїзд мобільного ЦНАПу в сім сіл", "Намалювати маршрут на одній карті", 40, owner=16, helpers=(0, 18)
    )
    actions.move(trip, State.DOING, by=people[16])
    promise("Словничок простих слів для адміністраторів", "Переписати перші пʼять карток", 60, owner=20)
    forms = promise("Спільна тека із шаблонами заявок", "Три заявки вже лежать", 10, owner=24, helpers=(26,))
    actions.move(forms, State.DONE, by=people[24])
    fair = promise("Ярмарок громад іще цього літа", "Знайти площу", 50, owner=28)
    actions.move(fair, State.LET_GO, why="На літо вже три ярмарки в районі; долучимось до них.", by=people[28])
    # What everybody may read, with names or without.
    for commitment, owner, is_named in ((trip, people[16], True), (forms, people[24], True), (fair, people[28], False)):
        sharing.share(commitment, is_shared=True, is_named=is_named, by=owner)
    sharing.share(forms, is_shared=False, is_named=True, by=people[26])
