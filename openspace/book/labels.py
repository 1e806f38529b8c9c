"""The words that the book adds to what people wrote."""

from flask_babel import gettext, ngettext


def all_of(event: str) -> dict[str, str]:
    """The headings and the sentences of the book of an event with this name."""
    return {
        "book": gettext("Book of the sessions"),
        "contents": gettext("Contents"),
        "how": gettext("How an open space works"),
        "without-programme": gettext(
            "Nobody made a programme beforehand. All sat in a circle; whoever cared about a topic wrote it on a sheet, "
            "read it out and hung it on the wall, in a free time and place. That wall was the agenda."
        ),
        "principles": gettext("Four principles"),
        "people-principle": gettext("Whoever comes is the right people."),
        "happening-principle": gettext("Whatever happens is the only thing that could have."),
        "time-principle": gettext("Whenever it starts is the right time."),
        "end-principle": gettext("When it is over, it is over."),
        "law": gettext("The law of two feet"),
        "law-text": gettext(
            "Whoever neither learns nor helps where they are uses their two feet and goes on to where they do."
        ),
        "made-of": gettext(
            "This book is made of what those who were there wrote down. It is neither complete nor smoothed. "
            "The code beside a session leads to its page, where the talk may go on."
        ),
        "by": gettext("Invited by"),
        "said": gettext("What was said"),
        "advice": gettext("What we advise"),
        "steps": gettext("Next steps"),
        "in-circle": gettext("In the circle"),
        "wrote": gettext("Written down by"),
        "also": gettext("Also held"),
        "code": gettext("What came of it, and the talk afterwards"),
        "cut": gettext("The notes go on at the page of the session."),
        "without-notes": gettext("Sessions without notes"),
        "without-notes-lead": gettext("Nobody has written them down yet. Whoever was there still can."),
        "nowhere": gettext("Topics that found no time"),
        "all-steps": gettext("All next steps"),
        "all-steps-lead": gettext("By date. The number leads to the session."),
        "dots": gettext("Dots"),
        "dots-lead": gettext("What everybody chose in secret to take on. What goes on stands in bold."),
        "dots-count": gettext("Dots"),
        "on-paper": gettext("of these on paper"),
        "commitments": gettext("Commitments"),
        "commitments-lead": gettext("What people promised, with the names of those who agreed to stand here."),
        "first-step": gettext("First step"),
        "state": gettext("State"),
        "what": gettext("What"),
        "who": gettext("Who"),
        "until": gettext("By when"),
        # Where a link leads to a session, there are no numbers of pages.
        "by-date": gettext("By date."),
        "who-brought": gettext("Who brought what."),
        "time": gettext("Time"),
        "place": gettext("Place"),
        "topic": gettext("Topic"),
        "page": gettext("Page"),
        # TRANSLATORS: before the number of a page, as in "p. 12"
        "page-short": gettext("p."),
        "stories": gettext("Stories"),
        "people": gettext("People"),
        "people-lead": gettext("Those who agreed to stand here."),
        "communities": gettext("By community"),
        "communities-lead": gettext("Who brought what. The number tells the page."),
        "colophon": gettext("Colophon"),
        "photos": gettext("Photos"),
        "photo": gettext("Photo without a description"),
        "nothing": gettext("There were no sessions."),
    }


def lead_of_day(sessions: int) -> str:
    """The sentence under the title of a day."""
    return str(
        ngettext(
            "%(num)s session. The number in the circle tells how many people came.",
            "%(num)s sessions. The number in a circle tells how many people came.",
            sessions,
        )
    )
