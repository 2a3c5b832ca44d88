"""Makes Fixtures/numpy-files: .npy and .npz files good and bad, with what NumPy reads from the good ones.

    python3 Fixtures/generate/numpy_files.py        (numpy 2.4.6, ml_dtypes 0.6)

manifest.json has three lists. `arrays` and `archives`: the values that NumPy has, as hexadecimal digits of the row-major,
little-endian bytes; `as_saved` says that np.save or np.savez wrote the file at their defaults, so that a writer must make
the same bytes. `bad`: the sentence with which each file must be refused, and whether np.load reads it all the same.
"""
import io
import json
import pathlib
import shutil
import struct
import warnings
import zipfile
import zlib

import ml_dtypes
import numpy as np

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).resolve().parent.parent / "numpy-files"
NAMES = {"f2": "f16", "f4": "f32", "f8": "f64", "b1": "bool"}
TYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
random = np.random.default_rng(20261123)
manifest = {"numpy": np.__version__, "arrays": [], "archives": [], "bad": []}


def write(name, data):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    assert not path.exists(), name
    path.write_bytes(data)


def described(array):
    code = array.dtype.str[1:]
    plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    name = "bf16" if array.dtype == ml_dtypes.bfloat16 else NAMES.get(code) or f"{code[0]}{int(code[1:]) * 8}"
    return {"dtype": name, "shape": list(array.shape), "bytes": plain.tobytes().hex()}


def sample(code, shape):
    count = int(np.prod(shape))
    if code == "b1":
        return random.integers(0, 2, count).astype("?").reshape(shape)
    raw = random.integers(0, 256, count * int(code[1]), dtype="u1")
    if code[0] == "f":  # numbers of ordinary size; the special ones have a file of their own
        return random.standard_normal(count).astype("<" + code).reshape(shape)
    return raw.view("<" + code).reshape(shape)


def saved(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=True)
    return out.getvalue()


def good(name, array, data=None, as_saved=False):
    data = saved(array) if data is None else data
    if array.dtype != ml_dtypes.bfloat16:
        read = np.load(io.BytesIO(data))
        assert read.shape == array.shape and read.tobytes() == array.tobytes(), name
    write(name, data)
    manifest["arrays"].append({"file": name, "as_saved": as_saved} | described(array))


