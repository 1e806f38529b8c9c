"""Who may do what: every route and method against every kind of person. A route without a row fails."""

import pytest
from sqlalchemy import select

from openspace.access.actions import issue_link
from openspace.access.models import Link, Member, Role
from openspace.board import actions as board, merging
from openspace.commitments import actions as commitments
from openspace.events.models import Event, GridChange
from openspace.extensions import db
from openspace.organising.actions import SpaceSheet, set_spaces
from openspace.petitions import actions as petitions
from openspace.petitions.rules import Kind
from openspace.pitching.actions import queue_up
from openspace.pitching.claim_actions import write_down
from openspace.screens import actions as screens
from openspace.store import sqlite
from openspace.stories import moderation_actions as moderation
from tests.factories import DIGEST, a_card, a_film, a_follow_up, a_member, a_story, a_topic, an_announcement, an_upload

PEOPLE = ("stranger", "other", "participant", "convener", "facilitator", "organiser")

# Statuses in the order of PEOPLE. 3xx is a redirect after the deed.
ROWS = {
    # board
    "GET board.show": (403, 403, 200, 200, 200, 200),
    # Under the event's key for apps they open for everybody: tests/exports/test_schedule.py.
    "GET schedules.xml": (403, 403, 200, 200, 200, 200),
    "GET schedules.code": (403, 403, 403, 403, 403, 200),
    "GET rooms.index": (403, 403, 200, 200, 200, 200),
    "GET schedules.json": (403, 403, 200, 200, 200, 200),
    "GET guide.show": (403, 403, 403, 403, 403, 200),
    "GET guide.picture": (403, 403, 403, 403, 403, 200),
    # notes
    "GET notes.show": (403, 403, 200, 200, 200, 200),
    "PUT notes.save": (403, 403, 303, 303, 303, 303),
    "PUT notes.choose": (403, 403, 404, 404, 404, 404),
    "PUT notes.take": (403, 403, 200, 200, 200, 200),
    "DELETE notes.let_go": (403, 403, 200, 200, 200, 200),
    "GET askings.show": (403, 403, 303, 200, 200, 200),
    "PUT askings.name": (403, 403, 403, 303, 303, 303),
    "PUT askings.answer": (403, 403, 404, 404, 404, 404),
    "GET note_steps.new": (403, 403, 200, 200, 200, 200),
    "GET note_steps.edit": (403, 403, 200, 200, 200, 200),
    "POST note_steps.create": (403, 403, 303, 303, 303, 303),
    "PUT note_steps.change": (403, 403, 303, 303, 303, 303),
    "DELETE note_steps.remove": (403, 403, 303, 303, 303, 303),
    # The participant has added the photo.
    "POST note_photos.create": (403, 403, 303, 303, 303, 303),
    "GET note_photos.show": (403, 403, 200, 200, 200, 200),
    "PUT note_photos.describe": (403, 403, 303, 303, 303, 303),
    "DELETE note_photos.remove": (403, 403, 303, 403, 303, 303),
    "PUT note_photos.bring_back": (403, 403, 303, 403, 303, 303),
    "GET note_photos.file": (403, 403, 200, 200, 200, 200),
    # Its session is still to come.
    "PUT attendance.come": (403, 403, 409, 409, 409, 409),
    "DELETE attendance.leave": (403, 403, 303, 303, 303, 303),
    "PUT attendance.go_on": (403, 403, 303, 303, 303, 303),
    "POST attendance.add": (403, 403, 303, 303, 303, 303),
    "DELETE attendance.remove": (403, 403, 303, 303, 303, 303),
    # The place is one for topics.
    "PUT butterflies.come": (403, 403, 404, 404, 404, 404),
    "DELETE butterflies.go_on": (403, 403, 303, 303, 303, 303),
    "GET note_history.index": (403, 403, 200, 200, 200, 200),
    "GET note_history.show": (403, 403, 404, 404, 404, 404),
    "PUT note_history.bring_back": (403, 403, 404, 404, 404, 404),
    "GET board.market": (403, 403, 200, 200, 200, 200),
    "GET board.projector_link": (403, 403, 403, 403, 302, 302),
    "GET board.projector": (200, 200, 200, 200, 200, 200),
    "GET board_screens.market": (200, 200, 200, 200, 200, 200),
    "GET board_screens.now_and_next": (200, 200, 200, 200, 200, 200),
    "GET board_screens.clock": (200, 200, 200, 200, 200, 200),
    "GET board.spaces": (403, 403, 200, 200, 200, 200),
    "GET board.space": (403, 403, 200, 200, 200, 200),
    "GET board.my_day": (403, 403, 200, 200, 200, 200),
    "GET board.leaving": (403, 403, 200, 200, 200, 200),
    "DELETE board.leave": (403, 403, 303, 303, 303, 422),
    # the hall's screens, of which one is heard and has the number 1
    "GET hall.join": (200, 200, 200, 200, 200, 200),
    "PUT hall.hear": (200, 200, 200, 200, 200, 200),
    "GET hall.bowl": (403, 403, 200, 200, 200, 200),
    "GET screens.index": (403, 403, 403, 403, 200, 200),
    "PUT screens.update": (403, 403, 403, 403, 303, 303),
    "DELETE screens.forget": (403, 403, 403, 403, 303, 303),
    "PUT screens.blank": (403, 403, 403, 403, 303, 303),
    "DELETE screens.show_again": (403, 403, 403, 403, 303, 303),
    "PUT screens.let_ring": (403, 403, 403, 403, 303, 303),
    "DELETE screens.silence": (403, 403, 403, 403, 303, 303),
    # phases
    "GET phases.show": (403, 403, 403, 403, 200, 200),
    "PUT phases.switch": (403, 403, 403, 403, 303, 303),
    "GET phases.card": (403, 403, 403, 403, 200, 200),
    # topics
    "GET topics.index": (403, 403, 303, 303, 303, 303),
    "GET topics.new": (403, 403, 200, 200, 200, 200),
    "POST topics.create": (403, 403, 303, 303, 303, 303),
    "GET topics.show": (403, 403, 200, 200, 200, 200),
    "GET topics.edit": (403, 403, 403, 200, 200, 200),
    "PUT topics.update": (403, 403, 403, 303, 303, 303),
    "GET placements.show": (403, 403, 403, 200, 200, 200),
    "PUT placements.put": (403, 403, 403, 303, 303, 303),
    "DELETE placements.delete": (403, 403, 403, 303, 303, 303),
    "PUT interests.put": (403, 403, 303, 303, 303, 303),
    "DELETE interests.delete": (403, 403, 303, 303, 303, 303),
    # merging, about a question on topics of the convener and of the organiser; to split, topic 1 is merged into 2
    "GET merges.show": (403, 403, 403, 200, 200, 200),
    "POST merges.ask": (403, 403, 403, 303, 303, 303),
    "PUT merges.agree": (403, 403, 404, 303, 303, 303),
    "DELETE merges.decline": (403, 403, 404, 303, 303, 303),
    "PUT console_topics.merge": (403, 403, 403, 403, 303, 303),
    "DELETE console_topics.leave_apart": (403, 403, 403, 403, 303, 303),
    "DELETE merges.split": (403, 403, 403, 303, 303, 303),
    "PUT topics.put_withdrawal": (403, 403, 403, 303, 303, 303),
    "DELETE topics.delete_withdrawal": (403, 403, 403, 303, 303, 303),
    "GET topics.code": (403, 403, 200, 200, 200, 200),
    # the console
    "GET console.show": (403, 403, 403, 403, 200, 200),
    "PUT console.redo": (403, 403, 403, 403, 303, 303),
    "DELETE console.undo": (403, 403, 403, 403, 303, 303),
    "PUT console.redo_last": (403, 403, 403, 403, 409, 409),
    "DELETE console.undo_last": (403, 403, 403, 403, 409, 409),
    "GET console_topics.show_costs": (403, 403, 403, 403, 200, 200),
    "PUT console_topics.pick_up": (403, 403, 403, 403, 204, 204),
    "DELETE console_topics.put_down": (403, 403, 403, 403, 204, 204),
    "PUT console_topics.hang": (403, 403, 403, 403, 303, 303),
    "DELETE console_topics.take_off": (403, 403, 403, 403, 409, 409),
    "PUT console_topics.hide": (403, 403, 403, 403, 303, 303),
    "DELETE console_topics.show_again": (403, 403, 403, 403, 303, 303),
    "GET console_times.show": (403, 403, 403, 403, 200, 200),
    "PUT console_times.move": (403, 403, 403, 403, 303, 303),
    "PUT console_locks.lock_slot": (403, 403, 403, 403, 303, 303),
    "PUT console_locks.lock_board": (403, 403, 403, 403, 303, 303),
    "DELETE console_locks.close_space": (403, 403, 403, 403, 303, 303),
    "PUT console_locks.open_space": (403, 403, 403, 403, 303, 303),
    "POST console_times.create_slot": (403, 403, 403, 403, 303, 303),
    "POST console_times.create_space": (403, 403, 403, 403, 303, 303),
    # petitions, on one of the participant's about topic 1
    "GET petitions.index": (403, 403, 200, 200, 200, 200),
    "GET petitions.new": (403, 403, 200, 200, 200, 200),
    "POST petitions.create": (403, 403, 303, 303, 303, 303),
    "PUT petitions.back": (403, 403, 303, 303, 303, 303),
    "DELETE petitions.unback": (403, 403, 303, 303, 303, 303),
    "DELETE petitions.take_back": (403, 403, 303, 403, 403, 403),
    "GET decisions.show": (403, 403, 403, 403, 200, 200),
    "PUT decisions.grant": (403, 403, 403, 403, 303, 303),
    "PUT decisions.decline": (403, 403, 403, 403, 303, 303),
    # contacts, on the convener's card
    "GET contacts.index": (403, 403, 200, 200, 200, 200),
    "GET contacts.show": (403, 403, 200, 200, 200, 200),
    "GET contacts.photo": (403, 403, 200, 200, 200, 200),
    "GET contacts.room": (403, 403, 200, 200, 200, 200),
    "GET contacts.room_on_projector": (200, 200, 200, 200, 200, 200),
    "GET cards.mine": (403, 403, 302, 200, 302, 302),
    "GET cards.step": (403, 403, 200, 200, 200, 200),
    "PUT cards.put_step": (403, 403, 303, 303, 303, 303),
    "PUT cards.put_photo": (403, 403, 422, 422, 422, 422),
    "DELETE cards.delete_photo": (403, 403, 303, 303, 303, 303),
    "DELETE cards.take_back": (403, 403, 303, 303, 303, 303),
    "GET exchanges.code": (403, 403, 200, 200, 200, 200),
    "POST exchanges.make_code": (403, 403, 303, 303, 303, 303),
    "GET exchanges.picture": (403, 403, 404, 200, 404, 404),
    "GET exchanges.ask": (403, 403, 200, 200, 200, 200),
    "PUT exchanges.exchange": (403, 403, 303, 422, 303, 303),
    "GET exchanges.exchanged": (403, 403, 200, 200, 200, 200),
    "DELETE exchanges.part": (403, 403, 303, 303, 303, 303),
    "PUT exchanges.put_note": (403, 403, 404, 404, 404, 404),
    "PUT exchanges.put_wish": (403, 403, 303, 422, 303, 303),
    "DELETE exchanges.delete_wish": (403, 403, 303, 303, 303, 303),
    # stories, on the convener's story
    "GET stories.index": (403, 403, 200, 200, 200, 200),
    "GET stories.new": (403, 403, 200, 200, 200, 200),
    "POST stories.create": (403, 403, 303, 303, 303, 303),
    "GET stories.show": (403, 403, 200, 200, 200, 200),
    "GET stories.edit": (403, 403, 403, 200, 403, 403),
    "PUT stories.update": (403, 403, 403, 303, 403, 403),
    "DELETE stories.delete": (403, 403, 403, 303, 403, 403),
    "PUT stories.bring_back": (403, 403, 403, 303, 403, 403),
    "GET stories.code": (403, 403, 200, 200, 200, 200),
    "PUT story_marks.put": (403, 403, 303, 303, 303, 303),
    "DELETE story_marks.delete": (403, 403, 303, 303, 303, 303),
    "POST story_marks.comment": (403, 403, 303, 303, 303, 303),
    "DELETE story_marks.take_back": (403, 403, 403, 303, 303, 303),
    # uploads, on one of the participant's
    "POST uploads.create": (403, 403, 201, 201, 201, 201),
    "HEAD uploads.show": (403, 403, 200, 404, 404, 404),
    "PATCH uploads.append": (403, 403, 204, 404, 404, 404),
    "DELETE uploads.terminate": (403, 403, 204, 404, 404, 404),
    "OPTIONS uploads.options": (403, 403, 204, 204, 204, 204),
    "GET slides.file": (200, 200, 200, 200, 200, 200),
    "GET slides.file_for_control": (403, 403, 403, 403, 200, 200),
    "GET story_media.file": (403, 403, 200, 200, 200, 200),
    "GET story_media.states": (403, 403, 200, 200, 200, 200),
    "GET story_media.webvtt": (403, 403, 200, 200, 200, 200),
    "GET story_media.edit_subtitles": (403, 403, 403, 200, 403, 403),
    "PUT story_media.put_subtitles": (403, 403, 403, 303, 403, 403),
    "GET moderation.show": (403, 403, 403, 403, 200, 200),
    "PUT moderation.approve": (403, 403, 403, 403, 303, 303),
    "PUT moderation.hide": (403, 403, 403, 403, 303, 303),
    "GET moderation.reporting": (403, 403, 200, 200, 200, 200),
    "POST moderation.report": (403, 403, 303, 303, 303, 303),
    "PUT moderation.settle": (403, 403, 403, 403, 303, 303),
    "PUT moderation.silence": (403, 403, 403, 403, 303, 303),
    "DELETE moderation.unsilence": (403, 403, 403, 403, 303, 303),
    "PUT moderation.put_check": (403, 403, 403, 403, 303, 303),
    "DELETE moderation.delete_check": (403, 403, 403, 403, 303, 303),
    # the slideshow of stories
    "GET slides.link": (403, 403, 403, 403, 302, 302),
    "GET slides.screen": (200, 200, 200, 200, 200, 200),
    "GET slides.code": (200, 200, 200, 200, 200, 200),
    "GET slides.code_of_story": (200, 200, 200, 200, 200, 200),
    "GET slides.control": (403, 403, 403, 403, 200, 200),
    "POST slides.step": (403, 403, 403, 403, 303, 303),
    "PUT slides.hold": (403, 403, 403, 403, 303, 303),
    "DELETE slides.go_on": (403, 403, 403, 403, 303, 303),
    "PUT slides.blank": (403, 403, 403, 403, 303, 303),
    "DELETE slides.show_again": (403, 403, 403, 403, 303, 303),
    # announcements
    "GET announcements.index": (403, 403, 403, 403, 200, 200),
    "POST announcements.create": (403, 403, 403, 403, 303, 303),
    "GET announcements.edit": (403, 403, 403, 403, 200, 200),
    "PUT announcements.update": (403, 403, 403, 403, 303, 303),
    "PUT announcements.take_back": (403, 403, 403, 403, 303, 303),
    "DELETE announcements.bring_back": (403, 403, 403, 403, 303, 303),
    # the series of films, with the film of story 1 in it, and published
    "GET series.show": (403, 403, 403, 403, 403, 200),
    "PUT series.put_film": (403, 403, 403, 403, 403, 303),
    "DELETE series.delete_film": (403, 403, 403, 403, 403, 303),
    "PUT series.put_place": (403, 403, 403, 403, 403, 303),
    "PUT series.put_publication": (403, 403, 403, 403, 403, 303),
    "DELETE series.delete_publication": (403, 403, 403, 403, 403, 303),
    "PUT series.put_file": (403, 403, 403, 403, 403, 303),
    "GET series.file": (403, 403, 403, 403, 403, 200),
    "GET series.webvtt": (403, 403, 403, 403, 403, 200),
    "GET films.index": (200, 200, 200, 200, 200, 200),
    "GET films.film": (200, 200, 200, 200, 200, 200),
    "GET films.poster": (200, 200, 200, 200, 200, 200),
    "GET films.picture": (200, 200, 200, 200, 200, 200),
    "GET films.webvtt": (200, 200, 200, 200, 200, 200),
    # what of the stories leaves the house; nothing is published
    "GET publication.show": (403, 403, 403, 403, 403, 200),
    "PUT publication.publish": (403, 403, 403, 403, 403, 303),
    "DELETE publication.withdraw": (403, 403, 403, 403, 403, 303),
    "PUT publication.put_consents": (403, 403, 403, 303, 403, 403),
    "GET publication.atom": (404, 404, 404, 404, 404, 404),
    "GET publication.podcast": (404, 404, 404, 404, 404, 404),
    "GET publication.page": (404, 404, 404, 404, 404, 404),
    "GET publication.file": (404, 404, 404, 404, 404, 404),
    "GET story_downloads.archive": (403, 403, 403, 403, 403, 200),
    "GET story_downloads.as_data": (403, 403, 403, 403, 403, 200),
    # the tool box
    "GET toolbox.index": (403, 403, 200, 200, 200, 200),
    "GET toolbox.show": (403, 403, 200, 200, 200, 200),
    "GET toolbox.document": (403, 403, 200, 200, 200, 200),
    # guides of the event's own, of which there is one
    "GET own_guides.index": (403, 403, 403, 403, 403, 200),
    "GET own_guides.new": (403, 403, 403, 403, 403, 200),
    "POST own_guides.create": (403, 403, 403, 403, 403, 422),
    "GET own_guides.edit": (403, 403, 403, 403, 403, 200),
    "PUT own_guides.change": (403, 403, 403, 403, 403, 422),
    "DELETE own_guides.remove": (403, 403, 403, 403, 403, 303),
    "PUT own_guides.show": (403, 403, 403, 403, 403, 303),
    "DELETE own_guides.hide": (403, 403, 403, 403, 403, 303),
    "GET own_guides.version": (403, 403, 403, 403, 403, 200),
    "PUT own_guides.bring_back": (403, 403, 403, 403, 403, 303),
    # A stranger has the projector's key.
    "GET hall_clock.screen": (200, 200, 200, 200, 200, 200),
    "GET hall_clock.show": (403, 403, 403, 403, 200, 200),
    "PUT hall_clock.start": (403, 403, 403, 403, 303, 303),
    "DELETE hall_clock.stop": (403, 403, 403, 403, 303, 303),
    # No guide is running.
    "PUT hall_clock.go_to": (403, 403, 403, 403, 409, 409),
    "PUT hall_clock.pause": (403, 403, 403, 403, 409, 409),
    "DELETE hall_clock.go_on": (403, 403, 403, 403, 409, 409),
    "POST hall_clock.lengthen": (403, 403, 403, 403, 409, 409),
    # the evening news
    "GET news.show": (403, 403, 200, 200, 200, 200),
    # commitments, on one of the convener's in which the participant was asked to help
    "GET commitments.index": (403, 403, 200, 200, 200, 200),
    "GET commitments.screen": (200, 200, 200, 200, 200, 200),
    "GET commitments.code": (200, 200, 200, 200, 200, 200),
    "GET commitments.new": (403, 403, 200, 200, 200, 200),
    "POST commitments.create": (403, 403, 303, 303, 303, 303),
    "POST commitments.take_over": (403, 403, 303, 303, 303, 303),
    "GET commitments.show": (403, 403, 200, 200, 200, 200),
    "GET commitments.edit": (403, 403, 403, 200, 200, 200),
    "PUT commitments.update": (403, 403, 403, 303, 303, 303),
    "PUT commitments.move": (403, 403, 403, 303, 303, 303),
    "PUT pledges.answer": (403, 403, 303, 303, 303, 303),
    "PUT pledges.take_on": (403, 403, 409, 303, 409, 409),
    # Participants may ask those who are in the contact book, which nobody else is.
    "POST pledges.ask": (403, 403, 403, 422, 303, 303),
    "DELETE pledges.ask_no_more": (403, 403, 403, 303, 303, 303),
    "PUT pact_moderation.hide": (403, 403, 403, 403, 303, 303),
    "DELETE pact_moderation.show": (403, 403, 403, 403, 303, 303),
    # what came of it, under the personal link of the convener, who was asked
    "GET outcomes.show": (200, 200, 200, 200, 200, 200),
    "POST outcomes.answer": (303, 303, 303, 303, 303, 303),
    "GET outcomes.stopping": (200, 200, 200, 200, 200, 200),
    "POST outcomes.stop": (200, 200, 200, 200, 200, 200),
    "GET sharing.show": (403, 403, 200, 200, 200, 200),
    "GET sharing.photo": (403, 403, 200, 200, 200, 200),
    "PUT sharing.share": (403, 403, 403, 303, 403, 403),
    # whether an address is theirs, under the link of a mail
    "GET addresses.show": (200, 200, 200, 200, 200, 200),
    "POST addresses.confirm": (200, 200, 200, 200, 200, 200),
    "GET addresses.stopping": (200, 200, 200, 200, 200, 200),
    "POST addresses.stop": (200, 200, 200, 200, 200, 200),
    "GET follow_ups.address": (403, 403, 200, 200, 200, 200),
    "PUT follow_ups.agree": (403, 403, 303, 303, 303, 303),
    "DELETE follow_ups.withdraw": (403, 403, 303, 303, 303, 303),
    "GET follow_ups.overview": (403, 403, 403, 403, 403, 200),
    "PUT follow_ups.choose": (403, 403, 403, 403, 403, 303),
    "POST follow_ups.send_left": (403, 403, 403, 403, 403, 303),
    "PUT follow_ups.renew": (403, 403, 403, 403, 403, 303),
    "GET follow_ups.photo": (403, 403, 403, 403, 403, 200),
    "GET follow_ups.code": (403, 403, 403, 403, 403, 200),
    "GET follow_ups.table": (403, 403, 403, 403, 403, 200),
    "GET book.show": (403, 403, 200, 200, 200, 200),
    "POST book.make": (403, 403, 303, 303, 303, 303),
    "GET book.file": (403, 403, 200, 200, 200, 200),
    "GET news.screen": (200, 200, 200, 200, 200, 200),
    "GET news.code": (200, 200, 200, 200, 200, 200),
    "GET news_photos.file": (403, 403, 200, 200, 200, 200),
    "GET news_photos.file_in_hall": (200, 200, 200, 200, 200, 200),
    "PUT news.go_to": (403, 403, 403, 403, 303, 303),
    "DELETE news.stop": (403, 403, 403, 403, 303, 303),
    # dots, of which no round is prepared
    "GET dots.show": (403, 403, 200, 200, 200, 200),
    "PUT dots.give": (403, 403, 409, 409, 409, 409),
    "GET dots_console.show": (403, 403, 403, 403, 200, 200),
    "PUT dots_console.prepare": (403, 403, 403, 403, 303, 303),
    "DELETE dots_console.take_back": (403, 403, 403, 403, 409, 409),
    "PUT dots_console.start": (403, 403, 403, 403, 409, 409),
    "PUT dots_console.prolong": (403, 403, 403, 403, 404, 404),
    "DELETE dots_console.end": (403, 403, 403, 403, 409, 409),
    "PUT dots_console.count": (403, 403, 403, 403, 409, 409),
    "POST dots.take_on": (403, 403, 404, 404, 404, 404),
    "GET dots.screen": (200, 200, 200, 200, 200, 200),
    "GET dots.code": (200, 200, 200, 200, 200, 200),
    "GET dots_paper.show": (403, 403, 403, 403, 200, 200),
    "POST dots_paper.enter": (403, 403, 403, 403, 409, 409),
    "DELETE dots_paper.remove": (403, 403, 403, 403, 409, 409),
    # the microphone; the participant waits in the queue, and somebody without a phone was written down
    "GET pitching.show": (403, 403, 200, 200, 200, 200),
    "PUT pitching.wait": (403, 403, 303, 303, 303, 303),
    "DELETE pitching.leave": (403, 403, 303, 303, 303, 303),
    "GET pitching.link": (403, 403, 403, 403, 302, 302),
    "GET pitching.screen": (200, 200, 200, 200, 200, 200),
    "GET pitching.code": (200, 200, 200, 200, 200, 200),
    "GET microphone.show": (403, 403, 403, 403, 200, 200),
    "GET microphone.people": (403, 403, 403, 403, 200, 200),
    "GET microphone.projector": (403, 403, 403, 403, 200, 200),
    "POST microphone.enter": (403, 403, 403, 403, 303, 303),
    "POST microphone.add": (403, 403, 403, 403, 303, 303),
    "PUT microphone.put_place": (403, 403, 403, 403, 303, 303),
    "DELETE microphone.remove": (403, 403, 403, 403, 303, 303),
    "PUT microphone.call": (403, 403, 403, 403, 303, 303),
    "DELETE microphone.finish": (403, 403, 403, 403, 303, 303),
    # Nobody is at the microphone.
    "PUT microphone.hang": (403, 403, 403, 403, 409, 409),
    "GET claims.show": (200, 200, 200, 200, 200, 200),
    "POST claims.take": (422, 422, 422, 422, 422, 422),
    "GET claims.slips": (403, 403, 403, 403, 200, 200),
    "GET claims.code": (403, 403, 403, 403, 200, 200),
    # access
    "GET access.join": (200, 200, 303, 303, 303, 303),
    "POST access.take": (303, 303, 303, 303, 303, 303),
    "GET access.join_code": (200, 200, 200, 200, 200, 200),
    "GET access.poster": (403, 403, 200, 200, 200, 200),
    "GET access.mine": (403, 403, 200, 200, 200, 200),
    "PUT access.introduce": (403, 403, 303, 303, 303, 303),
    "GET credentials.personal_code": (403, 403, 200, 200, 200, 200),
    "PUT credentials.renew_key": (403, 403, 303, 303, 303, 303),
    "PUT credentials.set_password": (403, 403, 403, 403, 303, 303),
    "GET credentials.show_confirmation": (403, 403, 200, 200, 200, 200),
    "PUT credentials.put_confirmation": (403, 403, 422, 422, 422, 422),
    "DELETE access.sign_out": (303, 303, 303, 303, 303, 303),
    "GET access.personal": (200, 200, 200, 200, 200, 200),
    "POST access.come_back": (303, 303, 303, 303, 303, 303),
    "GET notices.show": (403, 403, 200, 200, 200, 200),
    "DELETE notices.read": (403, 403, 303, 303, 303, 303),
    "GET access.sign_in": (200, 200, 200, 200, 200, 200),
    "POST access.check_in": (422, 422, 422, 422, 422, 422),
    "GET links.invitation": (404, 404, 404, 404, 404, 404),
    "POST links.accept": (404, 404, 404, 404, 404, 404),
    "POST front.find_event": (303, 303, 303, 303, 303, 303),
    # events
    "GET front.show": (200, 302, 302, 302, 302, 302),
    "GET setup.show": (404, 404, 404, 404, 404, 404),
    "POST setup.create": (404, 404, 404, 404, 404, 404),
    "POST setup.preview": (404, 404, 404, 404, 404, 404),
    # The hall's event is no programme: tests/programmes/test_access.py.
    "GET founding.show": (404, 404, 404, 404, 404, 404),
    "POST founding.create": (404, 404, 404, 404, 404, 404),
    "GET programmes.show": (404, 404, 404, 404, 404, 404),
    "POST programmes.invite": (404, 404, 404, 404, 404, 404),
    "DELETE programmes.take_invitation_back": (404, 404, 404, 404, 404, 404),
    "GET calls.show": (404, 404, 404, 404, 404, 404),
    "PUT calls.publish": (404, 404, 404, 404, 404, 404),
    "DELETE calls.withdraw": (404, 404, 404, 404, 404, 404),
    "GET calls.frame": (404, 404, 404, 404, 404, 404),
    "PUT calls.put_frame": (404, 404, 404, 404, 404, 404),
    "GET calls.texts": (404, 404, 404, 404, 404, 404),
    "PUT calls.put_texts": (404, 404, 404, 404, 404, 404),
    "GET calls.questions": (404, 404, 404, 404, 404, 404),
    "PUT calls.put_questions": (404, 404, 404, 404, 404, 404),
    "GET applying.new": (404, 404, 404, 404, 404, 404),
    "POST applying.begin": (404, 404, 404, 404, 404, 404),
    "GET applying.show": (404, 404, 404, 404, 404, 404),
    "PUT applying.introduce": (404, 404, 404, 404, 404, 404),
    "POST applying.invite_twin": (404, 404, 404, 404, 404, 404),
    "PUT applying.renew_twin": (404, 404, 404, 404, 404, 404),
    "GET applying.step": (404, 404, 404, 404, 404, 404),
    "PUT applying.save": (404, 404, 404, 404, 404, 404),
    "PUT applying.hand_in": (404, 404, 404, 404, 404, 404),
    "DELETE applying.withdraw": (404, 404, 404, 404, 404, 404),
    "GET applications.index": (404, 404, 404, 404, 404, 404),
    "GET applications.show": (404, 404, 404, 404, 404, 404),
    "PUT applications.grant": (404, 404, 404, 404, 404, 404),
    "POST demo.load": (404, 404, 404, 404, 404, 404),
    "GET settings.overview": (403, 403, 403, 403, 403, 200),
    "GET settings.event_settings": (403, 403, 403, 403, 403, 200),
    "PUT settings.put_event": (403, 403, 403, 403, 403, 303),
    "GET settings.spaces": (403, 403, 403, 403, 403, 200),
    "PUT settings.put_spaces": (403, 403, 403, 403, 403, 303),
    "GET settings.day": (403, 403, 403, 403, 403, 200),
    "PUT settings.put_day": (403, 403, 403, 403, 403, 303),
    "PUT settings.put_layout": (403, 403, 403, 403, 403, 422),
    "DELETE settings.undo_grid": (403, 403, 403, 403, 403, 303),
    "POST settings.create_item": (403, 403, 403, 403, 403, 303),
    "PUT settings.open_entrance": (403, 403, 403, 403, 403, 303),
    "DELETE settings.close_entrance": (403, 403, 403, 403, 403, 303),
    "PUT settings.put_address": (403, 403, 403, 403, 403, 303),
    "PUT settings.renew_join_code": (403, 403, 403, 403, 403, 303),
    "PUT settings.renew_projector_key": (403, 403, 403, 403, 403, 303),
    "PUT settings.renew_feed_key": (403, 403, 403, 403, 403, 303),
    "POST settings.invite": (403, 403, 403, 403, 403, 200),
    "DELETE settings.take_invitation_back": (403, 403, 403, 403, 403, 404),
    "PUT settings.put_member": (403, 403, 403, 403, 403, 303),
    "GET security.show": (403, 403, 403, 403, 403, 200),
    # exports, live, the rest
    "GET exports.show": (403, 403, 403, 403, 403, 200),
    "GET sessions.table": (403, 403, 403, 403, 403, 200),
    "GET sessions.document": (403, 403, 403, 403, 403, 200),
    "GET sessions.paper": (403, 403, 403, 403, 403, 200),
    "GET papers.join_and_doors": (403, 403, 403, 403, 403, 200),
    "GET papers.power_cut": (403, 403, 403, 403, 200, 200),
    "GET calendars.whole": (403, 403, 200, 200, 200, 200),
    "GET calendars.of_space": (403, 403, 200, 200, 200, 200),
    "GET calendars.mine": (403, 403, 200, 200, 200, 200),
    "POST calendars.make": (403, 403, 303, 303, 303, 303),
    "PUT calendars.renew": (403, 403, 303, 303, 303, 303),
    # They have none.
    "PUT calendars.set_alarm": (403, 403, 404, 404, 404, 404),
    "DELETE calendars.end": (403, 403, 303, 303, 303, 303),
    # Whoever has the address: tests/exports/test_my_calendar.py.
    "GET calendars.my_day": (200, 200, 200, 200, 200, 200),
    "GET downloads.topic_calendar": (403, 403, 200, 200, 200, 200),
    "GET vcards.card": (403, 403, 200, 200, 200, 200),
    "GET vcards.exchanged": (403, 403, 200, 200, 200, 200),
    "GET vcards.exchanged_table": (403, 403, 200, 200, 200, 200),
    "GET people.contacts": (403, 403, 403, 403, 403, 200),
    "GET people.consents": (403, 403, 403, 403, 403, 200),
    "GET people.index": (403, 403, 403, 403, 403, 200),
    "GET people.show": (403, 403, 403, 403, 403, 200),
    "GET people.mine": (403, 403, 200, 200, 200, 200),
    "GET people.facts": (403, 403, 403, 403, 403, 200),
    "GET people.deletion": (403, 403, 403, 403, 403, 200),
    "DELETE people.delete": (403, 403, 403, 403, 403, 303),
    "POST identity.issue_link": (403, 403, 403, 403, 403, 200),
    "GET identity.double": (403, 403, 403, 403, 403, 200),
    "PUT identity.join_double": (403, 403, 403, 403, 403, 404),
    "GET live.changes": (403, 403, 200, 200, 200, 200),
    "GET health.healthz": (200, 200, 200, 200, 200, 200),
    "GET health.show": (200, 200, 200, 200, 200, 200),
    "GET static": (200, 200, 200, 200, 200, 200),
}

