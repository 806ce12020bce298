"""Which names do fields in a volume go by, and in which units and directions do they count?

As in `oberih.weather.read.gridded_names`, for what stands on levels and for what a volume needs at the ground.

Source: ECMWF parameter database (shortName, cfVarName); CF standard names; NCEP GRIB2 tables 4.2; DWD ICON database
description (names of fields).  That DWD counts the flux of sensible heat downward is verified = false.
"""

from __future__ import annotations

import re

from oberih.constants import GRAVITY, KELVIN_OFFSET

__all__ = ["AMOUNT_SECONDS", "DIMENSIONS", "LEVEL_FIELDS", "SURFACE_FIELDS", "UPWARD", "VERTICAL", "to_si"]

LEVEL_FIELDS: dict[str, tuple[str, ...]] = {
    "east": ("u", "uwind", "eastward_wind", "u_component_of_wind", "ua", "uwnd", "ugrd", "x_wind"),
    "north": ("v", "vwind", "northward_wind", "v_component_of_wind", "va", "vwnd", "vgrd", "y_wind"),
    "temperature": ("t", "temperature", "air_temperature", "ta", "air", "tmp"),
    "humidity": ("q", "specific_humidity", "hus", "qv", "spfh", "shum"),
    "relative_humidity": ("r", "rh", "relative_humidity", "hur", "relhum", "rhum"),
    "omega": ("w", "omega", "vertical_velocity", "lagrangian_tendency_of_air_pressure", "wap", "vvel"),
    "vertical": ("wwind", "dzdt", "upward_air_velocity", "wz"),
    "geopotential": ("z", "geopotential", "fi"),
    "geopotential_height": ("gh", "geopotential_height", "zg", "hgt"),
    "height": ("height",),
    "half_height": ("h", "hhl"),
    "pressure": ("pressure", "pres", "air_pressure", "p"),
    "cloud_water": ("clwc", "ql", "clwmr", "qc", "clw", "specific_cloud_liquid_water_content"),
    "cloud_ice": ("ciwc", "qi", "icmr", "cli", "specific_cloud_ice_water_content"),
}  # fmt: skip
"""Spellings of what stands on levels, preferred first."""

SURFACE_FIELDS: dict[str, tuple[str, ...]] = {
    "surface_geopotential": ("z", "zs", "fis", "sfc_geopotential", "geopotential_at_surface", "z_surface", "phis"),
    "orography": ("orog", "hgtsfc", "surface_altitude", "sfc_height_amsl", "hsurf", "orography", "topo"),
    "log_pressure": ("lnsp",),
    "surface_pressure": ("sp", "ps", "surface_pressure", "surface_air_pressure", "sfc_pressure", "pressfc"),
    "east_10m": ("u10", "10u", "10m_u_component_of_wind", "sfc_wind_u_10m", "uas", "u_10m", "u10m"),
    "north_10m": ("v10", "10v", "10m_v_component_of_wind", "sfc_wind_v_10m", "vas", "v_10m", "v10m"),
    "temperature_2m": ("t2m", "2t", "2m_temperature", "sfc_temp_2m", "tas", "t_2m"),
    "dewpoint_2m": ("d2m", "2d", "2m_dewpoint_temperature", "td_2m", "tdps"),
    "humidity_2m": ("2sh", "sh2", "q2m", "sfc_q_2m", "huss"),
    "mixing_height": ("blh", "boundary_layer_height", "hpbl", "sfc_bl_height", "zmla", "mh"),
    "friction_velocity": ("zust", "friction_velocity", "fricv"),
    "stress_east": ("iews", "avg_iews", "ewss", "utaua", "avg_utaua", "umfl_s", "aumfl_s", "uflx", "tauu"),
    "stress_north": ("inss", "avg_inss", "nsss", "vtaua", "avg_vtaua", "vmfl_s", "avmfl_s", "vflx", "tauv"),
    "heat_flux_down": (
        "ishf", "sfc_down_sens_heat_flx", "msshf", "avg_ishf", "sshf", "shtfl", "ashfl_s", "shfl_s", "hfss",
        "surface_upward_sensible_heat_flux", "surface_downward_sensible_heat_flux", "surface_sensible_heat_flux",
    ),
    "precipitation": (
        "tp", "total_precipitation", "tprate", "mtpr", "avg_tprate", "prate", "tot_prec", "apcp", "pr",
        "precipitation_flux",
    ),
    "convective_rain": ("cp", "convective_precipitation", "avg_cpr", "crr", "mcpr", "acpcp", "cpr", "cprat", "rain_con",
                        "sfc_conv_rain", "prc"),
    "convective_snow": ("csfwe", "snow_con", "sfc_conv_snow"),
    "large_scale_rain": ("lsp", "large_scale_precipitation", "lsrr", "mlspr", "ncpcp", "rain_gsp", "sfc_ls_rain"),
    "large_scale_snow": ("lsfwe", "snow_gsp", "sfc_ls_snow"),
    "cloud_base": ("cbh", "cloud_base_height"),
    "cape": ("cape", "cape_con", "mlcape", "mucape", "convective_available_potential_energy"),
}  # fmt: skip
"""Spellings of what is wanted at the ground.

Large-scale and convective rain and snow are summed where no total is given: in ECMWF's cp and lsp the snow is in, in
DWD's and the single columns' rain it is apart; "rain" then means what its file means.
"""

VERTICAL = ("plev", "level", "isobaricInhPa", "isobaric", "pressure_level", "hybrid", "lev", "model_level")
"""Spellings of the vertical axis, where nothing stands on levels to tell it."""

UPWARD = frozenset({"hfss", "surface_upward_sensible_heat_flux", "shtfl"})
"""Fluxes that their source counts upward, whoever it is; NCEP (centre kwbc) counts all so."""

