"""Which rule, on which date, and does it hold?

Read in this order: `observation` (what is known), `regime` (what is promised), `finding` (what
follows); then the verbs: `read` (files into nouns, mistakes into lines and cures), `rules` (the
registry of small pure rules), `judge` (regime and observations into findings).
"""