# What a public board opens to strangers and to members of another event, and nothing else does.
PUBLIC = {
    "GET board.show",
    "GET schedules.xml",
    "GET calendars.whole",
    "GET calendars.of_space",
    "GET rooms.index",
    "GET schedules.json",
    "GET board.market",
    "GET board.spaces",
    "GET board.space",
    "GET hall.bowl",
    "GET topics.index",
    "GET topics.show",
    "GET topics.code",
    "GET downloads.topic_calendar",
    "GET live.changes",
    "GET sharing.show",
    "GET sharing.photo",
}


def fields(hall, name: str) -> dict[str, object]:
    event = {
        "name": "Нова",
        "starts_on": "2026-06-03",
        "ends_on": "2026-06-05",
        "zone": "Europe/Kyiv",
        "languages": ["uk"],
        "months_kept": "6",
    }
    return {
        "POST topics.create": {"title": "Нова тема", "language": "uk"},
        "POST merges.ask": {"other": "2"},
        "PUT topics.update": {"title": "Нова тема", "language": "uk"},
        "PUT placements.put": {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)},
        "PUT console_topics.pick_up": {"number": 1, "cell": hall.cell(2, 0)},
        "PUT console_topics.hang": {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)},
        "PUT console_locks.lock_slot": {"lock": "facilitators"},
        "PUT console_locks.lock_board": {"lock": "facilitators"},
        "PUT console_times.move": {"minutes": "5", "rest": "y"},
        "POST console_times.create_slot": {"start": "19:00", "end": "20:00"},
        "POST console_times.create_space": {"name": "Намет", "chairs": "20"},
        "POST petitions.create": {"cell": hall.cell(3, 1), "moving": hall.cell(2, 0)},
        "PUT interests.put": {"kind": "go"},
        "PUT calendars.set_alarm": {"alarm": "10"},
        "POST access.take": {"name": "Нова людина"},
        "DELETE notices.read": {"shown": "2026-06-04T09:00:00+00:00"},
        "PUT access.introduce": {"name": "Інше імʼя"},
        "POST access.check_in": {"email": "nobody@example.org", "password": "wrong password"},
        "POST front.find_event": {"code": hall.code},
        "PUT settings.put_event": event,
        "PUT settings.put_spaces": {"space_id": hall.spaces[0], "space_name": "Зала", "space_chairs": "10"},
        "POST settings.create_item": {"title": "Тренінг", "cell": hall.cell(3, 2)},
        "POST settings.invite": {"role": "facilitator"},
        "PUT settings.put_member": {"role": "facilitator"},
        "PUT cards.put_step": {"name": "Інше імʼя"},
        "PUT exchanges.put_wish": {"kind": "meet"},
        "POST stories.create": {"text": "Автобус приїхав.", "language": "uk"},
        "PUT stories.update": {"text": "Автобус приїхав.", "language": "uk"},
        "POST microphone.enter": {"title": "Нова тема", "convener": "Олена Ткачук"},
        "POST microphone.add": {"convener": "Олена Ткачук"},
        "POST claims.take": {"code": "582714"},
        "POST story_marks.comment": {"words": "Ми теж."},
        "PUT moderation.hide": {"why": "Імена дітей"},
        "PUT story_media.put_subtitles": {"lines": "0:00 Добрий день"},
        "POST moderation.report": {"why": "Імена дітей"},
        "PUT moderation.silence": {"why": "Образи"},
        "POST announcements.create": {"words_uk": "Обід", "until": "soon", "on_phones": "y"},
        "PUT announcements.update": {"words_uk": "Обід", "until": "soon", "on_phones": "y"},
        "PUT news.go_to": {"topic": 1},
        "PUT hall_clock.start": {"guide": "fishbowl"},
        "PUT hall_clock.go_to": {"step": 1},
        "PUT dots_console.prepare": {"per_person": 5, "minutes": 5, "going_on": 5, "topics": 1},
        "PUT notes.save": {"text": "Двері важкі.", "version": "v1"},
        "PUT notes.choose": {"keeps": "all"},
        "PUT askings.name": {"who": hall.ids["convener"]},
        "POST attendance.add": {"name": "Баба Ганна"},
        "POST note_steps.create": {"what": "Аудит входу", "name": "Галина"},
        "PUT note_steps.change": {"what": "Аудит входу", "name": "Галина", "revision": "1"},
        "PUT note_history.bring_back": {"revision": "1"},
        "POST note_photos.create": {"ref": "photo-of-a-flipchart"},
        "PUT note_photos.describe": {"caption": "Список"},
        "POST commitments.create": {"what": "Аудит входу", "due_on": "2026-09-01"},
        "PUT commitments.update": {"what": "Аудит входів", "revision": hall.commitment().revision},
        "POST outcomes.answer": {"outcome": "moving", "words": "Два виїзди було"},
        "PUT follow_ups.agree": {"email": "oksana@mail.example"},
        "PUT follow_ups.choose": {"weeks": ["2", "12"]},
        "POST pledges.ask": {"helper": hall.ids["participant"]},
        "PUT screens.update": {"shows": "clock", "title": "Фоє"},
    }.get(name, {})


