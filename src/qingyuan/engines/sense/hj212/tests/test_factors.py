from qingyuan.engines.sense.hj212.commands import COMMANDS, EXE_RTN, MARKS, QN_RTN
from qingyuan.engines.sense.hj212.factors import UNIT_CHANGED, factor, factors, information, modern, process_factors
from qingyuan.engines.sense.hj212.systems import SYSTEMS


def test_the_tables_of_2017_are_whole() -> None:
    """Tables B.1 (63 water factors), B.2 (121 gas factors), B.3 (12 noise factors)."""
    media = [f.medium for f in factors(2017).values()]
    assert (media.count("water"), media.count("gas"), media.count("noise")) == (63, 121, 12)


def test_a_factor_carries_its_units_and_its_format() -> None:
    cod = factor("w01018")
    assert cod is not None
    assert (cod.name, cod.unit, cod.mass_unit, cod.format, cod.grade) == ("化学需氧量", "毫克/升", "千克", "N5.1", "A")


def test_codes_are_strings() -> None:
    """02 is a gas, 002 is in water."""
    gas, water = factor("02", 2005), factor("002", 2005)
    assert gas is not None and water is not None
    assert (gas.name, gas.medium, water.name, water.medium) == ("二氧化硫", "gas", "色度", "water")


def test_2005_codes_have_successors_and_some_change_their_unit() -> None:
    assert modern("011") == ("w01018", 1)
    assert modern("020") == ("w20111", 1000)
    assert modern("99") is None
    assert set(UNIT_CHANGED) <= {f.code_2005 for f in factors(2017).values()}


def test_codes_with_two_meanings_in_the_print_are_not_decided_here() -> None:
    """2017 prints e701xx and g119xx twice."""
    assert len(process_factors("g11901")) == 2 and factor("g11901") is None
    assert len(process_factors("e70101")) == 2
    (inlet,) = process_factors("e10101")
    assert inlet.unit == "升/秒"


def test_what_2025_adds_says_how_sure_we_are() -> None:
    added = [f for f in factors(2025).values() if f.version == 2025]
    assert added and all(f.grade in "BU" for f in added)
    assert factor("w01018", 2025) == factor("w01018", 2017)


def test_information_codes() -> None:
    """2017 table B.10."""
    assert information()["i13004"].name == "消解温度" and information()["i23005"].grade == "B"


def test_every_statement_of_the_code_tables_has_a_grade() -> None:
    assert all(
        set(c.versions) <= {2005, 2017, 2025} and set(c.versions.values()) <= set("ABCU") for c in COMMANDS.values()
    )
    assert all(s.grade in "ABCU" for s in SYSTEMS.values())
    assert set(EXE_RTN) == {1, 2, 3, 4, 5, 6, 100} and set(QN_RTN) == {*range(1, 10), 100} and len(MARKS) == 8
