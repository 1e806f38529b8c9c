"""The book of the event, which everybody takes home: its sessions with their notes, next steps, stories and people."""
