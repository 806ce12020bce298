"""How are eight quantities added at once?

A processor adds eight numbers side by side as fast as one, but the compiler does not see by itself that the lanes of a
cell and the rows of a table never overlap, and would add them one by one.  This says it, as one instruction of LLVM's
intermediate language: on any machine the same sums, in the same order.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

__all__ = ["LANES", "add_products"]

LANES = 8
"""Quantities side by side."""

_ORDER = (1, 0, 2, 3)
"""In which the four products are added: as the compiler did when it chose, so that no figure moved."""

_VECTOR = ir.VectorType(ir.FloatType(), LANES)


@intrinsic
def add_products(typing: Any, field: Any, cell: Any, table: Any, age: Any, first: Any, a: Any, b: Any, c: Any, d: Any):
    """Add ``a*table[age, first] + b*table[age, first+1] + c*table[age, first+2] + d*table[age, first+3]`` to a cell.

    Parameters
    ----------
    field : float32 array, shape (cells, LANES)
        Contiguous; not checked for bounds.
    cell, age, first : int
    table : float32 array, shape (ages, terms, LANES)
        Contiguous.
    a, b, c, d : float32
    """
    for array, dims in ((field, 2), (table, 3)):
        if not isinstance(array, types.Array) or (array.dtype, array.ndim, array.layout) != (types.float32, dims, "C"):
            raise TypingError("add_products takes contiguous arrays of single precision")
    whole, single = types.intp, types.float32
    return types.void(field, whole, table, whole, whole, single, single, single, single), _emit


def _emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Load a cell and four rows, multiply and add them in order, store the cell."""
    field = context.make_array(signature.args[0])(context, builder, arguments[0])
    table = context.make_array(signature.args[2])(context, builder, arguments[2])
    cell, age, first = arguments[1], arguments[3], arguments[4]
    lanes = ir.Constant(cell.type, LANES)
    terms = builder.extract_value(table.shape, 1)
    here = _vector_at(builder, field.data, builder.mul(cell, lanes))
    begin = builder.mul(builder.add(builder.mul(age, terms), first), lanes)
    kind = ir.FunctionType(_VECTOR, (_VECTOR, _VECTOR, _VECTOR))
    fused = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f32")
    total = builder.load(here, align=4)
    for i in _ORDER:
        share = arguments[5 + i]
        row = _vector_at(builder, table.data, builder.add(begin, ir.Constant(begin.type, i * LANES)))
        total = builder.call(fused, (_spread(builder, share), builder.load(row, align=4), total))
    builder.store(total, here, align=4)
    return context.get_dummy_value()


def _vector_at(builder: Any, data: Any, offset: Any) -> Any:
    """Where the lanes begin that lie so many numbers behind the first."""
    return builder.bitcast(builder.gep(data, [offset]), _VECTOR.as_pointer())


def _spread(builder: Any, number: Any) -> Any:
    """One number in every lane."""
    empty = ir.Constant(_VECTOR, ir.Undefined)
    one = builder.insert_element(empty, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))
