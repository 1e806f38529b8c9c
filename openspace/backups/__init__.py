"""Backups: the whole installation in one file while it runs, bringing one back, and a new one every night."""
