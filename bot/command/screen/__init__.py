"""The queue on a whole terminal: `state` says what a key does, `picture` how it looks, `terminal` does it."""