_SPEED = {"m/s": 1.0, "": 1.0, "km/h": 1 / 3.6, "kn": 1852.0 / 3600.0}
_KELVIN = {"k": 1.0, "c": 1.0, "": 1.0}
_RATIO = {"kg/kg": 1.0, "1": 1.0, "": 1.0, "g/kg": 1e-3}
_PASCAL = {"pa": 1.0, "": 1.0, "hpa": 100.0, "mbar": 100.0, "mb": 100.0, "millibars": 100.0}
_LENGTH = {"m": 1.0, "": 1.0, "gpm": 1.0, "km": 1000.0, "metre": 1.0, "metres": 1.0, "meters": 1.0}
_POTENTIAL = {"m2/s2": 1.0, "": 1.0, "j/kg": 1.0, "m": GRAVITY, "gpm": GRAVITY}
_STRESS = {"n/m2": 1.0, "": 1.0, "pa": 1.0}
_RAIN = {"kg/m2/s": 1.0, "mm/s": 1.0, "mm/h": 1 / 3600.0, "m/s": 1000.0, "mm/day": 1 / 86400.0}
_WATER = {"kg/m2": 1.0, "mm": 1.0, "m": 1000.0, "mofwaterequivalent": 1000.0, "cm": 10.0}
_FALLING = ("precipitation", "convective_rain", "convective_snow", "large_scale_rain", "large_scale_snow")
_HEIGHTS = ("geopotential_height", "height", "half_height", "orography", "mixing_height", "cloud_base")

DIMENSIONS: dict[str, dict[str, float]] = {
    **dict.fromkeys(("east", "north", "vertical", "east_10m", "north_10m", "friction_velocity"), _SPEED),
    **dict.fromkeys(("temperature", "temperature_2m", "dewpoint_2m"), _KELVIN),
    **dict.fromkeys(("humidity", "humidity_2m", "cloud_water", "cloud_ice"), _RATIO),
    "relative_humidity": {"%": 0.01, "percent": 0.01, "1": 1.0, "": 0.01},
    "omega": {"pa/s": 1.0, "": 1.0, "hpa/s": 100.0},
    **dict.fromkeys(("geopotential", "surface_geopotential"), _POTENTIAL),
    **dict.fromkeys(_HEIGHTS, _LENGTH),
    **dict.fromkeys(("pressure", "surface_pressure"), _PASCAL),
    "log_pressure": {"numeric": 1.0, "1": 1.0, "": 1.0, "~": 1.0},
    **dict.fromkeys(("stress_east", "stress_north"), _STRESS),
    "heat_flux_down": {"w/m2": 1.0, "": 1.0},
    **dict.fromkeys(_FALLING, _RAIN),
    "cape": {"j/kg": 1.0, "m2/s2": 1.0, "": 1.0},
}
"""Meaning → spelling of its unit → factor to SI; "" where no unit is given and SI is taken."""

_PILED_STRESS = {"n/m2s": 1.0, "ns/m2": 1.0, "pas": 1.0}

AMOUNT_SECONDS: dict[str, dict[str, float]] = {
    **dict.fromkeys(_FALLING, _WATER),
    "heat_flux_down": {"j/m2": 1.0, "ws/m2": 1.0},
    **dict.fromkeys(("stress_east", "stress_north"), _PILED_STRESS),
}
"""The same for amounts: factor to the SI rate times seconds."""


_WORDS = (
    (r"met(er|re)s?", "m"), (r"seconds?|sec", "s"), (r"hours?|hr", "h"), (r"days?", "day"), (r"pascals?", "pa"),
    (r"kilograms?", "kg"), (r"deg(ree)?s?[ _]?c(elsius)?|celsius|°c", "c"), (r"(deg(ree)?s?[ _]?)?k(elvin)", "k"),
    (r"knots?|kts?", "kn"), (r"dimensionless|numeric", "1"), (r"newtons?", "n"), (r"watts?", "w"), (r"joules?", "j"),
)  # fmt: skip


def _fold(unit: str) -> str:
    """One spelling: ``"m**2 s**-2"``, ``"m2 s-2"`` and ``"m^2/s^2"`` are the same."""
    text = unit.strip().lower().replace("**", "").replace("^", "").replace("²", "2").replace("⁻", "-").replace("¹", "1")
    for pattern, word in _WORDS:
        text = re.sub(rf"(?<![a-z]){pattern}(?![a-z])", word, text)
    text = re.sub(r"[.·*]", " ", text)
    text = re.sub(r"\s*(?<![a-z])per(?![a-z])\s*", "/", text)
    text = re.sub(r"\s+(kg|m|s|h|day|d)-(\d)", lambda m: f"/{m[1]}{m[2] if m[2] != '1' else ''}", text)
    return text.replace(" ", "").replace("/d", "/day").replace("/dayay", "/day")


def to_si(meaning: str, unit: str) -> tuple[float, float, bool] | None:
    """Factor and offset to SI, and whether the unit is that of an amount; None where the unit is not known.

    Examples
    --------
    >>> to_si("precipitation", "m"), to_si("temperature", "K"), to_si("temperature", "furlong")
    ((1000.0, 0.0, True), (1.0, 0.0, False), None)
    >>> to_si("omega", "Pa s-1"), to_si("vertical", "meters per second"), to_si("humidity", "g kg**-1")
    ((1.0, 0.0, False), (1.0, 0.0, False), (0.001, 0.0, False))
    """
    folded = _fold(unit)
    if folded in AMOUNT_SECONDS.get(meaning, {}):
        return AMOUNT_SECONDS[meaning][folded], 0.0, True
    if folded not in DIMENSIONS[meaning]:
        return None
    return DIMENSIONS[meaning][folded], KELVIN_OFFSET if folded == "c" else 0.0, False
