"""The evening news: which sessions have handed in notes, the newest of them, and a round through all of a day."""
