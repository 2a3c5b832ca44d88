"""Compiles Sources/CNNKernels into a shared library and calls each of its variants through ctypes (needs clang)."""
import ctypes
import os
import pathlib
import subprocess
import tempfile

import numpy as np

sources = pathlib.Path(__file__).parents[2] / "Sources/CNNKernels"
FUNCTIONS = (
    "linear exp log tanh log1p expm1 erf sigmoid relu relu6 leaky_relu elu selu softplus softsign gelu gelu_tanh silu "
    "mish hard_sigmoid_keras2 hard_sigmoid_keras3 hard_swish sqrt rsqrt reciprocal square abs neg sign floor ceil round "
    "sin cos tan asin acos atan sinh cosh asinh acosh atanh celu log_sigmoid sparse_plus sparse_sigmoid squareplus "
    "tanh_shrink clip threshold shrink").split()

size, pointer = ctypes.c_size_t, ctypes.c_void_p


B_TYPES = {"same": 0, "f16": 1, "bf16": 2, "i8": 3}
OPERATIONS = ("apply", "add", "multiply", "subtract")


class Step(ctypes.Structure):
    _fields_ = [
        ("operation", ctypes.c_int), ("function", ctypes.c_int), ("alpha", ctypes.c_double), ("beta", ctypes.c_double),
        ("operand", pointer), ("row_stride", size), ("column_stride", size)]


class Elements(ctypes.Structure):
    _fields_ = [
        ("steps", ctypes.POINTER(Step)), ("step_count", size), ("row", size), ("column", size), ("rows", size),
        ("columns", size), ("x", pointer), ("x_stride", size), ("result", pointer), ("result_stride", size)]


class Product(ctypes.Structure):
    _fields_ = [
        ("rows", size), ("columns", size), ("depth", size), ("a", pointer), ("a_stride", size), ("b", pointer),
        ("b_stride", size), ("b_type", ctypes.c_int), ("b_transposed", ctypes.c_bool), ("packed_b", pointer),
        ("scales", pointer), ("bias", pointer), ("steps", ctypes.POINTER(Step)), ("step_count", size), ("result", pointer),
        ("result_stride", size)]


class Packing(ctypes.Structure):
    _fields_ = [
        ("columns", size), ("depth", size), ("b", pointer), ("b_stride", size), ("b_type", ctypes.c_int),
        ("b_transposed", ctypes.c_bool)]


class Kernels(ctypes.Structure):
    _fields_ = [
        ("elementwise", ctypes.CFUNCTYPE(None, ctypes.c_int, pointer, pointer, size, ctypes.c_double, ctypes.c_double)),
        ("add", ctypes.CFUNCTYPE(None, pointer, pointer, pointer, size)),
        ("power", ctypes.CFUNCTYPE(None, pointer, pointer, pointer, size)),
        ("add_row", ctypes.CFUNCTYPE(None, pointer, pointer, pointer, size, size)),
        ("softmax", ctypes.CFUNCTYPE(None, pointer, pointer, size, size, size, ctypes.c_bool)),
        ("reduce", ctypes.CFUNCTYPE(None, ctypes.c_int, pointer, pointer, size, size, size)),
        ("product", ctypes.CFUNCTYPE(None, ctypes.POINTER(Product))),
        ("convolution", pointer), ("convolution_scratch", pointer),
        ("transpose", pointer), ("depthwise", pointer), ("pooling", pointer),
        ("packed_size", ctypes.CFUNCTYPE(size, size, size, ctypes.c_int)),
        ("pack_b", ctypes.CFUNCTYPE(None, ctypes.POINTER(Packing), pointer)),
        ("epilogue", ctypes.CFUNCTYPE(None, ctypes.POINTER(Elements))), ("tile_columns", ctypes.CFUNCTYPE(size)),
        ("packed_gates_size", pointer), ("pack_gates", pointer), ("lstm", pointer), ("gru", pointer)]


class VariantTable(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("kernels", Kernels * 2)]


