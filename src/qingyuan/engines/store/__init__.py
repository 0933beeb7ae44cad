"""Once, in order, sealed: the telemetry lake.

    layout      where things lie                    schema      what a column means
    manifest    which files are the lake now        dimensions  points and limits, dated
    ingest      from the spool into small files     compact     small files into bucket-months; retention
    asof        what was known at a moment          chart       a year in a blink        units   how the judge walks
    marks · events · parameters                     what people and instruments say about the readings
    planting    a synthetic province straight into the lake

The lake is derived from the spool and can be rebuilt from it; it is never the record of truth.
"""