# What addresses need besides, by blueprint.
QUERIES = {
    "commitments": "?to=done",
    "pledges": "?word=yes",
    "live": "?channel=board",
    "story_downloads": "?for=web",
    "askings": "?answer=mine",
}


def address(hall, rule, **others) -> str:
    """The address of a rule with the hall's own ids, codes and keys, or with `others`."""
    if rule.endpoint.startswith(("series.", "films.")):
        hall.make_series()
    if rule.endpoint == "book.file":
        hall.make_book()
    if rule.endpoint == "merges.split":
        hall.merge_topics()
    photo_id = hall.note_photo() if "photo_id" in rule.arguments else 0
    values = {
        "event": hall.slug,
        "number": 1,
        "kind": "heart" if rule.endpoint.startswith("story_marks") else "xlsx",
        "comment_id": hall.comment_id,
        "request_id": hall.merge_request() if "request_id" in rule.arguments else 0,
        "announcement_id": hall.announce() if "announcement_id" in rule.arguments else 0,
        "commitment_id": hall.commitment().id if "commitment_id" in rule.arguments else 0,
        "petition_id": hall.petition() if "petition_id" in rule.arguments else 0,
        "report_id": hall.report() if "report_id" in rule.arguments else 0,
        "medium_id": hall.film() if "medium_id" in rule.arguments else 0,
        "photo_id": photo_id,
        "address": hall.note_photo_address(photo_id, "news" if rule.endpoint.startswith("news") else "notes")
        if photo_id and "address" in rule.arguments
        else hall.file_address(rule.endpoint.startswith("slides"))
        if "address" in rule.arguments
        else "",
        "key": hall.calendar_key()
        if rule.endpoint == "calendars.my_day"
        else hall.paragraph_key()
        if rule.endpoint in {"notes.take", "notes.let_go"}
        else "p1"
        if rule.endpoint.startswith("notes.")
        else hall.projector
        if "projector" in rule.rule
        else hall.keys["participant"],
        "code": hall.card_code if rule.endpoint.startswith("exchanges") else hall.code,
        "sheet_id": 1,
        "step": "who",
        "form": "pdf",
        "language": "uk",
        "digest": DIGEST,
        "size": "small",
        "way": "next",
        "shape": "wide",
        "name": "setup"
        if rule.endpoint.startswith("guide")
        else hall.own_guide()
        if rule.endpoint.startswith("own_guides") and "name" in rule.arguments
        else "fishbowl"
        if rule.endpoint.startswith(("toolbox", "hall_clock"))
        else "screen",
        "space_id": hall.spaces[0],
        "day": "2026-06-04",
        "member_id": hall.ids["convener"],
        "link_id": 0,
        "application_id": 0,
        "token": hall.follow_up()[1]
        if rule.endpoint.startswith("outcomes")
        else hall.address_check()[1]
        if "check_id" in rule.arguments
        else "nothing",
        "check_id": hall.address_check()[0] if "check_id" in rule.arguments else 0,
        "follow_up_id": hall.follow_up()[0] if "follow_up_id" in rule.arguments else 0,
        "picture": hall.answer_photo() if "picture" in rule.arguments else "",
        "change_id": hall.grid_change() if "change_id" in rule.arguments else 0,
        "version": "1",
        "path": "css/base.css",
        "file_id": 1,
        "ending": "mp4",
        "slot_id": int(hall.cell(2, 0).split("-")[0]),
        "revision": 1,
        "name_id": hall.name_written_down() if "name_id" in rule.arguments else 0,
        "step_id": (hall.next_step() if rule.endpoint.startswith(("note_steps", "commitments")) else hall.step())
        if "step_id" in rule.arguments
        else 0,
        "pitch_id": hall.pitch() if "pitch_id" in rule.arguments else 0,
        "claim_id": hall.claim() if "claim_id" in rule.arguments else 0,
        "upload_id": hall.upload() if "upload_id" in rule.arguments else "",
        **others,
    }
    with hall.app.test_request_context():
        address = hall.app.url_map.bind("").build(
            rule.endpoint,
            {name: values[name] for name in rule.arguments},
            method=next(iter(methods(rule))),
        )
    return address + QUERIES.get(rule.endpoint.partition(".")[0], "")


