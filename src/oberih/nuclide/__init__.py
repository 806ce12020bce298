"""What becomes of an atom?

Read in this order: `names` (which nuclide is meant, and its release group), `table`
(half-lives and progeny), `decay` (the noun `Chain` and the verbs `decay_chain`,
`Chain.transition`, `Chain.integrated`, `equilibrium_progeny`).
"""

from oberih.nuclide.decay import Chain, decay_chain, equilibrium_progeny, half_life
from oberih.nuclide.names import GROUPS, element_group, is_iodine, is_noble_gas, nuclide_name
from oberih.nuclide.table import half_lives

__all__ = [
    "GROUPS",
    "Chain",
    "decay_chain",
    "element_group",
    "equilibrium_progeny",
    "half_life",
    "half_lives",
    "is_iodine",
    "is_noble_gas",
    "nuclide_name",
]
