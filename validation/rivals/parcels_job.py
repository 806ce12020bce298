"""Where does Parcels carry points of air?  Run by a Python that has Parcels 4, which the project does not need.

    python parcels_job.py WINDS.nc HOURS LATITUDE LONGITUDE HEIGHT [...]

WINDS.nc holds U, V and W [m/s, upward] on (time, depth, latitude, longitude), depth being the height above ground
[m]. Prints JSON: hourly places of each point. Runge-Kutta of the fourth order, steps of two minutes.
"""

from __future__ import annotations

import json
import sys

import numpy as np


def main() -> None:
    import parcels
    import xarray as xr

    path, hours = sys.argv[1], int(sys.argv[2])
    start = np.array([float(v) for v in sys.argv[3:]]).reshape(-1, 3)
    winds = xr.open_dataset(path).load()
    fields = {"U": winds["U"], "V": winds["V"], "W": -winds["W"]}  # the conversion turns W, as for depths of the sea
    dataset = parcels.convert.copernicusmarine_to_sgrid(fields=fields)
    fieldset = parcels.FieldSet.from_sgrid_conventions(dataset, mesh="spherical")
    first = winds["time"].values[0]
    points = parcels.ParticleSet(
        fieldset, pclass=parcels.Particle, x=start[:, 1], y=start[:, 0], z=start[:, 2],
        t=np.full(len(start), first),
    )  # fmt: skip
    places = []
    for _ in range(hours):
        points.execute(
            parcels.kernels.AdvectionRK4_3D, runtime=np.timedelta64(1, "h"), dt=np.timedelta64(120, "s"),
            verbose_progress=False,
        )  # fmt: skip
        places.append(np.column_stack([points.y, points.x, points.z]).tolist())
    print(json.dumps({"version": parcels.__version__, "places": places}))


if __name__ == "__main__":
    main()
