"""A province that does not exist: who discharges what, where, under which permit, and what their devices say.

    plan        who and what: divisions, agencies, people, operators, facilities, outlets, points, permits, marks
    small       the hand-written plan of the demo
    rivers      a tree of places on rivers: sources, outlets, sections, confluences; how long water takes between them
    sections    what the stations at river sections read, and what is secretly let into a river above them
    process     what a plant does, minute by minute
    planted     what some of them do that they should not, and what merely looks like it
    telemetry   readings of every kind, computed from the minutes
    messages    the same readings as HJ 212 bodies, in the order in which devices would send them

The same plan and seed give the same numbers on every machine and for every way of cutting time into windows.
This room stands on nothing but numpy, pyarrow and shapely; simulate, demo, score and the benchmarks stand on it.
"""
