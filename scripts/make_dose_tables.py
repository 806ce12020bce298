"""Which dose coefficients does Oberih need?  Makes the tables of ``src/oberih/dose/data``.

Takes the public-domain transcriptions named in each row (FGR-15, DOE-STD-1196-2011, FGR-13), keeps the
nuclides of a reactor emergency with their progeny, and writes one tidy table a quantity::

    python scripts/make_dose_tables.py FOLDER

FOLDER holds ``dose_external_fgr15/``, ``dose_inhalation_doestd1196_2011/``, ``dose_thyroid_fgr13/``,
``dose_internal_icrp119/`` (comparison only) and ``decay_icrp107/``.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable
from pathlib import Path

import radioactivedecay as rd

TARGET = Path(__file__).resolve().parents[1] / "src/oberih/dose/data"
AGES = ("infant", "1y", "5y", "10y", "15y", "adult")
EXTERNAL_AGES = ("newborn", "age1", "age5", "age10", "age15", "adult")
INHALED_AGES = ("e_newborn", "e_1y", "e_5y", "e_10y", "e_15y", "e_adult")
COMPARED_AGES = ("e_3mo", "e_1y", "e_5y", "e_10y", "e_15y", "e_adult")
FGR13_AGES = ("3mo", "1y", "5y", "10y", "15y", "adult")
LONGEST = 1e5 * 365.25 * 86400.0
"""Progeny of longer half-life [s] are not followed: what they give in a lifetime is negligible."""

URANIUM = 92
"""Alpha chains are not followed below uranium: their heads live too long for the tail to grow in."""

FURTHER = """H-3 C-14 Cr-51 Mn-54 Fe-55 Fe-59 Se-79 Br-82 Br-83 Br-84 Kr-89 Rb-89 Zr-93 Nb-94 Tc-99 Ru-97 Ag-111 Ag-110
    Sn-125 Sn-126 Sb-124 Sb-126 Sb-128 Sb-130 Sb-131 Te-121m Te-123m Te-125m Te-133 Te-133m Te-134 I-125 I-130 Xe-137
    Cs-134m Cs-139 Ba-141 Ba-142 Pr-145 Nd-149 Pm-148 Pm-148m Pm-149 Pm-151 Sm-151 Sm-153 Eu-152 Eu-155 Eu-156 U-237
    Np-237 Np-238 Pu-236 Pu-242 Pu-243 Am-242 Am-242m Am-243 Cm-243 Cm-245 U-234 U-235 U-238 Y-94 Y-95 Rh-106m"""

# Element: default absorption type of a particulate aerosol of unknown chemistry (public).  The defaults of ICRP
# Publication 72 are quoted widely but its Table 2 was not at hand; elsewhere the type of the largest adult value.
MEDIUM = "H C Fe Co Sr Zr Nb Mo Tc Ru Ag Sb Te Ba Ce U Np Pu Am Cm"
ICRP72 = dict.fromkeys(MEDIUM.split(), "M") | dict.fromkeys(("I", "Cs", "Se"), "F")


def rows(path: Path) -> list[dict[str, str]]:
    """All rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def write(name: str, header: Iterable[str], body: Iterable[Iterable[object]]) -> None:
    """Write one table and say how long it is."""
    body = list(body)
    with (TARGET / name).open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(list(header))
        out.writerows(body)
    print(f"{name}: {len(body)} rows")


def with_progeny(names: Iterable[str]) -> list[str]:
    """Those nuclides and their radioactive progeny up to `LONGEST`, sorted by atomic number and mass."""
    found: dict[str, tuple[int, int, str]] = {}
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in found:
            continue
        nuclide = rd.Nuclide(name)
        found[name] = (nuclide.Z, nuclide.A, nuclide.state)
        for child in nuclide.progeny():
            if child in ("SF",) or child not in rd.DEFAULTDATA.nuclide_dict:
                continue
            below = nuclide.Z >= URANIUM > rd.Nuclide(child).Z
            half_life = rd.Nuclide(child).half_life("s")
            if not below and math.isfinite(half_life) and half_life < LONGEST:
                queue.append(child)
    return sorted(found, key=lambda n: found[n])


def external(folder: Path, wanted: list[str], *, kind: str, name: str, unit: str) -> None:
    """Write one external table."""
    table = {r["nuclide"]: r for r in rows(folder / f"dose_external_fgr15/fgr15_{kind}_effective.csv")}
    source = "FGR-15, EPA 402-R-19-002 (2019), effective dose rate by age, parent only"
    write(
        name,
        ["nuclide", *AGES, "unit", "source", "verified"],
        ([n, *(table[n][a] for a in EXTERNAL_AGES), unit, source, "true"] for n in wanted if n in table),
    )


def fgr13(folder: Path, column: str) -> dict[tuple[str, str], list[str]]:
    """Values of FGR-13 at six ages by nuclide and type; only where all six are there."""
    kinds = {"elemental": "V(g)", "methyl": "V(h)", "vapour": "V"}
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(folder / "dose_thyroid_fgr13/fgr13_thyroid_inhalation_iodine_tellurium.csv"):
        kind = kinds.get(row["form"], row["absorption_type"])
        groups.setdefault((row["nuclide"], kind), {})[row["age_group"]] = row[column]
    return {k: [v[a] for a in FGR13_AGES] for k, v in groups.items() if len(v) == len(FGR13_AGES)}


