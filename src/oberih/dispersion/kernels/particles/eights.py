"""How do eight particles read eight places of a field at once, and how does one add to a cell?

Each particle reads where it stands, but what it reads there stands side by side: the four numbers of a level, those of
the next level, the sixteen of a column of the surface.  A compiler that is left to itself loads them one by one, or
gathers each for many particles, which takes a load for each number all the same.  Here a particle loads its numbers as
one vector, adds up corners as vectors, and eight particles' results are turned into rows in registers: a quarter of
the loads.  In LLVM's intermediate language, whose text is the same on any machine; the bits of the results are not: a
product and a sum are rounded once where the machine can do both at once, else twice.

Places are rows of the scratch array that hold, as whole numbers, how many numbers of the field stand before the first
that is wanted.  They are read before anything is written, so that a row may hold first where to look, then what is
there.  A place has 32 bits: a field that it is one of may hold 2**32 numbers, and a `Flow` with more in one time is
refused.  Nothing is checked for bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

from oberih.dispersion.kernels.particles.lanes import LANES

__all__ = ["EIGHT", "add_four", "fetch", "mix", "mix_between", "number_at", "turn"]

EIGHT = 8
"""Particles at once."""

_FOUR = 4
_FLAGS = ("fast",)
_INDEX = ir.IntType(32)
_LOW, _HIGH = (0, 8, 1, 9, 4, 12, 5, 13), (2, 10, 3, 11, 6, 14, 7, 15)
_FIRST, _SECOND = (0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)


@intrinsic
def mix(typing: Any, s: Any, bits: Any, field: Any, at: Any, weights: Any, right: Any, down: Any, to: Any, i: Any):
    """Weighted means of four numbers at four corners, for particles ``i`` to ``i + 7``.

    Parameters
    ----------
    s, bits : arrays
        The scratch array as float32 and as uint32.
    field : float32 array
        Contiguous.
    at : int
        Row of the places of the first corner's numbers.
    weights : int
        First of four rows: of the corner itself, of that to the right, of that below, of that to the right below.
    right, down : int
        Numbers from a corner to its neighbours.
    to : int
        First of four rows that are filled.
    """
    _demand(s, bits, field)
    whole = types.intp
    return types.void(s, bits, field, whole, whole, whole, whole, whole, whole), _emit_mix


@intrinsic
def mix_between(
    typing: Any, s: Any, bits: Any, field: Any, at: Any, weights: Any, right: Any, down: Any, share: Any, to: Any,
    i: Any,
):  # fmt: skip
    """As `mix`, of three of the four numbers, between these (0) and the four next (1) by the row ``share``."""
    _demand(s, bits, field)
    whole = types.intp
    return types.void(s, bits, field, whole, whole, whole, whole, whole, whole, whole), _emit_mix_between


@intrinsic
def fetch(typing: Any, s: Any, bits: Any, field: Any, at: Any, to: Any, i: Any):
    """Twelve numbers as they stand in the field, for particles ``i`` to ``i + 7``, into twelve rows from ``to`` on."""
    _demand(s, bits, field)
    return types.void(s, bits, field, types.intp, types.intp, types.intp), _emit_fetch


@intrinsic
def number_at(typing: Any, field: Any, place: Any):
    """The number of a field before which so many stand."""
    if not isinstance(field, types.Array) or field.layout != "C":
        raise TypingError("a place is one in a contiguous array")
    return field.dtype(field, types.uint32), _emit_number_at


@intrinsic
def turn(typing: Any, s: Any, a: Any, b: Any, c: Any, d: Any, i: Any, to: Any, apart: Any):
    """Put four rows' numbers of particles ``i`` to ``i + 7`` side by side, particle by particle.

    Parameters
    ----------
    s : float32 array
        The scratch array.
    a, b, c, d : int
        Rows.
    to, apart : int
        How many numbers of the scratch array stand before the first particle's four, and from one to the next.
    """
    _demand_kinds((s, types.float32))
    whole = types.intp
    return types.void(s, whole, whole, whole, whole, whole, whole, whole), _emit_turn


@intrinsic
def add_four(typing: Any, field: Any, place: Any, s: Any, at: Any, factor: Any):
    """Add four numbers that stand side by side from ``s[at]`` on, times a factor, to four from ``place`` on in a field.

    Parameters
    ----------
    field : float64 array
        Contiguous.
    s : float32 array
    factor : float32
    """
    _demand_kinds((field, types.float64), (s, types.float32))
    return types.void(field, types.intp, s, types.intp, types.float32), _emit_add_four


def _demand(s: Any, bits: Any, field: Any) -> None:
    _demand_kinds((s, types.float32), (bits, types.uint32), (field, types.float32))


def _demand_kinds(*found: tuple[Any, Any]) -> None:
    for array, kind in found:
        if not isinstance(array, types.Array) or (array.dtype, array.layout) != (kind, "C"):
            raise TypingError(f"eight particles need a contiguous array of {kind}, not {array}")


def _emit_mix(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    s, bits, field = _data(context, builder, signature, arguments)
    at, weights, right, down, to, i = arguments[3:]
    results = _corner_sums(builder, s, field, _places(builder, bits, at, i), weights, (right, down), i, _FOUR)
    _store(builder, s, to, i, _turned(builder, results))
    return context.get_dummy_value()


def _emit_mix_between(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    s, bits, field = _data(context, builder, signature, arguments)
    at, weights, right, down, share, to, i = arguments[3:]
    both = _corner_sums(builder, s, field, _places(builder, bits, at, i), weights, (right, down), i, 2 * _FOUR)
    results = []
    for lane, sums in enumerate(both):
        here, there = _shuffled(builder, sums, sums, range(_FOUR)), _shuffled(builder, sums, sums, range(4, 8))
        part = _spread(builder, builder.load(_pointer(builder, s, share, i, lane)), _FOUR)
        results.append(_fused(builder)(part, builder.fsub(there, here, flags=_FLAGS), here))
    _store(builder, s, to, i, _turned(builder, results)[:3])
    return context.get_dummy_value()


def _emit_fetch(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    s, bits, field = _data(context, builder, signature, arguments)
    at, to, i = arguments[3:]
    places = _places(builder, bits, at, i)
    for group in range(3):
        found = [_vector(builder, builder.gep(field, [_ahead(builder, p, group * _FOUR)]), _FOUR) for p in places]
        _store(builder, s, _ahead(builder, to, group * _FOUR), i, _turned(builder, found))
    return context.get_dummy_value()


def _emit_number_at(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    return builder.load(builder.gep(data, [builder.zext(arguments[1], ir.IntType(64))]))


def _emit_turn(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    s = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    *rows, i, to, apart = arguments[1:]
    found = [_vector(builder, _pointer(builder, s, row, i, 0), EIGHT) for row in rows]
    for k, both in zip((0, 1, 2, 3), _transposed(builder, found), strict=True):
        for half in range(2):
            place = builder.add(to, builder.mul(apart, ir.Constant(apart.type, k + half * _FOUR)))
            four = _shuffled(builder, both, both, range(half * _FOUR, half * _FOUR + _FOUR))
            builder.store(four, builder.bitcast(builder.gep(s, [place]), four.type.as_pointer()), align=4)
    return context.get_dummy_value()


def _emit_add_four(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    field = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    s = context.make_array(signature.args[2])(context, builder, arguments[2]).data
    _, place, _, at, factor = arguments
    kind = ir.VectorType(ir.DoubleType(), _FOUR)
    four = builder.fmul(_vector(builder, builder.gep(s, [at]), _FOUR), _spread(builder, factor, _FOUR))
    here = builder.bitcast(builder.gep(field, [place]), kind.as_pointer())
    builder.store(builder.fadd(builder.load(here, align=8), builder.fpext(four, kind)), here, align=8)
    return context.get_dummy_value()


def _data(context: Any, builder: Any, signature: Any, arguments: Any) -> list[Any]:
    """Where the three arrays begin."""
    return [context.make_array(signature.args[k])(context, builder, arguments[k]).data for k in range(3)]


def _places(builder: Any, bits: Any, at: Any, i: Any) -> list[Any]:
    """A row's places, one for each particle."""
    return [builder.zext(builder.load(_pointer(builder, bits, at, i, lane)), at.type) for lane in range(EIGHT)]


