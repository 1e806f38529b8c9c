"""Exports: lists and calendars that leave the app."""
