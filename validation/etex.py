"""Does the particle engine agree with the European Tracer Experiment?

    python -m validation.etex [FOLDER] [--weather FILE|FOLDER] [--synthetic] [--particles N]

FOLDER is in the layout of the shared data; the weather is whatever `oberih disperse` reads, of 23 to 27 October 1994
over Europe.  No such fields are at hand here: **the case has not been run on real fields**.  Without weather it checks
what was let out and measured and the statistics themselves, says which command fetches the weather, and leaves with 2.
``--synthetic`` runs the whole case in a made-up steady wind: its figures are no verdict.  The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oberih.case.reach.trace_fields import named
from validation.door import Words, answering, existing_folder, positive_number, whole_number
from validation.etex_data import Experiment, read_experiment
from validation.etex_run import Prediction, predicted, weather_files
from validation.etex_score import LEVEL, Verdict, verdict
from validation.etex_synthetic import write_synthetic
from validation.shelf import shared_data

FETCH = "python scripts/fetch_era5.py --etex --out etex-weather"
CDS = "python scripts/fetch_era5.py --etex --cds --out etex-weather > etex_cds.py; python etex_cds.py"
RUN = "python -m validation.etex --weather etex-weather"
MISSING = (
    "fields of the air of 23 October 1994 16:00 UTC to 27 October 1994 09:00 UTC, hourly or three-hourly, "
    "11°W to 31°E, 41°N to 62°N: wind, temperature and humidity on levels, and the ground"
)


def scores(experiment: Experiment, values: Any) -> tuple[Verdict, dict[str, float | None]]:
    """Over all samples, and the FMS of each time [%]."""
    measured = experiment.measured
    by_time = {}
    for start in np.unique(measured.start):
        here = measured.start == start
        name = str(start.astype("datetime64[s]"))[:16]
        by_time[name] = verdict(measured.value[here], values[here]).rounded(2)["fms"]
    return verdict(measured.value, values), by_time


def facts(experiment: Experiment) -> dict[str, Any]:
    """What the case consists of, and whether the statistics know a perfect prediction."""
    measured, release = experiment.measured, experiment.release
    return {
        "case": "ETEX-1", "stations": len(experiment.stations), "stations_without_samples": len(experiment.silent),
        "samples": len(measured.value), "samples_with_tracer": int((measured.value >= LEVEL).sum()),
        "highest_pg_m3": float(measured.value.max()), "sample_hours": float((measured.end - measured.start)[0] / 3600),
        "release_kg": release.mass, "release_hours": round((release.end - release.start) / 3600, 3),
        "checked_against_datem": experiment.checked_against_raw,
        "rank_of_a_perfect_prediction": verdict(measured.value, measured.value).rank, "level_pg_m3": LEVEL,
    }  # fmt: skip


def told(experiment: Experiment, prediction: Prediction) -> dict[str, Any]:
    """The verdict as plain values."""
    whole, by_time = scores(experiment, prediction.values)
    ranks = [round(scores(experiment, values)[0].rank, 4) for values in prediction.by_seed]
    return {
        "overall": whole.rounded(), "rank_by_seed": ranks,
        "fms_by_time": by_time, "in_the_air_at_the_end": round(prediction.air, 4),
        "left_the_fields": round(prediction.gone, 4), "derived": list(prediction.derived),
        "predicted_highest_pg_m3": round(float(prediction.values.max()), 1),
    }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Run the case and print its figures."""
    parser = Words("validation.etex", __doc__)
    parser.add_argument("folder", nargs="?", type=existing_folder, default=shared_data("tracer_etex1"))
    parser.add_argument("--weather", type=Path)
    parser.add_argument("--synthetic", action="store_true")
    parser.add_argument("--particles", type=whole_number, default=400_000)
    parser.add_argument(
        "--seeds", type=whole_number, default=2, help="runs with other random numbers, whose mean is judged"
    )
    parser.add_argument("--spacing", type=positive_number, default=1.0, help="of the synthetic fields [degrees]")
    return _run(parser.parse_args(arguments))


def _run(given: argparse.Namespace) -> int:
    experiment = read_experiment(given.folder)
    known = facts(experiment)
    print(f"ETEX-1: {known['samples']} samples at {known['stations'] - known['stations_without_samples']} stations, "
          f"{known['release_kg']:g} kg let out over {known['release_hours']:.2f} h")  # fmt: skip
    if given.weather is None and not given.synthetic:
        print(f"not run: the weather is missing: {MISSING}")
        print(f"  fetch it:  {FETCH}\n  or ask the Climate Data Store, far fewer bytes:  {CDS}\n  then:  {RUN}")
        print(json.dumps({**known, "weather": None, "missing": MISSING, "fetch": FETCH, "cds": CDS, "then": RUN}))
        return 2
    with tempfile.TemporaryDirectory() as folder:
        files = (
            (write_synthetic(Path(folder) / "synthetic.nc", spacing=given.spacing),)
            if given.synthetic else weather_files(given.weather)
        )  # fmt: skip
        prediction = predicted(experiment, files, particles=given.particles, seeds=given.seeds)
    found = told(experiment, prediction)
    if given.synthetic:
        print("SYNTHETIC steady wind: the figures show that the case runs, they are no verdict")
    print("  ".join(f"{k} {v}" for k, v in found["overall"].items()))
    print(json.dumps({
        **known, "weather": named(prediction.weather), "synthetic": bool(given.synthetic),
        "is_a_verdict": not given.synthetic, "particles": given.particles * len(prediction.by_seed), **found,
    }))  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