def headers(name: str) -> dict[str, str]:
    """What a request of a tus client says besides its address."""
    if "uploads." not in name:
        return {}
    told = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": "4"}
    return {**told, "Content-Type": "application/offset+octet-stream"}


def methods(rule) -> set[str]:
    """The methods that a rule was made for. Flask adds HEAD to GET, and OPTIONS to all."""
    return rule.methods - {"HEAD", "OPTIONS"} or rule.methods - {"OPTIONS"} or rule.methods


def routes(app) -> dict[str, object]:
    return {f"{method} {rule.endpoint}": rule for rule in app.url_map.iter_rules() for method in methods(rule)}


def ask(hall, person: str, name: str, path: str, sent: dict[str, object]):
    method = name.split(maxsplit=1)[0]
    return hall.ask(person).open(path, method=method, data=sent, headers=headers(name))


def test_every_route_has_a_row(app):
    assert sorted(routes(app)) == sorted(ROWS)


@pytest.mark.parametrize("person", PEOPLE)
def test_matrix(hall, person):
    found = {}
    for name, expected in ROWS.items():
        hall.restore()
        rule = routes(hall.app)[name]
        answer = ask(hall, person, name, address(hall, rule), fields(hall, name))
        found[name] = (answer.status_code, expected[PEOPLE.index(person)])

    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("person", ["stranger", "other"])