def _corner_sums(
    builder: Any, s: Any, field: Any, places: Sequence[Any], weights: Any, steps: tuple[Any, Any], i: Any, width: int
) -> list[Any]:
    """For each particle ``width`` numbers, added up over the four corners."""
    right, down = steps
    fused, out = _fused(builder, width), []
    for lane, place in enumerate(places):
        below = builder.add(place, down)
        total = None
        for k, corner in enumerate((place, builder.add(place, right), below, builder.add(below, right))):
            pointer = _pointer(builder, s, _ahead(builder, weights, k), i, lane)
            weight = _spread(builder, builder.load(pointer), width)
            here = _vector(builder, builder.gep(field, [corner]), width)
            total = fused(weight, here, total) if total is not None else builder.fmul(weight, here, flags=_FLAGS)
        out.append(total)
    return out


def _turned(builder: Any, fours: Sequence[Any]) -> list[Any]:
    """Eight particles' four numbers as four rows of eight."""
    return _transposed(builder, [_shuffled(builder, fours[k], fours[k + _FOUR], range(EIGHT)) for k in range(_FOUR)])


def _transposed(builder: Any, rows: Sequence[Any]) -> list[Any]:
    """Four rows of two fours each, as if each four rows of four were turned; its own inverse."""
    a, b, c, d = rows
    rows = []
    for order in (_LOW, _HIGH):
        one, other = _shuffled(builder, a, b, order), _shuffled(builder, c, d, order)
        rows += [_shuffled(builder, one, other, _FIRST), _shuffled(builder, one, other, _SECOND)]
    return rows


