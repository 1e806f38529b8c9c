"""For organisers: the export of contacts, and all data about one person, to be downloaded, merged or deleted."""