def npy(header, data=b"", version=(1, 0), end="\n"):
    text = (header + end).encode("utf-8" if version == (3, 0) else "latin-1")
    size = struct.pack("<H" if version[0] == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + size + text + data


def bad(name, data, error):
    try:
        file = np.load(io.BytesIO(data))
        if hasattr(file, "files"):
            for key in file.files:
                file[key]
        numpy = "reads it"
    except Exception:  # NumPy refuses with exceptions of many types
        numpy = "refuses it"
    write(name, data)
    manifest["bad"].append({"file": name, "error": error, "numpy": numpy})


# Arrays that are read.
def arrays():
    for code in TYPES:
        array = sample(code, (3, 5))
        good(f"good/{code}.npy", array, as_saved=True)
        good(f"good/{code}-fortran.npy", np.asfortranarray(sample(code, (2, 3, 5))))
        if code[1] != "1":
            good(f"good/{code}-big.npy", sample(code, (5, 3)).astype(">" + code))
            big = np.asfortranarray(sample(code, (3, 2, 7)).astype(">" + code))
            good(f"good/{code}-big-fortran.npy", big)
    for code, bits in [("f2", "u2"), ("f4", "u4"), ("f8", "u8")]:
        kind = np.finfo("<" + code)
        values = np.array([0, -0.0, np.inf, -np.inf, kind.smallest_subnormal, -kind.max], "<" + code)
        nans = np.array([np.nan], "<" + code).view("<" + bits) | np.array([0, 5, 77], "<" + bits)
        special = np.concatenate([values, nans.view("<" + code)])
        good(f"good/{code}-special.npy", special, as_saved=True)
        good(f"good/{code}-special-big.npy", special.astype(">" + code))
    for version in [(2, 0), (3, 0)]:
        array = sample("f4", (2, 3))
        good(f"good/version-{version[0]}.npy", array, saved(array, version))
    good("good/scalar.npy", np.array(0.1), as_saved=True)
    good("good/empty.npy", np.zeros(0, "<f4"), as_saved=True)
    good("good/zero-size.npy", np.zeros((3, 0, 2), "<i2"), as_saved=True)
    good("good/zero-size-fortran.npy", np.zeros((3, 0, 2), ">i2"),
         npy("{'descr': '>i2', 'fortran_order': True, 'shape': (3, 0, 2), }"))
    good("good/long.npy", sample("u1", (1234,)), as_saved=True)
    good("good/rank-32.npy", sample("u1", (2, *[1] * 30, 3)), as_saved=True)
    good("good/rank-32-fortran.npy", np.asfortranarray(sample("u2", (2, *[1] * 30, 3))))
    good("good/one-row-fortran.npy", np.asfortranarray(sample("f4", (1, 4))), as_saved=True)
    good("good/fortran-blocks.npy", np.asfortranarray(sample("u2", (37, 5, 41))))
    good("good/growth.npy", sample("u1", (1, *[2] * 6)), as_saved=True)
    good("good/bf16.npy", sample("f4", (2, 3)).astype(ml_dtypes.bfloat16), as_saved=True)
    four = np.arange(4, dtype="<f4")
    data = four.tobytes()
    for name, header in {
        "hexadecimal": "{'descr': '<f4', 'fortran_order': False, 'shape': (0x4,), }",
        "octal": "{'descr': '<f4', 'fortran_order': False, 'shape': (0o4,), }",
        "binary": "{'descr': '<f4', 'fortran_order': False, 'shape': (0b1_00,), }",
        "signed": "{'descr': '<f4', 'fortran_order': False, 'shape': (+4,), }",
        "key-order": "{'shape': (4,), 'fortran_order': False, 'descr': '<f4'}",
        "double-quotes": '{"descr": "<f4", "fortran_order": False, "shape": (4,)}',
        "unicode-prefix": "{u'descr': u'<f4', 'fortran_order': False, 'shape': (4,), }",
        "raw-prefix": "{'descr': r'<f4', 'fortran_order': False, 'shape': (4,), }",
        "escape": "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (4,), }",
        "parentheses": "({'descr': ('<f4'), 'fortran_order': False, 'shape': ((4),), })",
        "lines": "\t{'descr': '<f4',\r\n 'fortran_order':False,\n\f'shape':( 4 ,),}\n\n",
        "fortran-vector": "{'descr': '<f4', 'fortran_order': True, 'shape': (4,), }",
        "python-2": "{'descr': '<f4', 'fortran_order': False, 'shape': (4L,), }",
        "name": "{'descr': 'float32', 'fortran_order': False, 'shape': (4,), }",
        "letter": "{'descr': 'f', 'fortran_order': False, 'shape': (4,), }",
        "native": "{'descr': '=f4', 'fortran_order': False, 'shape': (4,), }",
        "no-order": "{'descr': '|f4', 'fortran_order': False, 'shape': (4,), }",
    }.items():
        good(f"good/header-{name}.npy", four, npy(header, data))
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"
    good("good/header-no-newline.npy", four, npy(header, data, end=""))
    good("good/header-longest.npy", four, npy(header.ljust(9999), data))
    good("good/header-python-2-version-2.npy", four, npy(header.replace("4,)", "4L,)"), data, (2, 0)))


def bad_arrays():
    four = np.arange(4, dtype="<f4").tobytes()
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"
    only = "it must have only 'descr', 'fortran_order' and 'shape'"
    literal = "the header is no Python literal: found"

    def case(name, error, text, place="byte 10", data=four, **more):
        bad(f"bad/{name}.npy", npy(text, data, **more), f"{place}: {error}" if place else error)

    bad("bad/empty-file.npy", b"", "byte 0: the file is empty; a .npy file begins with the byte 0x93 and 'NUMPY'")
    bad("bad/text.npy", b"hello, world", "byte 0: not a .npy file: it begins with 68 65 6c 6c 6f 2c instead of the byte "
        "0x93 and 'NUMPY'")
    bad("bad/archive.npy", archive([("a.npy", saved(np.zeros(1)), {})]),
        "byte 0: a ZIP archive (.npz), where a single array (.npy) is needed")
    bad("bad/version-1.1.npy", npy(header, four, (1, 1)),
        "byte 6: version 1.1 of the .npy format is unknown; known are 1.0, 2.0 and 3.0")
    bad("bad/version-4.npy", npy(header, four, (4, 0)),
        "byte 6: version 4.0 of the .npy format is unknown; known are 1.0, 2.0 and 3.0")
    bad("bad/header-too-long.npy", npy(header.ljust(10000), four),
        "byte 8: a header of 10001 bytes is longer than the 10000 that NumPy reads")
    bad("bad/header-4-gib.npy", b"\x93NUMPY\2\0\xff\xff\xff\xff",
        "byte 8: a header of 4294967295 bytes is longer than the 10000 that NumPy reads")
    bad("bad/header-not-utf8.npy", npy(header, four, (3, 0)).replace(b"}", b"\xff"),
        "byte 12: the header is not valid UTF-8, which version 3.0 demands")
    bad("bad/truncated.npy", npy(header, four[:-1]),
        "byte 68: the array needs 16 bytes, but only 15 remain; the file seems to be cut off")
    bad("bad/trailing.npy", npy(header, four + b"\0"), "byte 84: 1 byte follows the end of the array, where nothing should")
    case("shape-overflow", "the shape [4294967296, 4294967296] has more elements than can be counted",
         header.replace("4,", "4294967296, 4294967296"))
    case("shape-overflow-zero", "the shape [0, 4294967296, 4294967296] has more elements than can be counted",
         header.replace("4,", "0, 4294967296, 4294967296"))
    case("shape-huge", "'shape' in the header must be a tuple of integers, found the number 18446744073709551616 in it",
         header.replace("4,", "18446744073709551616,"))
    case("shape-negative", "an extent of -1 is below zero", header.replace("4,", "-1,"))
    case("shape-rank-33", "33 dimensions are more than the 32 that a tensor may have", header.replace("4,", "1," * 33),
         data=four[:4])
    for name, shape, found in [("list", "[4]", "a list"), ("integer", "4", "an integer"), ("parentheses", "(4)", "an integer"),
                               ("float", "(4.0,)", "the number 4.0 in it"), ("bool", "(True,)", "True in it"),
                               ("none", "(None,)", "None in it"), ("string", "('4',)", "a string in it"),
                               ("leading-zero", "(04,)", "the number 04 in it"),
                               ("complex", "(4j,)", "the number 4j in it")]:
        case(f"shape-{name}", f"'shape' in the header must be a tuple of integers, found {found}",
             header.replace("(4,)", shape))
    case("fortran-order-0", "'fortran_order' in the header must be True or False, found an integer",
         header.replace("False", "0"))
    case("extra-key", f"the header has 'x'; {only}", header.replace("}", "'x': 1}"))
    case("integer-key", f"the header has 'an integer'; {only}", header.replace("}", "1: 1}"))
    case("duplicate-key", "the header has 'descr' twice; each entry may stand once", header.replace("}", "'descr': '<f4'}"))
    case("missing-key", "the header has no 'fortran_order'; it must have 'descr', 'fortran_order' and 'shape'",
         "{'descr': '<f4', 'shape': (4,)}")
    case("not-a-dictionary", f"{literal} a list where a dictionary is needed", "[1]")
    case("header-empty", f"{literal} the end of the header where a value is needed", "", "byte 11")
    case("junk", f"{literal} 'j' where the end of the header is needed", header + " junk", "byte 68")
    case("nul", f"{literal} the byte 0x00 where the end of the header is needed", header + "\0", "byte 67")
    case("two-commas", f"{literal} ',' where a value is needed", header.replace("(4,)", "(4,,)"), "byte 63")
    case("no-comma", f"{literal} 'f' where a comma or the closing bracket is needed",
         "{'descr': '<f4' fortran_order': False, 'shape': (4,)}", "byte 26")
    case("no-colon", f"{literal} ''' where a colon is needed", "{'descr' '<f4'}", "byte 19")
    case("lower-case-false", f"{literal} 'f' where a value is needed", header.replace("False", "false"), "byte 44")
    case("expression", f"{literal} '+' where a comma or the closing bracket is needed", header.replace("4,", "2+2,"),
         "byte 62")
    case("open-string", f"{literal} the byte 0x0a where the end of the string is needed", "{'descr': '<f4", "byte 24")
    case("nested", "the header nests brackets more than 64 deep, which no array needs", "(" * 100 + ")" * 100, "byte 74")
    case("python-2-version-3", "'shape' in the header must be a tuple of integers, found the number 4L in it",
         header.replace("4,", "4L,"), "byte 12", version=(3, 0))
    case("descr-none", "'descr' in the header must be a string such as '<f4', found None", header.replace("'<f4'", "None"))
    case("descr-bytes", "'descr' in the header must be a string such as '<f4', found a bytes literal",
         header.replace("'<f4'", "b'<f4'"))
    for descr in ["<i3", "Float32", "f4 ", "<", "", "<float32"]:
        name = "type-" + (descr.replace("<", "little-").replace(" ", "-space") or "empty")
        case(name, f"the type '{descr}' is unknown to NumPy; '<f4' and '<f8' are typical ones",
             header.replace("<f4", descr))
    pickled = "pickled Python objects, which could run any code when read; save them as numbers: array.astype('float32')"
    numbers = "complex numbers, which a model cannot hold; save array.real and array.imag"
    text = "text, which a model cannot hold; save numbers"
    dates = "dates or durations, which a model cannot hold; save array.astype('int64')"
    records = "records of several fields; save each field as an array of its own: array['name']"
    void = "bytes without a type; save them under the type that they have: array.view('uint8')"
    for name, array, descr, words in [
        ("object", np.array([1, "a"], object), "|O", pickled),
        ("complex", np.zeros(2, "c8"), "<c8", numbers),
        ("bytes", np.array([b"abc"]), "|S3", text),
        ("text", np.array(["abc"]), "<U3", text),
        ("date", np.zeros(2, "M8[s]"), "<M8[s]", dates),
        ("duration", np.zeros(2, "m8[ns]"), "<m8[ns]", dates),
        ("records", np.zeros(2, [("a", "<f4"), ("\u00fc", "<i2")]), "[...]", records),
        ("void", np.zeros(2, "V3"), "|V3", void),
        ("bf16", np.zeros(2, ml_dtypes.bfloat16), "<V2",
         "two bytes each without a type; if they are bfloat16, as ml_dtypes stores it, pass --as-bf16"),
        ("long-double", np.zeros(2, "g"), "<f16",
         "of extended precision, which differs from machine to machine; save array.astype('float64')"),
    ]:
        bad(f"bad/holds-{name}.npy", saved(array), f"byte 10: elements of type '{descr}' are {words}")
    case("holds-subarrays", "elements of type '(...)' are arrays themselves; save one array of numbers",
         header.replace("'<f4'", "('<f4', (2,))"))
    case("holds-records-in-a-string", f"elements of type 'i2,i2' are {records}", header.replace("<f4", "i2,i2"))
    case("holds-system-integers", "elements of type 'l' are of a C type whose size differs from system to system; save it "
         "with a plain type such as '<i8'", header.replace("<f4", "l"), data=four * 2)
    case("bool-2", "a truth value is stored as 2; only 0 and 1 are allowed", header.replace("<f4", "|b1"), "",
         data=bytes([0, 1, 2, 1]))


# Archives, by hand where zipfile would not make them.
def archive(members, end={}, between=b"", before=b"", comment=b""):
    body, central = bytearray(before), b""
    for name, content, change in members:
        raw = name if isinstance(name, bytes) else name.encode()
        method = change.get("method", 0)
        packer = zlib.compressobj(-1, zlib.DEFLATED, -15)
        packed = change.get("packed", packer.compress(content) + packer.flush() if method == 8 else content)
        flags = change.get("flags", 0)
        crc = change.get("crc", zlib.crc32(content))
        size = change.get("size", len(content))
        start = change.get("start", len(body))
        local = change.get("local_name", raw)
        local_sizes = change.get("local_sizes", (len(packed), size))
        local_extra = change.get("local_extra", b"")
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, change.get("local_flags", flags), method, 0, 33,
                            change.get("local_crc", crc), *local_sizes, len(local), len(local_extra))
        body += local + local_extra + packed + change.get("after", b"") + between
        extra = change.get("extra", b"")
        central += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, flags, method, 0, 33, crc,
                               change.get("stored", len(packed)), size, len(raw), len(extra), 0,
                               change.get("disk", 0), 0, 0, start) + raw + extra
    count = end.get("count", len(members))
    return bytes(body) + central + struct.pack(
        "<IHHHHIIH", 0x06054B50, end.get("disk", 0), 0, count, end.get("count_in_all", count),
        end.get("size", len(central)), end.get("start", len(body)), len(comment)) + comment


