"""What stands before every endpoint: who asks, how often, with what body; and how a refusal is written.

`door` puts them in order; `watch` writes request ids, logs and metrics around everything.
"""
