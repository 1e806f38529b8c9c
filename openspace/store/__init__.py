"""Both databases: how they are bound to the app, upgraded and written to."""
