"""Petitions: what participants ask facilitators to change on the board, and others back."""
