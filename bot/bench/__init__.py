"""Parley measured beside a bare echo, stock VADER and a large model, on the same machine: ratios, not records.

`bodies` makes what is sent, `load` sends it from a process of its own, `echo` is the bare server, `children` starts and
ends every process; `talk` makes what is scored, `bert` is the large model, `hooks` tells events and takes them.
`requests`, `starts`, `pages`, `scoring` and `deliveries` measure, `figures` is what they find.
"""
