from openspace.phases.rules import Along, Phase, following, guide, scene, usual
from openspace.toolbox import shipped


def test_each_phase_is_followed_by_the_next_and_the_last_by_itself():
    assert following("") == "before"
    assert [following(phase) for phase in Phase] == ["opening", "marketplace", "sessions", "news", "closing", "closing"]


def test_the_marketplace_opens_the_market_and_sessions_let_the_bowl_ring():
    assert usual(Phase.BEFORE) == Along(opens_market=False, takes_topics=True, bowl_rings=False)
    assert usual(Phase.OPENING) == Along(opens_market=False, takes_topics=False, bowl_rings=False)
    assert usual(Phase.MARKETPLACE) == Along(opens_market=True, takes_topics=True, bowl_rings=False)
    assert usual(Phase.SESSIONS) == Along(opens_market=False, takes_topics=True, bowl_rings=True)


def test_the_screens_show_the_way_in_first_and_the_people_last():
    assert [scene(phase) for phase in ("", *Phase)] == ["", "join", "join", "market", "now", "news", "people"]


def test_each_phase_has_a_guide_of_its_own_in_the_tool_box():
    named = [guide(phase) for phase in Phase]

    assert len(set(named)) == len(named)
    assert set(named) <= set(shipped.names())
