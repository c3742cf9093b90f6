"""Parley measured beside a bare echo, on the same machine and by the same client: ratios, not records.

`bodies` makes what is sent, `load` sends it from a process of its own, `echo` is the bare server, `children` starts and
ends every process, `requests`, `starts` and `pages` measure, `figures` is what they find.
"""
