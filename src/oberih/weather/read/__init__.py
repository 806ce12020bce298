"""What did a stranger's weather file say?

One file a format, all giving `oberih.weather.series.Weather`; `read_weather` finds the right one.
"""

from oberih.weather.read.any import read_weather

__all__ = ["read_weather"]
