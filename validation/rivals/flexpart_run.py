"""How is FLEXPART run on the common job?

Writes its option files, runs the program, says where its output lies.  FLEXPART 9.02 is Debian's package ``flexpart``
(GPL-3): a program beside Oberih, never a part of it.  The program is found as ``flexpart.ecmwf`` on the path or through
``OBERIH_FLEXPART``; a package that was only unpacked (``dpkg-deb -x``) is found below the folder that
``OBERIH_FLEXPART`` names.

Source: FLEXPART 9.02, readcommand.f90, readreleases.f90, readoutgrid.f90, readspecies.f90, readavailable.f90.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oberih.errors import InputError
from validation.rivals.air import Air
from validation.rivals.flexpart_grib import write_gribs

INSTALL = (
    "apt-get install flexpart (Debian; or apt-get download flexpart libeccodes0 libeccodes-data libgfortran5 libaec0 "
    "libsz2 libquadmath0, dpkg-deb -x each into a folder, and name it in OBERIH_FLEXPART)"
)
NEEDED = ("surfdata.t", "surfdepo.t", "IGBP_int1.dat")


@dataclass(frozen=True)
class Job:
    """A release that all models follow.

    Parameters
    ----------
    latitude, longitude : float
        [°]
    start : int
        Seconds since 1970, UTC.
    release_hours, hours : int
        [h]
    low, high : float
        Above ground [m].
    amount : float
        [Bq]; a kilogram stands for a becquerel where a model counts mass.
    particles : int
    west, south : float
        Edge of the output grid [°].
    columns, rows : int
    cell : float
        [°]
    depth : float
        Of the lowest layer of the output [m].
    aerosol : bool
        Whether it deposits.
    """

    latitude: float
    longitude: float
    start: int
    release_hours: int
    hours: int
    low: float
    high: float
    amount: float
    particles: int
    west: float
    south: float
    columns: int
    rows: int
    cell: float
    depth: float = 100.0
    aerosol: bool = False


@dataclass(frozen=True)
class Turbulence:
    """How FLEXPART steps: ``ctl`` < 0 means steps of the synchronisation interval; else a Lagrangian time over ctl."""

    ctl: float = -5.0
    ifine: int = 4
    sync: int = 300


def program() -> tuple[Path, dict[str, str]] | None:
    """Where FLEXPART is and what its environment lacks, or None."""
    named = os.environ.get("OBERIH_FLEXPART", "")
    root = Path(named) if named and Path(named).is_dir() else None
    found = str(root / "usr/bin/flexpart.ecmwf") if root else named or shutil.which("flexpart.ecmwf")
    if not found or not Path(found).is_file():
        return None
    extra = {}
    if root:
        extra = {"LD_LIBRARY_PATH": str(root / "usr/lib/x86_64-linux-gnu"),
                 "ECCODES_DEFINITION_PATH": str(root / "usr/share/eccodes/definitions")}  # fmt: skip
    return Path(found), extra


def options_folder() -> Path:
    """Where the package's landuse and species tables lie."""
    named = os.environ.get("OBERIH_FLEXPART", "")
    return Path(named if named and Path(named).is_dir() else "/") / "usr/share/doc/flexpart/examples"


def run_flexpart(air: Air, job: Job, folder: Path, *, turbulence: Turbulence, dump: bool = True) -> tuple[Path, float]:
    """Run it; gives the folder of its output and the seconds of processor time that it took.

    Raises
    ------
    InputError
        If it is not there, or stops before the end.
    """
    found = program()
    if found is None:
        raise InputError("FLEXPART is not here", field="OBERIH_FLEXPART", cure=INSTALL)
    binary, extra = found
    options, output, winds = folder / "options", folder / "output", folder / "winds"
    for part in (options, output, options / "SPECIES"):
        part.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        shutil.copy(options_folder() / name, options / name)
    files = _held(write_gribs(air, winds), job)
    _write_options(job, options, turbulence, dump=dump)
    rows = "".join(f"{w:%Y%m%d %H%M%S}      {p.name:<16}  ON DISC\n" for w, p in files)
    (folder / "AVAILABLE").write_text("DATE     TIME        FILENAME     SPECIFICATIONS\n" * 3 + rows, "ascii")
    (folder / "pathnames").write_text(
        f"{options}/\n{output}/\n{winds}/\n{folder / 'AVAILABLE'}\n" + "=" * 40 + "\n", "ascii"
    )
    before = os.times()
    began = time.monotonic()
    own = os.environ | extra
    done = subprocess.run([str(binary)], cwd=folder, env=own, capture_output=True, text=True, check=False)
    after = os.times()
    (folder / "log.txt").write_text(done.stdout + done.stderr, "utf-8")
    if "CONGRATULATIONS" not in done.stdout:
        tail = " ".join((done.stdout + done.stderr).split())[-200:]
        took = time.monotonic() - began
        raise InputError(f"FLEXPART stopped after {took:.0f} s", file=folder / "log.txt", value=tail)
    return output, after.children_user + after.children_system - before.children_user - before.children_system


def _held(files: list[tuple[datetime, Path]], job: Job) -> list[tuple[datetime, Path]]:
    """A single hour stands for all: the same file at every third hour."""
    if len(files) > 1:
        return files
    first = datetime.fromtimestamp(job.start, UTC)
    return [(first + timedelta(hours=3 * n), files[0][1]) for n in range(-(-job.hours // 3) + 2)]


def _write_options(job: Job, options: Path, turbulence: Turbulence, *, dump: bool) -> None:
    start = datetime.fromtimestamp(job.start, UTC)
    end, last = start + timedelta(hours=job.hours), start + timedelta(hours=job.release_hours)
    head = "\n" * 7
    command = (
        1, f"{start:%Y%m%d %H%M%S}", f"{end:%Y%m%d %H%M%S}", 3600, 3600, turbulence.sync, 9999999, turbulence.sync,
        turbulence.ctl, turbulence.ifine, 1, int(dump), 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0,
    )  # fmt: skip
    (options / "COMMAND").write_text(head + "".join(f"{v}\n" for v in command), "ascii")
    (options / "AGECLASSES").write_text("\n" * 13 + f"1\n{(job.hours + 24) * 3600}\n", "ascii")
    (options / "RECEPTORS").write_text("\n" * 5, "ascii")
    grid = (f"    {job.west:11.4f}", f"    {job.south:11.4f}", f"    {job.columns:5d}", f"    {job.rows:5d}",
            f"    {job.cell:10.4f}", f"    {job.cell:10.4f}", f"    {job.depth:7.1f}",
            f"    {5000.0 if job.depth < 5000.0 else 2.0 * job.depth:7.1f}")  # fmt: skip
    (options / "OUTGRID").write_text("\n" * 5 + "".join(f"\n\n\n{line}\n" for line in grid), "ascii")
    number = 16 if job.aerosol else 24
    shutil.copy(options_folder() / f"SPECIES/SPECIES_{number:03d}", options / f"SPECIES/SPECIES_{number:03d}")
    release = (
        1, number, "", f"{start:%Y%m%d %H%M%S}", f"{last:%Y%m%d %H%M%S}", job.longitude, job.latitude, job.longitude,
        job.latitude, 1, job.low, job.high, job.particles, job.amount, "job", "",
    )  # fmt: skip
    (options / "RELEASES").write_text("\n" * 11 + "".join(f"{v}\n" for v in release), "ascii")
