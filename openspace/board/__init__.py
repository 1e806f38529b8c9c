"""The board: topics, where they hang, and who goes where."""
