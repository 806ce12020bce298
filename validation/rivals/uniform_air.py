"""In which air is vertical mixing compared?  The same everywhere and always: neutral, convective or stable."""

from __future__ import annotations

import numpy as np

from validation.rivals.air import HALF, KAPPA, SEA, Air, hybrid_coefficients

KINDS = {"neutral": (-0.01, 0.30, 900.0), "convective": (-220.0, 0.15, 1300.0), "stable": (20.0, 0.06, 200.0)}
"""Downward heat flux [W/m2], stress [N/m2] and height of the inversion [m]; FLEXPART takes a flux of exactly 0 for one
that is missing, and derives it and the stress by itself."""


def uniform(kind: str, *, wind: float = 6.0) -> Air:
    """Air of one kind, 6° x 12° around 50° N, 26° E, one hour, wind from the west."""
    heat, stress, lid = KINDS[kind]
    lat, lon = np.arange(47.0, 53.01, 0.5), np.arange(20.0, 32.01, 0.5)
    a_half, b_half = hybrid_coefficients(HALF)
    pressure = 0.5 * (a_half[1:] + a_half[:-1]) + 0.5 * (b_half[1:] + b_half[:-1]) * SEA
    height = 8300.0 * np.log(SEA / pressure)
    slope = 0.012 if kind == "stable" else 0.0
    theta = 288.0 + slope * np.minimum(height, lid) + 0.006 * np.maximum(0.0, height - lid)
    theta += 2.5 * np.clip((height - lid) / 100.0, 0.0, 1.0) * (kind != "stable")
    temperature = theta * (pressure / 1e5) ** KAPPA
    shape = (1, len(pressure), len(lat), len(lon))
    flat = (1, len(lat), len(lon))
    share = np.minimum(1.0, np.log(np.maximum(height, 5.0) / 0.1) / np.log(300.0 / 0.1))

    def level(values: np.ndarray) -> np.ndarray:
        return np.array(np.broadcast_to(values[None, :, None, None], shape))

    ground = {
        "sp": np.full(flat, SEA), "u10": np.full(flat, wind * np.log(100.0) / np.log(3000.0)), "v10": np.zeros(flat),
        "t2m": np.full(flat, temperature[-1] + {"neutral": 0.05, "convective": 1.5, "stable": -1.0}[kind]),
        "d2m": np.full(flat, 276.0), "ishf": np.full(flat, heat), "iews": np.full(flat, stress),
        "inss": np.zeros(flat), "tprate": np.zeros(flat), "z": np.zeros(flat),
    }  # fmt: skip
    start = int(np.datetime64("2026-06-15T00:00:00", "s").astype(np.int64))
    return Air(
        kind, np.array([start]), lat, lon, a_half, b_half, level(wind * share), np.zeros(shape), level(temperature),
        np.full(shape, 3e-3), np.zeros((1, len(a_half), *flat[1:])), ground,
    )  # fmt: skip
