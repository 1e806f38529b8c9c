"""How an open space comes to its end: everybody gives dots, in secret, to the topics that shall go on."""
