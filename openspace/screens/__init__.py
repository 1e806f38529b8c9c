"""The hall's screens: which browsers they are, what each of them shows, and the bowl that rings there and on phones."""
