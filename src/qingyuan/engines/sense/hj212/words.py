# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False, check-untyped-defs=False
"""Raw loads for the compiled decoder: a byte or eight bytes of an array, without Numba's check for negative indices.

The caller answers for the bounds: eight bytes may be read wherever a packet's data region has not yet ended, because
``&&``, four characters of check code and CR LF still follow it.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types, uint64
from numba.extending import intrinsic

LOW = 0x0101010101010101
HIGH = 0x8080808080808080


@intrinsic
def byte(context, array, index):
    """array[index] of a uint8 array as int64."""

    def emit(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.zext(builder.load(builder.gep(data, [args[1]])), ir.IntType(64))

    return types.int64(array, types.int64), emit


@intrinsic
def eight(context, array, index):
    """array[index:index + 8] of a uint8 array as one little-endian integer."""

    def emit(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        word = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(64).as_pointer())
        return builder.load(word, align=1)

    return types.uint64(array, types.int64), emit


@intrinsic
def trailing_zeros(context, word):
    """How many of the lowest bits of a word are zero; 64 for zero."""

    def emit(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), emit


@njit(cache=True, nogil=True)
def position(word, char):
    """Where a character first stands in a word of eight, 0…7; 8 when it does not."""
    x = word ^ (uint64(LOW) * uint64(char))
    return trailing_zeros((x - uint64(LOW)) & ~x & uint64(HIGH)) >> 3


@njit(cache=True, nogil=True)
def first_of(word, count):
    """The first ``count`` characters of a word, the rest zero; count 0…7."""
    return word & ((uint64(1) << uint64(8 * count)) - uint64(1))


@njit(cache=True, nogil=True)
def eight_digits(word):
    """The number that eight ASCII digits make, the first in the lowest byte; -1 when they are not all digits."""
    if word & uint64(0xF0F0F0F0F0F0F0F0) != uint64(0x3030303030303030):
        return -1
    if (word + uint64(0x0606060606060606)) & uint64(0xF0F0F0F0F0F0F0F0) != uint64(0x3030303030303030):
        return -1
    word = ((word & uint64(0x0F0F0F0F0F0F0F0F)) * uint64(2561)) >> uint64(8)
    word = ((word & uint64(0x00FF00FF00FF00FF)) * uint64(6553601)) >> uint64(16)
    return np.int64(((word & uint64(0x0000FFFF0000FFFF)) * uint64(42949672960001)) >> uint64(32))


@njit(cache=True, nogil=True)
def filling(count):
    """A word whose first ``count`` characters are zero and the others the letter A; count 0…7."""
    return uint64(LOW * 65) & ~((uint64(1) << uint64(8 * count)) - uint64(1))


@njit(cache=True, nogil=True)
def is_odd(word):
    """Whether any of eight characters is no printable ASCII (33…126), or is & or =, which end nothing in a header."""
    blank = (word - uint64(LOW * 33)) & ~word
    x, y, z = word ^ uint64(LOW * 38), word ^ uint64(LOW * 61), word ^ uint64(LOW * 127)
    found = blank | (x - uint64(LOW)) & ~x | (y - uint64(LOW)) & ~y | (z - uint64(LOW)) & ~z | word
    return found & uint64(HIGH) != uint64(0)
