"""How is it said on a terminal?

A command parses, calls one case, shows.  `main` is the door; each command lives in a file of
its name and is imported only when called, so that the door opens fast.
"""
