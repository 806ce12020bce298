"""Scenes to draw: plausible shapes, no physics."""

import dataclasses

import numpy as np
import shapely

from oberih.earth.grid import Grid
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection, distance_and_azimuth
from oberih.picture.scene import Field, MapScene, Rose, SceneZone, Table
from oberih.picture.table import sector_table

PLANT = (47.51, 34.59)


def place(name: str, latitude: float, longitude: float, population: int | None, number: int = 1) -> Place:
    distance, azimuth = distance_and_azimuth(*PLANT, to_latitude=[latitude], to_longitude=[longitude])
    return Place(number, name, latitude, longitude, "UA", population, float(distance[0]), float(azimuth[0]))


TOWNS = (
    place("Enerhodar", 47.49048, 34.66199, 52_887, 1),
    place("Nikopol", 47.57119, 34.39637, 105_160, 2),
    place("Marhanets", 47.63800, 34.61667, 45_718, 3),
    place("Kamianka", 47.47932, 34.40594, 12_332, 4),
    place("Hamlet", 47.40, 34.70, None, 5),
)


def lobed(latitude: float, longitude: float, radius: float, turn: float) -> object:
    """A zone with three lobes."""
    azimuth = np.linspace(0.0, 2.0 * np.pi, 144, endpoint=False)
    reach = radius * (1.0 + 0.2 * np.cos(3.0 * azimuth + turn))
    ring = np.stack([reach * np.sin(azimuth), reach * np.cos(azimuth)], axis=-1)
    return LocalProjection(latitude, longitude).polygon_to_lonlat(shapely.Polygon(ring))


def plan(latitude: float = PLANT[0], longitude: float = PLANT[1], **changes: object) -> MapScene:
    """A year's answer."""
    zones = tuple(
        SceneZone(name, action, lobed(latitude, longitude, radius, turn), key, share, told, "1,000 people", uk, sure)
        for name, action, radius, turn, key, share, told, uk, sure in (
            ("Protection zone", "no troops", 24e3, 0.0, "protection", 95.0, "28 km (24–33)", "Зона захисту", False),
            ("Evacuation", "evacuate", 9e3, 1.0, "evacuate", 95.0, "11 km (9–13)", "Евакуація", True),
            ("UPZ", "planning size", 20e3, 2.0, "reference", None, "30 km", "", False),
        )
    )
    azimuths = np.radians(np.arange(0.0, 360.0, 5.0))
    high = 24e3 * (1.0 + 0.2 * np.cos(3.0 * azimuths))
    rose = Rose(azimuths, 0.5 * high, high, 0.9 * high, 1.2 * high, "protection zone")
    scene = MapScene(
        site_name="Zaporizhzhia NPP", latitude=latitude, longitude=longitude, title="How far?",
        subtitle="Pool drained", headline="The zone must reach 28 km.", weather_label="climate-statistics weather",
        zones=zones, extent=50e3, places=TOWNS, rose=rose, tables=(sector_table(rose),),
        warnings=("Weather is not the site's.",), sources=("GeoNames (CC BY 4.0)",),
        footer="oberih 0.1.0 · sha256 0f31c7d95be2",
    )  # fmt: skip
    return dataclasses.replace(scene, **changes)  # type: ignore[arg-type]


def event(*, contours: bool = True) -> MapScene:
    """One release's dose."""
    grid, here = Grid(), LocalProjection(*PLANT)
    off = np.angle(np.exp(1j * (grid.azimuths[None, :] - np.radians(140.0))))
    values = 2e4 * (grid.radii[:, None] / 1e3) ** -1.7 * np.exp(-0.5 * (off / 0.22) ** 2)
    field = Field(
        here.cell_corners(grid), values, (1.0, 10.0, 100.0), "Dose", "mSv", ("", "shelter", "leave"), contours
    )
    table = Table("Places", ("Place", "Dose [mSv]"), (("Enerhodar", "180"),), numeric=(1,))
    return plan(field=field, rose=None, extent=100e3, tables=(table,))


def far() -> MapScene:
    """A year's answer with a zone beyond the map."""
    scene = plan()
    wide = SceneZone("EPD", "relocate", lobed(*PLANT, 250e3, 0.0), "epd", 95.0, "> 250 km")
    return dataclasses.replace(scene, zones=(*scene.zones, wide), overview=350e3)


def nowhere() -> MapScene:
    """A year's answer with a zone that is needed nowhere."""
    scene = plan()
    none = SceneZone("PAZ", "severe", shapely.Polygon(), "paz", 95.0, "nowhere", nowhere=True)
    return dataclasses.replace(scene, zones=(*scene.zones, none))
