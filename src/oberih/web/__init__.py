"""How do people see it, from where they sit?

A thin face: a route parses, calls one story, shows.  Pages are templates, plain ES modules and one style sheet of our
own; nothing is fetched from elsewhere.
"""