class Variant:
    """One variant's kernels on NumPy arrays; the element type is the arrays'."""

    def __init__(self, table):
        self.table = table
        self.name = table.name.decode()

    def kernels(self, x):
        return self.table.kernels[{"float32": 0, "float64": 1}[x.dtype.name]]

    def function(self, name, x, alpha=0.0, beta=0.0):
        x = np.ascontiguousarray(x)
        y = np.empty_like(x)
        self.kernels(x).elementwise(FUNCTIONS.index(name), x.ctypes.data, y.ctypes.data, x.size, alpha, beta)
        return y

    def power(self, x, y):
        x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
        result = np.empty_like(x)
        self.kernels(x).power(x.ctypes.data, y.ctypes.data, result.ctypes.data, x.size)
        return result

    def softmax(self, x, axis=-1, logarithm=False):
        outer, length, inner = parts(x, axis)
        y = np.empty_like(x)
        self.kernels(x).softmax(x.ctypes.data, y.ctypes.data, outer, length, inner, logarithm)
        return y

    def reduce(self, kind, x, axis=-1):
        outer, length, inner = parts(x, axis)
        y = np.empty(np.delete(x.shape, axis), x.dtype)
        self.kernels(x).reduce(["sum", "mean", "var"].index(kind), x.ctypes.data, y.ctypes.data, outer, length, inner)
        return y

    def product(self, a, b, bias=None, b_type="same", transposed=False, packed=False, scales=None, steps=(),
                out=None):
        """a · b, or a · bᵀ where `transposed`; the elements of a narrow `b` are those of its array (f16 as float16, bf16 as
        uint16, i8 as int8). The rows of each array may lie apart. Steps are (operation, function, alpha, beta) or
        (operation, operand), an operand with strides 0 where it is broadcast."""
        kernels = self.kernels(a)
        (rows, depth), columns = a.shape, b.shape[0 if transposed else 1]
        result = np.empty((rows, columns), a.dtype) if out is None else out
        where = None
        if packed:
            where = np.full(max(1, kernels.packed_size(columns, depth, B_TYPES[b_type])), 0xa5, np.uint8)
            packing = Packing(columns, depth, b.ctypes.data, stride(b), B_TYPES[b_type], transposed)
            kernels.pack_b(ctypes.byref(packing), where.ctypes.data)
        call = Product(
            rows, columns, depth, a.ctypes.data, stride(a), None if packed else b.ctypes.data, stride(b), B_TYPES[b_type],
            transposed, address(where), address(scales), address(bias), step_array(steps), len(steps), result.ctypes.data,
            stride(result))
        kernels.product(ctypes.byref(call))
        return result

    def epilogue(self, x, steps, out=None):
        """The steps over a matrix, as those of `product`."""
        result = np.empty(x.shape, x.dtype) if out is None else out
        call = Elements(
            step_array(steps), len(steps), 0, 0, *x.shape, x.ctypes.data, stride(x), result.ctypes.data, stride(result))
        self.kernels(x).epilogue(ctypes.byref(call))
        return result


def stride(matrix):
    return matrix.strides[0] // matrix.itemsize


def address(array):
    return None if array is None else array.ctypes.data


def step_array(steps):
    array = (Step * len(steps))()
    for step, (operation, *rest) in zip(array, steps):
        step.operation = OPERATIONS.index(operation)
        if operation == "apply":
            step.function, step.alpha, step.beta = FUNCTIONS.index(rest[0]), *rest[1:]
        else:
            step.operand, strides = rest[0].ctypes.data, rest[0].strides
            step.row_stride, step.column_stride = (s // rest[0].itemsize for s in strides)
    return array


def parts(x, axis):
    axis %= x.ndim
    product = lambda shape: int(np.prod(shape, dtype=np.int64))
    return product(x.shape[:axis]), x.shape[axis], product(x.shape[axis + 1:])


def compiled():
    library = pathlib.Path(tempfile.mkdtemp()) / "kernels.so"
    files = [str(f) for f in sorted(sources.glob("*.c"))]
    command = [os.environ.get("CC", "clang"), "-std=c17", "-O2", "-shared", "-fPIC", "-I", str(sources / "include")]
    subprocess.check_call([*command, *files, "-o", str(library), "-lm"])
    return str(library)


def variants(names=None):
    """The variants this CPU has, by name; only those of `names` if given. NNM_KERNELS_LIBRARY names a library to use
    instead of compiling one."""
    lib = ctypes.CDLL(os.environ.get("NNM_KERNELS_LIBRARY") or compiled())
    lib.nnk_available.restype = ctypes.POINTER(VariantTable)
    lib.nnk_available.argtypes = [size]
    found, index = {}, 0
    while table := lib.nnk_available(index):
        variant = Variant(table.contents)
        if not names or variant.name in names:
            found[variant.name] = variant
        index += 1
    return found


def same_bits(x, y):
    """Where the bits agree; NaN agrees with NaN."""
    kind = {4: np.uint32, 8: np.uint64}[x.itemsize]
    return (x.view(kind) == y.view(kind)) | (np.isnan(x) & np.isnan(y))