def test_public_board_opens_reading_and_nothing_else(hall, person):
    hall.open_to_the_public()
    opened = set()
    for name, expected in ROWS.items():
        if expected[0] != 403:
            continue
        rule = routes(hall.app)[name]
        answer = ask(hall, person, name, address(hall, rule), fields(hall, name))
        if answer.status_code != 403:
            opened.add(name)

    assert opened == PUBLIC


def things_of_another_event(hall) -> dict[str, object]:
    """What an address may name of the other event: a person with a card, a place, an invitation, a change, codes."""
    with hall.app.test_request_context(), sqlite.writing():
        other = db.session.get_one(Event, hall.ids["other event"])
        by = db.session.get_one(Member, hall.ids["other"])
        card, space = a_card(by, offers=["honey"]), other.spaces[0]
        issue_link(event=other, role=Role.FACILITATOR, by=by)
        set_spaces(other, [SpaceSheet(each.id, each.name, each.chairs) for each in other.spaces], by=by)
        # More than our event has, for topics are numbered in each event anew.
        topics = [a_topic(other, by, f"Elsewhere {number}") for number in range(12)]
        stories = [a_story(other, by, f"Elsewhere {number}") for number in range(6)]
        for number in range(6):
            screens.hear(other.id, f"elsewhere{number}", screens.Said("board"))
        # Numbered over all events.
        request = merging.ask(topics[0], topics[1], by=a_member(other, "Elsewhere", Role.FACILITATOR))
        film, report = a_film(stories[0]), moderation.report(stories[0], "Імена", by=by)
        claim = write_down(other, "Stepan", by=a_member(other, "Iryna", Role.FACILITATOR))
        pitch = queue_up(by, by=by)
        upload, announcement = an_upload(other, by), an_announcement(other, by)
        board.place(topics[0], slot=other.slots[1], space=space, by=by)
        there = {"takes": f"{other.slots[3].id}-{space.id}"}
        petition = petitions.ask(topics[0], kind=Kind.REPEAT, by=by, **there)
        commitment = commitments.propose(other, commitments.Plan("Promised elsewhere"), by=by)
        follow_up = a_follow_up(commitment)
        commitment = commitments.propose(other, commitments.Plan("Elsewhere"), by=by)
        db.session.commit()
        return {
            "member_id": by.id,
            "petition_id": petition.id,
            "commitment_id": commitment.id,
            "follow_up_id": follow_up.id,
            "space_id": space.id,
            "link_id": db.session.scalars(select(Link.id).where(Link.event_id == other.id)).one(),
            "change_id": db.session.scalars(select(GridChange.id).where(GridChange.event_id == other.id)).one(),
            "number": topics[-1].number,
            "code": card.code,
            "upload_id": upload.id,
            "medium_id": film.id,
            "report_id": report.id,
            "request_id": request.id,
            "pitch_id": pitch.id,
            "claim_id": claim.id,
            "announcement_id": announcement.id,
            "cell": f"{other.slots[0].id}-{space.id}",
        }


