"""What will the air do, asked of those who compute it?"""

from oberih.weather.live.kept import KeptRun
from oberih.weather.live.run import SOURCES, fetch_run

__all__ = ["SOURCES", "KeptRun", "fetch_run"]
