"""Parley measured beside a bare echo, stock VADER and a large model, on the same machine: ratios, not records.

`bodies` makes what is sent, `load` sends it from a process of its own, `echo` is the bare server, `children` starts and
ends every process; `talk` makes what is scored, `bert` is the large model. `requests`, `starts`, `pages` and `scoring`
measure, `figures` is what they find.
"""
