"""Organising: setting an event up, and its settings. It stands above the board, on which it fixes programme items."""
