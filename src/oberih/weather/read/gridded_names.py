"""Which names do gridded fields go by?

ERA5, ECMWF open data, GFS and single-column files name the same thing differently; ECMWF
counts vertical fluxes positive downward, so its sensible heat changes sign.

Source: ECMWF parameter database (shortName, cfVarName); NCEP GRIB2 table 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EAST", "NAMES", "NORTH", "Name"]


@dataclass(frozen=True)
class Name:
    """One spelling of a field.

    Parameters
    ----------
    field : str
        Of `Weather`, or ``wind_east``, ``wind_north``.
    dimension : str
        Of its unit (see `unit_words`).
    sign : float
        -1 where the source counts the other way [1].
    """

    field: str
    dimension: str
    sign: float = 1.0


EAST, NORTH = "wind_east", "wind_north"

_SPELLINGS: dict[Name, tuple[str, ...]] = {
    Name(EAST, "wind_speed"): ("u10", "10u", "U10", "10m_u_component_of_wind", "u10m", "sfc_wind_u_10m"),
    Name(NORTH, "wind_speed"): ("v10", "10v", "V10", "10m_v_component_of_wind", "v10m", "sfc_wind_v_10m"),
    Name("temperature", "temperature"): ("t2m", "2t", "T2", "2m_temperature", "sfc_temp_2m"),
    Name("cloud_cover", "fraction"): ("tcc", "total_cloud_cover", "sfc_cloud_fraction"),
    Name("solar_radiation", "flux"): (
        "ssrd", "surface_solar_radiation_downwards", "avg_sdswrf", "msdwswrf", "sdswrf", "dswrf", "sfc_down_sw",
    ),
    Name("precipitation", "rain_rate"): ("tp", "total_precipitation", "prate", "mtpr", "avg_tprate", "tprate"),
    Name("boundary_layer_height", "length"): ("blh", "boundary_layer_height", "hpbl", "sfc_bl_height"),
    Name("pressure", "pressure"): ("sp", "surface_pressure", "sfc_pressure"),
    Name("cloud_base", "length"): ("cbh", "cloud_base_height"),
    Name("friction_velocity", "speed"): ("zust", "friction_velocity", "fricv"),
    Name("sensible_heat_flux", "flux", -1.0): (
        "ishf", "instantaneous_surface_sensible_heat_flux", "msshf", "avg_ishf", "sshf", "sfc_down_sens_heat_flx",
    ),
    Name("sensible_heat_flux", "flux"): ("shtfl",),
}  # fmt: skip

NAMES: dict[str, Name] = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings}
"""Spelling → what it is.  Order is preference: the first found of a field wins."""
