"""Where does src/oberih/nuclide/data/decay.json come from?

Run ``python scripts/make_decay_table.py`` with ``radioactivedecay`` installed: it takes
half-lives and branchings (ICRP Publication 107, 2008, as that package carries them) of the
nuclides named below and of all that they become, and writes the table that Oberih reads.
The package itself takes seconds to import, so the running system does without it; tests
prove that both give the same activities.
"""

from __future__ import annotations

import json
from pathlib import Path

import radioactivedecay

TARGET = Path(__file__).resolve().parents[1] / "src" / "oberih" / "nuclide" / "data" / "decay.json"

SEEDS = """
H-3 C-14 Na-22 Na-24 Ar-41 Cr-51 Mn-54 Mn-56 Fe-55 Fe-59 Co-57 Co-58 Co-60 Ni-63 Zn-65 Se-75 Br-82 Br-83 Br-84
Kr-83m Kr-85m Kr-85 Kr-87 Kr-88 Kr-89 Rb-86 Rb-88 Rb-89 Sr-89 Sr-90 Sr-91 Sr-92 Y-90 Y-91m Y-91 Y-92 Y-93
Zr-93 Zr-95 Zr-97 Nb-95m Nb-95 Nb-97 Mo-99 Tc-99m Tc-99 Ru-103 Rh-103m Ru-105 Rh-105 Ru-106 Rh-106 Pd-107
Ag-110m Ag-111 Cd-115 Sn-125 Sn-126 Sb-122 Sb-124 Sb-125 Sb-126 Sb-127 Sb-129 Te-125m Te-127m Te-127 Te-129m
Te-129 Te-131m Te-131 Te-132 Te-133m Te-133 Te-134 I-125 I-129 I-130 I-131 I-132 I-133 I-134 I-135 Xe-131m
Xe-133m Xe-133 Xe-135m Xe-135 Xe-137 Xe-138 Cs-134m Cs-134 Cs-135 Cs-136 Cs-137 Cs-138 Ba-133 Ba-137m Ba-139
Ba-140 La-140 La-141 La-142 Ce-139 Ce-141 Ce-143 Ce-144 Pr-143 Pr-144m Pr-144 Nd-147 Pm-147 Pm-148m Pm-149
Pm-151 Sm-151 Sm-153 Eu-152 Eu-154 Eu-155 Eu-156 Ir-192 Ra-226 Th-228 Th-232 U-232 U-233 U-234 U-235 U-237
U-238 U-239 Np-237 Np-238 Np-239 Pu-236 Pu-238 Pu-239 Pu-240 Pu-241 Pu-242 Pu-243 Am-241 Am-242m Am-242 Am-243
Cm-242 Cm-243 Cm-244 Cm-245 Cf-252
"""


def closure(seeds: list[str]) -> list[str]:
    """Return the seeds and all radioactive nuclides that they become."""
    found: set[str] = set()
    waiting = list(seeds)
    while waiting:
        name = waiting.pop()
        nuclide = radioactivedecay.Nuclide(name)
        if name in found or nuclide.half_life("s") == float("inf"):
            continue
        found.add(name)
        waiting += [p for p in nuclide.progeny() if p != "SF"]
    return sorted(found)


def row(name: str, kept: set[str]) -> dict[str, object]:
    """Return half-life [s] and the radioactive progeny with their branchings."""
    nuclide = radioactivedecay.Nuclide(name)
    branches = zip(nuclide.progeny(), nuclide.branching_fractions(), strict=True)
    return {"half_life_s": nuclide.half_life("s"), "progeny": {p: b for p, b in branches if p in kept}}


def main() -> None:
    """Write the table."""
    names = closure(SEEDS.split())
    head = {
        "source": "ICRP Publication 107, Nuclear Decay Data for Dosimetric Calculations, Ann. ICRP 38(3), 2008; "
        f"taken from radioactivedecay {radioactivedecay.__version__}, "
        f"dataset {radioactivedecay.DEFAULTDATA.dataset_name}",
        "notice": "ICRP-07 decay data: copyright 2008 A. Endo and K.F. Eckerman",
        "verified": True,
    }
    kept = set(names)
    rows = ",\n".join(f"  {json.dumps(n)}: {json.dumps(row(n, kept))}" for n in names)
    TARGET.parent.mkdir(exist_ok=True)
    lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + ',\n "nuclides": {\n' + rows + "\n }\n}\n", encoding="utf-8")
    print(f"{len(names)} nuclides in {TARGET.name}")


if __name__ == "__main__":
    main()
