"""Does the reader of strangers' files read no file but the one that was handed in?"""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import numpy as np
import pytest

from oberih.errors import InputError
from oberih.weather.read.any import read_weather
from oberih.weather.read.apart import read_weather_apart

pytest.importorskip("netCDF4")

PLACE = b"/" + b"x" * 199
"""Stands in the file below where the other file is named."""

NAMES_ANOTHER = """
eNrtWM1PE0EUn9ntwtIWaQWxGGN6k5gQF4LGG23K8hFL+SgHb6W2KzaBbcMuhngwXEw08eDZE0dOxpPxqImHHhtPHOXGwUT/AYO7
O2+6u9NuQYKG6vxC8ut7++brzXvDm3k5Nz3TH74WRjZkGYVQDHlxDGiM+mX6fQ0YA78A3heoHjvfEqCPQ/+s3eqKqtrWxwzoOEqI
8D3E8T9iTk0v2fwA5BRwXfDbmZVNzeaNolkxt8sa1W9U9XWvYntccfgJMI3fBDMuRhHyDVOZWGBMFCNgRzkG8X00TOQj0EtIdroQ
BMFpKEM/IrZ+kpX4xo1CpGPUYxnIaFuvmIYlD2IyRzpfQytV9bKRNCp6SUtOKBN3x5Rx6y+KFF/7TDadz9vtnTm67afnF9Rcfn4x
V8hn0lm1Of8dCfKO8Uc+tziNrdXQU2Jf6rxvSeBGT2c7mdqLne2a84l1tqPnxNqVixnPUTQK+yM5+5NLL6gI9kfy7A+NZ2y1cM5R
7I+zvUEifwV70YoO2ySenAKfptBkBE0eiyfFYV327wSdpxIYh/2eeZa19S1NMwp6dct83KbdaePPbdfqlz5POza/3Xxt76fdofPy
U+O3/RRt4yetaJjoD/kp7PUTc+4FIXYJ8u865NktOGchkZZmIJ9WCdceEt6tEX79jPDeK8Lv3hD+uA/5/x78/5nwjy8w8CGM/x3G
/wnjR8gKUiOEl24SXrtDuJYhvLtM+PDp0NvZT7Opb8sfbjy/n07x/5gcHBwcHBzBwFZV5b/fwL1D9N9vMMNBetGqWuzfMZnq5Lb1
VK9V/2JoZ78QxOLtqip3HLf+oi8DIwH1dGv95a2nN5PG2LinLpQvQ53C3DMPmHUpcf+8bu/8G3D9l4L19qMhy39GqbihFR4VS2Z1
C3Wok7HPK42pKKqBfsDycMJTt2bn86tkP23PX4W9pvdosRk/nn4Trs4rhxhZcuZfb45rWh9W1Bl1Rc1lVBh3WCDjlotm0dDME/OC
zq9s3b90o1LVUfv4bKmjYX705kvXR58pBOb+ipl7Km7JT/97A5tvNI7rEMeNZsu9Ljl/Trc+SO8uXF+vs5adv3y+uuflgezv8Wzn
5UU+H/oYOczIEcZvsucFsVvPDXRO71uzmcUs9vQrBrzHhRg9ffeTGD195+sL6Ccc0E8koJ/mOgd4rcbBwcHBwcHBwcHBwcHBcVZ0
6/sHlen7B5V/AYBKX0U=
"""
"""An HDF5 file, packed: its eastern wind are 25 bytes of another file, a quarter m/s each."""

SECRET = b"Correct-horse-77-battery\n"


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """A file whose values stand in a secret of the server's."""
    (tmp_path / "key.pem").write_bytes(SECRET)
    if len(other := str(tmp_path / "key.pem").encode()) > len(PLACE):
        pytest.skip("the folder of tests has a long name")
    path = tmp_path / "content"
    whole = zlib.decompress(base64.b64decode(NAMES_ANOTHER))
    path.write_bytes(whole.replace(PLACE, other.ljust(len(PLACE), b"\0")))
    return path


def test_the_library_itself_would_read_the_secret(handed_in: Path) -> None:
    found = read_weather(handed_in, latitude=47.5, longitude=34.6)
    assert bytes(round(4.0 * speed) for speed in found.wind_speed) == SECRET


def test_a_file_that_names_another_is_not_read(handed_in: Path) -> None:
    with pytest.raises(InputError, match="damaged") as refused:
        read_weather_apart(handed_in, latitude=47.5, longitude=34.6)
    assert "key.pem" not in str(refused.value)


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_64BIT", "NETCDF4_CLASSIC"])
def test_a_file_that_names_none_is_read_as_ever(tmp_path: Path, form: str) -> None:
    xarray = pytest.importorskip("xarray")
    time = np.datetime64("2026-01-01") + np.arange(30) * np.timedelta64(1, "h")
    wind = (("time", "latitude", "longitude"), np.full((30, 2, 2), 3.0), {"units": "m s**-1"})
    axes = {"time": time, "latitude": [48.0, 47.0], "longitude": [34.0, 35.0]}
    xarray.Dataset({"u10": wind, "v10": wind}, coords=axes).to_netcdf(tmp_path / "plain.nc", format=form)
    apart, kind = read_weather_apart(tmp_path / "plain.nc", latitude=47.5, longitude=34.6)
    assert kind == "netCDF"
    here = read_weather(tmp_path / "plain.nc", latitude=47.5, longitude=34.6)
    assert np.array_equal(apart.wind_speed, here.wind_speed)
