"""What left?

Nouns, in the order of reading: `Inventory` and `Batch` (what fuel holds), `Phase` (what comes
out of it, when), `Scenario` with `Compartment` and `Way` (what is imagined to happen),
`SourceTerm` (what left, hour by hour).

Verbs, likewise: `core_inventory`, `pool_inventory`, `cask_inventory`, `decayed`;
`list_scenarios`, `load_scenario`; `release_of`, which joins a scenario and an inventory to a
source term.
"""

from oberih.release.inventory import (
    Batch,
    Inventory,
    cask_inventory,
    core_inventory,
    decayed,
    pool_inventory,
)
from oberih.release.leaving import release_of
from oberih.release.scenario import Compartment, Scenario, Way
from oberih.release.scenario_file import list_scenarios, load_scenario
from oberih.release.source_term import SourceTerm

__all__ = [
    "Batch",
    "Compartment",
    "Inventory",
    "Scenario",
    "SourceTerm",
    "Way",
    "cask_inventory",
    "core_inventory",
    "decayed",
    "list_scenarios",
    "load_scenario",
    "pool_inventory",
    "release_of",
]