def compared(made: list[str], other: list[str]) -> tuple[bool, str]:
    """Whether six values agree with six others, and in words."""
    ratio = [float(a) / float(b) for a, b in zip(made, other, strict=True)]
    return all(0.88 <= q <= 1.14 for q in ratio), f"{min(ratio):.3f}..{max(ratio):.3f}"


def inhaled_effective(folder: Path, wanted: list[str]) -> dict[str, dict[str, float]]:
    """Write the inhalation table; returns adult values by nuclide and type.

    Iodine and Te-132 come from FGR-13 where it has all ages, so that effective and thyroid dose are one
    set (for I-131 e = 0.05 H); DOE-STD-1196 lies up to 7 % lower for I-134 and I-135 (ICRP-107 decay).
    """
    annex = rows(folder / "dose_internal_icrp119/icrp119_annexG_inhalation_public.csv")
    second = {(r["nuclide"], r["type"]): [r[a] for a in COMPARED_AGES] for r in annex}
    first = fgr13(folder, "effective_e_Sv_per_Bq")
    doe = "DOE-STD-1196-2011 Table A-2 (ICRP-60 models, ICRP-107 decay)"
    epa = "FGR-13, EPA 402-R-99-001, inhalation, effective dose (100 d to adult)"
    body: list[list[str]] = []
    adult: dict[str, dict[str, float]] = {}
    for row in rows(folder / "dose_inhalation_doestd1196_2011/doe_std_1196_2011_tableA2_inhalation.csv"):
        nuclide, kind = row["nuclide"], row["type"]
        if nuclide not in wanted or kind not in ("F", "M", "S", "V(g)", "V(h)"):
            continue
        if kind in adult.get(nuclide, {}):
            print(f"dropped a second {nuclide} {kind}: the row of the next element, its heading lost")
            continue
        listed = [row[a] for a in INHALED_AGES]
        values, source, other, name = listed, doe, second.get((nuclide, kind)), "ICRP-119"
        if (nuclide, kind) in first:
            values, source, other, name = first[nuclide, kind], epa, listed, "DOE-STD-1196"
        near, ratio = compared(values, other) if other else (False, "no second source")
        note = f"{name} ratio {ratio}" if other else ratio
        body.append([nuclide, kind, *values, "Sv/Bq", source, str(near).lower(), note])
        adult.setdefault(nuclide, {})[kind] = float(values[-1])
    body.sort(key=lambda r: (wanted.index(r[0]), r[1]))
    write("inhalation_effective.csv", ["nuclide", "type", *AGES, "unit", "source", "verified", "note"], body)
    return adult


def inhaled_thyroid(folder: Path) -> None:
    """Write the thyroid table: only nuclides and types with all six ages."""
    source = "FGR-13, EPA 402-R-99-001, inhalation, committed equivalent dose to the thyroid (100 d to adult)"
    table = fgr13(folder, "thyroid_committed_equiv_dose_Sv_per_Bq")
    write(
        "inhalation_thyroid.csv",
        ["nuclide", "type", *AGES, "unit", "source", "verified"],
        ([n, t, *v, "Sv/Bq", source, "true"] for (n, t), v in table.items()),
    )


def absorption(adult: dict[str, dict[str, float]], folder: Path) -> None:
    """Write the default absorption type of every element."""
    listed: dict[str, set[str]] = {}
    for row in rows(folder / "dose_internal_icrp119/icrp119_annexG_inhalation_public.csv"):
        listed.setdefault(row["nuclide"].split("-")[0], set()).add(row["type"])
    body = []
    for element in sorted({n.split("-")[0] for n in adult}):
        if element in ICRP72:
            body.append(
                [element, ICRP72[element], "default of ICRP Publication 72, Table 2 (text not at hand)", "false"]
            )
            continue
        members = [v for n, v in adult.items() if n.split("-")[0] == element]
        allowed = [t for t in ("F", "M", "S") if t in listed.get(element, {"F", "M", "S"})]
        worst = max(allowed, key=lambda t: sum(math.log(m[t]) for m in members if t in m))
        body.append(
            [
                element,
                worst,
                "no default known: the type, of those ICRP-119 lists, with the largest adult dose",
                "false",
            ]
        )
    write("absorption_types.csv", ["element", "type", "source", "verified"], body)


def main() -> None:
    """Write all tables."""
    folder = Path(sys.argv[1])
    named = [r["nuclide"] for r in rows(folder / "decay_icrp107/half_lives_emergency_nuclides.csv")]
    wanted = with_progeny([*named, *FURTHER.split()])
    TARGET.mkdir(parents=True, exist_ok=True)
    external(folder, wanted, kind="ground_surface", name="external_ground.csv", unit="Sv m2/(Bq s)")
    external(folder, wanted, kind="air_submersion", name="external_air.csv", unit="Sv m3/(Bq s)")
    absorption(inhaled_effective(folder, wanted), folder)
    inhaled_thyroid(folder)


if __name__ == "__main__":
    main()
