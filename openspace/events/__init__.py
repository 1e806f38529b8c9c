"""Events: what an organiser sets up (dates, spaces, slots) and opens to people."""
