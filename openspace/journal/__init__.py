"""The journal: what facilitators did on the console, step by step, so that each step can be undone and redone."""