def good_archive(name, named, data, as_saved=False, is_compressed=False):
    read = np.load(io.BytesIO(data))
    assert read.files == list(named)
    for key, array in named.items():
        assert read[key].tobytes() == array.tobytes() and read[key].shape == array.shape
    write(name, data)
    manifest["archives"].append({
        "file": name, "as_saved": as_saved, "is_compressed": is_compressed,
        "arrays": [{"name": key} | described(array) for key, array in named.items()]})


class Unseekable(io.RawIOBase):
    """A stream like a pipe, to which zipfile appends data descriptors."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


def archives():
    named = {"weights_input_hidden": sample("f8", (2, 3)), "biases_hidden": sample("f8", (1, 3)),
             "counts": sample("i4", (4,)), "is_used": sample("b1", (2, 2))}
    strange = {"layer.0/weight": sample("f4", (2, 3)), "\u00fcber": sample("f4", (1,)), "nothing": np.zeros((0, 3), "<f4"),
               "scalar": np.array(3, "<i8")}

    def savez(function, arrays, out=None):
        out = out or io.BytesIO()
        function(out, **arrays)
        return out.content if isinstance(out, Unseekable) else out.getvalue()

    good_archive("good/savez.npz", named, savez(np.savez, named), as_saved=True)
    good_archive("good/savez-compressed.npz", named, savez(np.savez_compressed, named), as_saved=True, is_compressed=True)
    good_archive("good/names.npz", strange, savez(np.savez, strange), as_saved=True)
    good_archive("good/no-arrays.npz", {}, savez(np.savez, {}), as_saved=True)
    good_archive("good/unseekable.npz", named, savez(np.savez, named, Unseekable()))
    good_archive("good/unseekable-compressed.npz", named, savez(np.savez_compressed, named, Unseekable()))
    fortran = {"f": np.asfortranarray(sample("f4", (3, 2))), "big": sample("f4", (3, 2)).astype(">f4")}
    good_archive("good/orders.npz", fortran, savez(np.savez, fortran))
    # What zipfile writes beyond 2 GiB or 65535 members, on a small scale.
    limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 0, 0
    good_archive("good/zip64-everywhere.npz", named, savez(np.savez, named))
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits
    x = saved(np.arange(3.0))
    for name, sizes in [("with-signature-32", "<IIII"), ("without-signature-32", "<III"), ("without-signature-64", "<IQQ")]:
        values = (zlib.crc32(x), len(x), len(x))
        values = values if len(values) == len(sizes) - 1 else (0x08074B50, *values)
        change = {"flags": 8, "after": struct.pack(sizes, *values), "local_crc": 0, "local_sizes": (0, 0)}
        good_archive(f"good/descriptor-{name}.npz", {"x": np.arange(3.0)}, archive([("x.npy", x, change)]))
    good_archive("good/comment.npz", {"x": np.arange(3.0)}, archive([("x.npy", x, {})], comment=b"hello world"))
    change = {"extra": struct.pack("<HH4s", 0x4246, 4, b"abcd"), "local_extra": struct.pack("<HH8s", 0x4246, 8, b"ZZZZZZZZ")}
    good_archive("good/extra-fields.npz", {"x": np.arange(3.0)}, archive([("x.npy", x, change)]))


def bad_archives():
    x = saved(np.arange(3.0))
    y = saved(np.arange(5.0))
    crc = zlib.crc32(x)

    def one(name, error, change={}, **more):
        bad(f"bad/{name}.npz", archive([("x.npy", x, change)], **more), error)

    member = "member 'x.npy'"
    bad("bad/empty-file.npz", b"", "byte 0: the file is empty; a ZIP archive begins with 'PK'")
    bad("bad/array.npz", x, "byte 0: not a ZIP archive: it begins with 93 4e 55 4d instead of 50 4b 03 04")
    bad("bad/appended.npz", archive([("x.npy", x, {})]) + b"\n",
        "the archive has no end record; it seems to be cut off, or something was appended")
    one("prefixed", "byte 0: not a ZIP archive: it begins with 61 62 63 64 instead of 50 4b 03 04", before=b"abcd")
    one("prefixed-signature", "the first member should be at byte 0 and is at byte 4; nothing may lie between the parts of the "
        "archive", before=b"PK\3\4")
    one("hole", f"{member}: byte 0: what follows it should be at byte {35 + len(x)} and is at byte {36 + len(x)}; nothing may lie "
        "between the parts of the archive", between=b"\0")
    one("encrypted", f"{member}: encrypted, which is not supported; decrypt it first", {"flags": 1})
    one("patched", f"{member}: the flags 0x20 ask for features that are not supported", {"flags": 32})
    for name, method in [("bzip2", 12), ("lzma", 14), ("zstandard", 93)]:
        one(name, f"{member}: compressed by method {method}, which is not supported; stored (0) and deflated (8) are",
            {"method": method})
    split = "the archive is spread over several files; join them first"
    one("disk-1", f"byte {35 + len(x) + 51}: {split}", end={"disk": 1})
    one("member-on-disk-1", f"{member}: {split}", {"disk": 1})
    one("counts-differ", f"byte {35 + len(x) + 51}: {split}", end={"count_in_all": 2})
    one("too-many", f"byte {35 + len(x) + 51}: 2 members cannot be: at most 1 are possible here", end={"count": 2})
    one("too-few", f"byte {35 + len(x)}: 51 bytes follow the end of the directory, where nothing should", end={"count": 0})
    one("directory-elsewhere", f"byte {35 + len(x) + 51}: the end of the directory should be at byte {35 + len(x) + 51} and is at "
        f"byte {35 + len(x) + 50}; nothing may lie between the parts of the archive", end={"start": 34 + len(x)})
    one("directory-beyond", f"byte {35 + len(x) + 51}: the end of the directory should be at byte {35 + len(x) + 51} and is at "
        f"byte {0xFFFFFF00 + 51}; nothing may lie between the parts of the archive", end={"start": 0xFFFFFF00})
    one("start-beyond", "the first member should be at byte 0 and is at byte 1000; nothing may lie between the parts of the "
        "archive", {"start": 1000})
    one("wrong-checksum", f"{member}: the content is damaged: its CRC-32 should be {crc ^ 1:x} and is {crc:x}", {"crc": crc ^ 1})
    one("checksums-differ", f"{member}: byte 0: its checksum is {crc ^ 1} in one place and {crc} in another",
        {"local_crc": crc ^ 1})
    one("sizes-differ", f"{member}: byte 0: its size is 7 in one place and {len(x)} in another", {"local_sizes": (len(x), 7)})
    one("names-differ", f"{member}: byte 0: its name is 'y.npy' in one place and 'x.npy' in another", {"local_name": b"y.npy"})
    one("flags-differ", f"{member}: byte 0: its flags is 8 in one place and 0 in another", {"local_flags": 8})
    one("stored-sizes-differ", f"{member}: its size is 7 in one place and {len(x)} in another", {"size": 7})
    one("stored-beyond", f"{member}: byte 35: the data needs 4096 bytes, but only {len(x)} remain; the file seems to be cut off",
        {"stored": 4096, "size": 4096, "local_sizes": (4096, 4096)})
    one("extra-field-cut", f"{member}: an extra field is damaged", {"extra": b"\1\0\x20\0"})
    one("extra-field-missing", f"{member}: an extra field is damaged", {"size": 0xFFFFFFFF})
    one("extra-field-twice", f"{member}: an extra field is damaged", {"extra": b"\1\0\0\0" * 2})
    one("extra-field-unused", f"{member}: an extra field is damaged", {"extra": struct.pack("<HHQ", 1, 8, 5)})
    one("extra-field-huge", f"{member}: an extra field is damaged",
        {"size": 0xFFFFFFFF, "extra": struct.pack("<HHQ", 1, 8, 1 << 63)})
    one("local-extra-field-missing", f"{member}: byte 0: an extra field is damaged", {"local_sizes": (0xFFFFFFFF, 0xFFFFFFFF)})
    one("descriptor-missing", f"{member}: byte {35 + len(x)}: the checksum needs 4 bytes, but only 0 remain; the file seems to be "
        "cut off", {"flags": 8})
    one("descriptor-wrong", f"{member}: byte 0: its checksum is 1 in one place and {crc} in another",
        {"flags": 8, "after": struct.pack("<III", 1, len(x), len(x))})
    for name, raw, words in [
        ("parent", b"../x.npy", "leads out of the archive"), ("parent-inside", b"a/../../x.npy", "leads out of the archive"),
        ("absolute", b"/x.npy", "is an absolute path"),
        ("backslash", b"a\\x.npy", "has a backslash, which some systems take for a folder"),
        ("empty", b"", "is empty"), ("control", b"a\nx.npy", "has a control character"),
        ("unknown-encoding", "\u00fc.npy".encode(),
         "has characters beyond ASCII, and the archive does not say in which encoding"),
    ]:
        data = archive([(raw, x, {})])
        text = raw.decode()
        bad(f"bad/name-{name}.npz", data, f"byte {30 + len(raw) + len(x)}: the member name '{text}' {words}")
    bad("bad/name-not-utf8.npz", archive([(b"\xff.npy", x, {"flags": 2048})]),
        f"byte {35 + len(x)}: the member name '\ufffd.npy' is not valid UTF-8")
    bad("bad/duplicate.npz", archive([("x.npy", x, {}), ("x.npy", y, {})]),
        "two members have the name 'x.npy'; each needs its own")
    bad("bad/overlap.npz", archive([("x.npy", x, {}), ("y.npy", y, {"start": 0})]),
        "member 'x.npy': shares bytes with another part of the archive")
    inner = archive([("y.npy", y, {})])[:35 + len(y)]
    crossed = archive([("x.npy", inner, {}), ("y.npy", y, {"start": 35})])
    bad("bad/overlap-inside.npz", crossed, f"member 'x.npy': byte 35: the data needs {len(inner)} bytes, but only 0 remain; the file "
        "seems to be cut off")
    bad("bad/not-an-array.npz", archive([("readme.txt", b"hello", {})]),
        "member 'readme.txt': no array: the members of a .npz archive end in '.npy'")
    bad("bad/bad-array.npz", archive([("x.npy", x[:-1], {})]),
        "member 'x.npy': byte 128: the array needs 24 bytes, but only 23 remain; the file seems to be cut off")
    bad("bad/folder-with-content.npz", archive([("x/", b"hello", {})]),
        "member 'x/': its size is that of a folder in one place and 5 in another")
    damaged = "member 'x.npy': the compressed data is damaged; get the file again"
    packed = zlib.compressobj(-1, zlib.DEFLATED, -15)
    stream = packed.compress(x) + packed.flush()
    one("deflated-damaged", damaged, {"method": 8, "packed": b"\xff" + stream[1:]})
    one("deflated-cut", damaged, {"method": 8, "packed": stream[:-4]})
    one("deflated-longer", damaged, {"method": 8, "packed": stream + b"\0"})
    one("deflated-more", damaged, {"method": 8, "packed": stream, "size": len(x) - 1})
    one("deflated-less", damaged, {"method": 8, "packed": stream, "size": len(x) + 1})
    one("bomb", f"the compressed members promise 4000000000 bytes from {len(stream)}; more than 1 GiB and more than 100 times "
        "their size is refused, since it would fill the disk", {"method": 8, "packed": stream, "size": 4_000_000_000})


def models():
    """The example network as a folder and as an archive, made as a person with NumPy would make it: without digests."""
    tensors = {"hidden/weights": np.asfortranarray(sample("f8", (2, 3))), "hidden/biases": sample("f8", (3,)),
               "scale": sample("f4", (3,)).astype(ml_dtypes.bfloat16)}
    entries = [{"name": name, "dtype": described(array)["dtype"], "shape": list(array.shape), "file": f"arrays/{position}.npy"}
               for position, (name, array) in enumerate(tensors.items())]
    document = {
        "format": "nnm", "version": "1.0", "metadata": {"name": "by hand"},
        "graph": {
            "inputs": [{"name": "x", "dtype": "f64", "shape": ["N", 2]}],
            "nodes": [{"name": "hidden", "kind": "dense", "fields": {"units": 3}, "inputs": ["x"],
                       "parameters": {"weights": "hidden/weights", "biases": "hidden/biases", "scale": "scale"}}],
            "outputs": [{"name": "y", "value": "hidden"}]},
        "tensors": entries}
    text = json.dumps(document, indent=1).encode()
    stored = [array.view("<u2") if array.dtype == ml_dtypes.bfloat16 else array for array in tensors.values()]
    write("model/architecture.json", text)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(zipfile.ZipInfo("architecture.json"), text)
        for entry, array in zip(entries, stored):
            write("model/" + entry["file"], saved(array))
            file.writestr(zipfile.ZipInfo(entry["file"]), saved(array))
    write("model.npz", out.getvalue())
    manifest["model"] = [{"name": name} | described(array) for name, array in tensors.items()]


shutil.rmtree(HERE, ignore_errors=True)
arrays()
archives()
bad_arrays()
bad_archives()
models()
write("manifest.json", (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
