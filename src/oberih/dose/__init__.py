"""What does it do to people?

Read in this order: `quantity` (the nouns `Quantity` and `Response`), `response` (from a release to
dose per unit of atlas), `contributions` (which nuclides dominate), `protection` (what a wall or a
tablet leaves); below them `coefficients`, `breathing` and the formulas in ``kernels``.
"""
