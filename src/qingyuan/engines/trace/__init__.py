"""Where did it come from: candidates ranked by reasons that a person can check.

    river.py   a section's warning, walked upstream over the network: load, timing, missing data, permit factors, distance
    wind.py    a station's or a complaint cluster's air, followed backwards through the wind; rings of 3, 5, 10 and 20 km
    track.py   hot spots of a mobile-monitoring track, and who lies upwind of them
    waste.py   waste manifests that do not add up

A candidate is a place to look at first, never a finding: no step of the law may rest on it alone.  All numbers of the
scoring are in ``trace.yaml``, with where they come from; none of them is law.
"""
