"""People, for organisers: the list of contacts, and what is held on one person, to be given, merged or deleted."""
