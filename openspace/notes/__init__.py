"""Notes: what is written of a session, paragraph by paragraph and by several people at once; and its next steps."""
