"""What leaves an event: its programme for conference apps, calendars, and what is printed."""
