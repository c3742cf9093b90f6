"""What the chat thinks: a site's FAQ as a file, rules first, then the nearest of its own questions. Pure."""