def _store(builder: Any, s: Any, to: Any, i: Any, rows: Sequence[Any]) -> None:
    for k, row in enumerate(rows):
        pointer = _pointer(builder, s, _ahead(builder, to, k), i, 0)
        builder.store(row, builder.bitcast(pointer, row.type.as_pointer()), align=4)


def _pointer(builder: Any, data: Any, row: Any, i: Any, lane: int) -> Any:
    """A particle's number in a row."""
    start = builder.add(builder.mul(row, ir.Constant(row.type, LANES)), i)
    return builder.gep(data, [_ahead(builder, start, lane)])


def _ahead(builder: Any, number: Any, by: int) -> Any:
    return builder.add(number, ir.Constant(number.type, by))


def _vector(builder: Any, pointer: Any, width: int) -> Any:
    """So many numbers side by side."""
    kind = ir.VectorType(ir.FloatType(), width)
    return builder.load(builder.bitcast(pointer, kind.as_pointer()), align=4)


def _shuffled(builder: Any, one: Any, other: Any, order: Sequence[int]) -> Any:
    return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(_INDEX, len(order)), list(order)))


def _spread(builder: Any, number: Any, width: int) -> Any:
    """One number in every lane."""
    empty = ir.Constant(ir.VectorType(ir.FloatType(), width), ir.Undefined)
    one = builder.insert_element(empty, number, ir.Constant(_INDEX, 0))
    return _shuffled(builder, one, empty, [0] * width)


def _fused(builder: Any, width: int = _FOUR) -> Callable[[Any, Any, Any], Any]:
    """Product of two and a third, rounded once where the machine can."""
    vector = ir.VectorType(ir.FloatType(), width)
    kind = ir.FunctionType(vector, (vector, vector, vector))
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{width}f32")
    return lambda a, b, c: builder.call(function, (a, b, c))
