"""The storytelling wall: stories that members tell, with marks and comments, and their moderation."""
