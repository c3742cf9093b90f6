"""Google's Perspective API, version v1alpha1, as its clients know it; it stops on 31 December 2026.

`attributes` says what it scored and what Parley has a model for, `asked` what may be sent, `refusals` how Google
words an error, `calls` who asks; `analyze` and `suggest` are the two methods.
"""
