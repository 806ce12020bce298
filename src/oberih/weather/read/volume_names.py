"""Which names do fields in a volume go by?

As in `oberih.weather.read.gridded_names`, for what stands on levels and for what a volume needs at the ground.

Source: ECMWF parameter database (shortName, cfVarName); CF standard names; NCEP GRIB2 table 4.2.
"""

from __future__ import annotations

__all__ = ["LEVEL_FIELDS", "SURFACE_FIELDS", "VERTICAL"]

LEVEL_FIELDS: dict[str, tuple[str, ...]] = {
    "east": ("u", "uwind", "eastward_wind", "u_component_of_wind", "ua"),
    "north": ("v", "vwind", "northward_wind", "v_component_of_wind", "va"),
    "temperature": ("t", "temperature", "air_temperature", "ta"),
    "humidity": ("q", "specific_humidity", "hus"),
    "omega": ("w", "omega", "vertical_velocity", "lagrangian_tendency_of_air_pressure", "wap"),
    "vertical": ("wwind", "dzdt", "upward_air_velocity", "wz"),
    "geopotential": ("z", "geopotential"),
    "geopotential_height": ("gh", "geopotential_height", "zg"),
    "height": ("height",),
    "pressure": ("pressure", "pres", "air_pressure", "p"),
}
"""Spellings of what stands on levels, preferred first."""

SURFACE_FIELDS: dict[str, tuple[str, ...]] = {
    "surface_geopotential": ("z", "zs", "sfc_geopotential", "geopotential_at_surface", "z_surface"),
    "orography": ("orog", "hgtsfc", "surface_altitude", "sfc_height_amsl"),
    "log_pressure": ("lnsp",),
    "surface_pressure": ("sp", "ps", "surface_pressure", "surface_air_pressure", "sfc_pressure"),
    "east_10m": ("u10", "10u", "10m_u_component_of_wind", "sfc_wind_u_10m"),
    "north_10m": ("v10", "10v", "10m_v_component_of_wind", "sfc_wind_v_10m"),
    "temperature_2m": ("t2m", "2t", "2m_temperature", "sfc_temp_2m"),
    "mixing_height": ("blh", "boundary_layer_height", "hpbl", "sfc_bl_height"),
    "friction_velocity": ("zust", "friction_velocity", "fricv"),
    "stress_east": ("iews",),
    "stress_north": ("inss",),
    "heat_flux_down": ("ishf", "sfc_down_sens_heat_flx", "msshf", "avg_ishf", "sshf"),
    "precipitation": ("tp", "total_precipitation", "tprate", "mtpr", "avg_tprate", "prate"),
}
"""Spellings of what is wanted at the ground."""

VERTICAL = ("plev", "level", "isobaricInhPa", "isobaric", "pressure_level", "hybrid", "lev", "model_level")
"""Spellings of the vertical axis."""
