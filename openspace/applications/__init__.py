"""Applications: what two cities, or one that looks for a twin, write on a call, and how organisers read it."""