IDS = {
    "request_id",
    "pitch_id",
    "petition_id",
    "commitment_id",
    "follow_up_id",
    "claim_id",
    "announcement_id",
    "medium_id",
    "report_id",
    "upload_id",
    "member_id",
    "space_id",
    "link_id",
    "change_id",
    "number",
    "code",
}
# A wrong code is answered with the entrance: tests/access/test_views.py.
ENTRANCE = {"GET access.join", "POST access.take", "GET access.join_code"}


def test_what_belongs_to_another_event_is_not_found_in_ours(hall):
    theirs, statuses = things_of_another_event(hall), {}
    assert hall.ask("other").get(f"/seminar/contacts/{theirs['member_id']}").status_code == 200
    assert hall.ask("other").get(f"/seminar/spaces/{theirs['space_id']}").status_code == 200

    for name in ROWS:
        rule = routes(hall.app)[name]
        if rule.arguments & IDS and name not in ENTRANCE:
            answer = ask(hall, "organiser", name, address(hall, rule, **theirs), fields(hall, name))
            statuses[name] = answer.status_code

    assert len(statuses) > 30
    # To undo is possible for the last change of an event, and whatever is not that has been overtaken.
    assert {name: status for name, status in statuses.items() if status != 404} == {"DELETE settings.undo_grid": 409}


@pytest.mark.parametrize("name", ["POST topics.create", "PUT placements.put", "POST settings.create_item"])
def test_a_cell_of_another_event_is_not_found_in_ours(hall, name):
    rule, own = routes(hall.app)[name], fields(hall, name)
    theirs = things_of_another_event(hall)["cell"]
    statuses = []

    for cell in (theirs, own.get("cell", hall.cell(3, 0))):
        path = address(hall, rule)
        answer = hall.ask("organiser").open(path, method=name.split()[0], data={**own, "cell": cell})
        statuses.append(answer.status_code)

    assert statuses == [404, 303]


def test_an_unknown_event_is_not_found(hall):
    assert hall.ask("organiser").get("/no-such-event/").status_code == 404
