"""What was acknowledged is there, whatever happens to the process and the disk: ``make durability``."""

import datetime as dt

AT = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
