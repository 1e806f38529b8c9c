"""What other programs read of an event: its programme for conference apps, and calendars."""
