"""Announcements: short texts by facilitators on all phones and on the screens in the hall, until an end."""
