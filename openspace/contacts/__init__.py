"""Contacts: everybody's card, the book of them, and how two people find and keep each other."""
