"""A whole day of an event, rehearsed from the outside, and then looked into: python -m tests.load.day.

Some 200 people with phones, a screen in the hall, a facilitator and an organiser live through a day of the demo event
in three and a half minutes, over HTTP and WebSockets alone. What the server has acknowledged is kept in a book. In the
end what the server says is held against the book, and every phone's page, as it was loaded and patched, against a page
that is fetched afresh. What each person does, and when, comes from a seed; who is quicker is up to the machine.

| module | holds |
|---|---|
| `__main__.py`, `rehearsal.py` | the options; the order of things |
| `plans.py` | the hours of the day, and who does what and when |
| `people.py` | somebody with a phone: coming, looking, tapping, losing the network, leaving |
| `topics.py`, `book.py`, `stories.py`, `asking.py` | what people do with a feature |
| `team.py` | the facilitator at the console, the organiser at the microphone |
| `phone.py`, `live.py` | a browser: requests, pages, forms, writes; the socket and the channels of its page |
| `wire.py` | HTTP/1.1 and WebSockets as bytes, any of which can be cut |
| `page.py` | a page, its patches, and its comparison |
| `ledger.py` | the book of what was acknowledged |
| `pages_check.py`, `books_check.py` | what is held against fresh pages, and against the book |
| `corruption.py` | spoiling one thing, to see that the checks find it |
| `hall.py`, `server.py`, `report.py` | counts and problems; the server's process; tables |
"""
