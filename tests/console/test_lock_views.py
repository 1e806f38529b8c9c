"""Locks that are set from the console, and what is said of them."""


def test_a_slot_that_the_whole_board_holds_locked_is_not_said_to_be_open(hall):
    slot_id = hall.cell(2, 0).split("-")[0]
    facilitator = hall.ask("facilitator")
    facilitator.put(hall.url("facilitator/lock"), data={"lock": "nobody"})

    answer = facilitator.put(
        hall.url(f"facilitator/slots/{slot_id}/lock"), data={"lock": "open"}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 200
    assert "замкнено для всіх" in answer.json["says"]
