"""Which numbers does everything share?  Each with meaning, unit and source."""

from typing import Final

VON_KARMAN: Final = 0.4
"""von Karman constant [1]; Hogstrom (1988), Boundary-Layer Meteorol. 42, 55: 0.40 ± 0.01."""

GRAVITY: Final = 9.80665
"""Standard gravity [m/s2]; CGPM 1901, exact by definition."""

EARTH_RADIUS: Final = 6_371_008.8
"""Mean radius of the Earth [m]; IUGG, (2a + b)/3 of the ellipsoid."""

GAS_CONSTANT_DRY_AIR: Final = 287.05
"""Specific gas constant of dry air [J/(kg K)]; US Standard Atmosphere 1976."""

SPECIFIC_HEAT_AIR: Final = 1004.7
"""Isobaric specific heat of dry air [J/(kg K)]; 3.5 × the gas constant."""

STEFAN_BOLTZMANN: Final = 5.670374419e-8
"""Stefan-Boltzmann constant [W/(m2 K4)]; CODATA 2018, exact."""

SECONDS_PER_HOUR: Final = 3600
"""[s], and whole: a time since 1970 stays a whole number."""

SECONDS_PER_DAY: Final = 86400.0
"""[s]"""

SECONDS_PER_YEAR: Final = 365.25 * 86400.0
"""Julian year [s]."""

BECQUEREL_PER_CURIE: Final = 3.7e10
"""[Bq/Ci], exact by definition."""

FORMS: Final = ("noble_gas", "aerosol", "elemental_iodine", "organic_iodine")
"""Chemical and physical forms that an atlas carries, in the order of its last axis."""

AGES: Final = ("infant", "1y", "5y", "10y", "15y", "adult")
"""Age groups of the dose coefficients: 3 months (newborn in FGR-15), 1, 5, 10, 15 years, adult."""

KELVIN_OFFSET: Final = 273.15
"""[K] at 0 °C, exact by definition."""
