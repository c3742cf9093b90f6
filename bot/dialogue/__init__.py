"""The thinking of the chat: a site's FAQ as a document, made ready, and asked. Pure."""
