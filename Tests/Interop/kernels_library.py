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


class Product(ctypes.Structure):
    _fields_ = [
        ("rows", size), ("columns", size), ("depth", size), ("a", pointer), ("a_stride", size), ("b", pointer),
        ("b_stride", size), ("bias", pointer), ("result", pointer), ("result_stride", size), ("scratch", pointer)]


class Kernels(ctypes.Structure):
    _fields_ = [
        ("elementwise", ctypes.CFUNCTYPE(None, ctypes.c_int, pointer, pointer, size, ctypes.c_double, ctypes.c_double)),
        ("add", ctypes.CFUNCTYPE(None, pointer, pointer, pointer, size)),
        ("power", ctypes.CFUNCTYPE(None, pointer, pointer, pointer, size)),
        ("add_row", ctypes.CFUNCTYPE(None, pointer, pointer, pointer, size, size)),
        ("softmax", ctypes.CFUNCTYPE(None, pointer, pointer, size, size, size, ctypes.c_bool)),
        ("reduce", ctypes.CFUNCTYPE(None, ctypes.c_int, pointer, pointer, size, size, size)),
        ("product", ctypes.CFUNCTYPE(None, ctypes.POINTER(Product))),
        ("product_scratch", ctypes.CFUNCTYPE(size, size, size, size)), ("depthwise", pointer),
        ("pooling", pointer)]


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

    def product(self, a, b, bias=None, scratch=True):
        kernels = self.kernels(a)
        (rows, depth), columns = a.shape, b.shape[1]
        result = np.empty((rows, columns), a.dtype)
        room = np.empty(max(1, kernels.product_scratch(rows, columns, depth)), np.uint8) if scratch else None
        call = Product(
            rows, columns, depth, a.ctypes.data, a.strides[0] // a.itemsize, b.ctypes.data, b.strides[0] // b.itemsize,
            None if bias is None else bias.ctypes.data, result.ctypes.data, columns, room.ctypes.data if scratch else None)
        kernels.product(ctypes.byref(call))
        return result


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
