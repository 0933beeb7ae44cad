"""HJ 212, the data transmission standard of pollutant monitoring: 2005, 2017 and 2025, without any I/O.

    frame        bytes → packets and garbage, nothing lost        crc         the check code, folded
    header       what an acknowledgement needs                    message     a packet as values and faults, and back
    readings     a message → one reading per factor               connection  the host's end of a line, answers owed
    reassembly   packets sent in parts                            host        commands to a device, one state machine each
    columnar     a whole buffer → arrow columns                   tck         the conformance kit
    commands systems versions factors faults keyring              the tables of the standard

What each version asks and where it contradicts itself: docs/hj212.md.
"""
