"""Writes Fixtures/hdf5-files: models as h5py writes them by spec/hdf5.md, and files that must be refused.

    python Fixtures/generate/hdf5_files.py

It uses nothing of swift-nnm: names, digests and layout follow the specification alone. Made with h5py 3.16 (HDF5 2.0) and
NumPy 2.4.6. Running it again gives the same files but for the times that newer group headers carry.
"""
import hashlib
import json
import os
import struct
import zlib

import h5py
import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hdf5-files")
NUMPY = {
    "f16": "<f2", "bf16": "<u2", "f32": "<f4", "f64": "<f8", "i8": "i1", "i16": "<i2", "i32": "<i4", "i64": "<i8",
    "u8": "u1", "u16": "<u2", "u32": "<u4", "u64": "<u8", "bool": "?",
}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value):
    """The canonical text of spec/container.md; the texts here need no escapes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "#" + struct.pack(">d", value).hex()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    members = sorted(value.items(), key=lambda member: member[0].encode())
    return "{" + ",".join(canonical(name) + ":" + canonical(member) for name, member in members) + "}"


def component(name):
    if name in (".", ".."):
        return "%2E" * len(name)
    return name.replace("%", "%25").replace("/", "%2F")


def bits(dtype, seed):
    """Values of a type that a careless copy would change: NaN payloads, -0, subnormals, extremes."""
    special = {
        "f16": [0x7E01, 0xFC00, 0x8000, 0x0001, 0x3C00, 0x7C01],
        "bf16": [0x7FC1, 0xFF80, 0x8000, 0x0001, 0x3F80, 0x7F81],
        "f32": [0x7FC00001, 0xFF800000, 0x80000000, 0x00000001, 0x3F800000, 0x7F800001],
        "f64": [0x7FF8000000000001, 0xFFF0000000000000, 1 << 63, 1, 0x3FF0000000000000, 0x7FF0000000000001],
    }
    if dtype in special:
        kind = "<u%d" % np.dtype(NUMPY[dtype]).itemsize
        return np.array(special[dtype], kind).view(NUMPY[dtype]).reshape(2, 3)
    if dtype == "bool":
        return np.array([[True, False, False], [True, True, False]])
    info = np.iinfo(NUMPY[dtype])
    return np.array([[info.min, info.max, 0], [1, seed, info.max - seed]], NUMPY[dtype])


def tensor(array, dtype=None):
    name = dtype or next(n for n, code in NUMPY.items() if n != "bf16" and np.dtype(code) == array.dtype)
    return name, np.array(array, order="C")


def full_model():
    random = np.random.default_rng(7)
    tensors = {
        "hidden/weights": tensor(random.standard_normal((3, 5)).astype("<f4")),
        "hidden/biases": tensor(random.standard_normal(5).astype("<f4")),
        "scale": tensor(np.array(0.1, "<f4")),
        "nothing": tensor(np.zeros((0, 4), "<f8")),
        "large": tensor(random.standard_normal((40, 11)).astype("<f4")),
    }
    for position, dtype in enumerate(NUMPY):
        tensors["each/" + dtype] = (dtype, bits(dtype, position + 3))
    nodes = [
        {"name": "hidden", "kind": "dense", "fields": {"units": 5}, "inputs": ["x"],
         "parameters": {"weights": "hidden/weights", "biases": "hidden/biases"}},
        {"name": "tied", "kind": "dense", "fields": {"units": 5, "rate": 0.5}, "inputs": ["x"],
         "parameters": {"weights": "hidden/weights"}},
        {"name": "50%/größe", "kind": "table", "fields": {}, "inputs": ["hidden", "tied"],
         "parameters": {"scale": "scale", "nothing": "nothing", "large": "large"}},
        {"name": "..", "kind": "table", "fields": {}, "inputs": ["50%/größe"],
         "parameters": {dtype: "each/" + dtype for dtype in NUMPY}},
    ]
    graph = {"inputs": [{"name": "x", "dtype": "f32", "shape": ["N", 3]}], "nodes": nodes,
             "outputs": [{"name": "y/1", "value": ".."}]}
    examples = {"first/one": {
        "inputs": {"x": tensor(np.array([[1, 2, 3]], "<f4"))},
        "outputs": {"y/1": tensor(np.array([[4, -5, 6.5, 7, 8]], "<f4"))},
        "values": {"hidden": tensor(np.array([[9, 1, 2, 3, 4]], "<f4"))}}}
    return {"graph": graph, "tensors": tensors, "examples": examples, "metadata": {"name": "all types", "loss": 0.25}}


def small_model():
    tensors = {
        "hidden/weights": tensor(np.arange(15, dtype="<f4").reshape(3, 5)),
        "hidden/biases": tensor(np.arange(5, dtype="<f4")),
    }
    nodes = [
        {"name": "hidden", "kind": "dense", "fields": {}, "inputs": ["x"],
         "parameters": {"weights": "hidden/weights", "biases": "hidden/biases"}},
        {"name": "tied", "kind": "dense", "fields": {}, "inputs": ["x"], "parameters": {"weights": "hidden/weights"}},
    ]
    graph = {"inputs": [{"name": "x", "dtype": "f32", "shape": ["N", 3]}], "nodes": nodes,
             "outputs": [{"name": "y", "value": "hidden"}]}
    return {"graph": graph, "tensors": tensors, "examples": {}, "metadata": {}}


def stored(model):
    """All tensors under the names by which containers store them."""
    result = dict(model["tensors"])
    for name, example in model["examples"].items():
        for section in ("inputs", "outputs", "values"):
            for key, value in example[section].items():
                result["examples/%s/%s/%s" % (component(name), section, component(key))] = value
    return result


def document(model, shapes={}):
    entries = [
        {"name": name, "dtype": dtype, "shape": list(shapes.get(name, array.shape)), "digest": digest(array.tobytes())}
        for name, (dtype, array) in stored(model).items()]
    examples = [
        {"name": name, "inputs": list(example["inputs"]), "outputs": list(example["outputs"]),
         "values": list(example["values"]), "tolerance": {"ulps": 1},
         "computed_by": {"framework": "numpy", "version": "2.4.6", "machine": ""}}
        for name, example in model["examples"].items()]
    content = {"examples": examples, "graph": model["graph"], "metadata": model["metadata"], "tensors": entries}
    # The content digest takes the tensors in the order of their names.
    ordered = {**content, "tensors": sorted(content["tensors"], key=lambda entry: entry["name"])}
    return {"format": "nnm", "version": "1.0", "digest": digest(canonical(ordered).encode()), **content}


def write(path, model, big_endian=False, fixed_text=False, options=None, only_large=False, shapes={}, change=None,
          **arguments):
    """Writes a model; `change` changes the open file."""
    content = document(model, shapes)
    text = json.dumps(content, indent=2, ensure_ascii=False).encode()
    with h5py.File(path, "w", **arguments) as file:
        for name in ("format", "version", "digest"):
            value = content[name]
            file.attrs[name] = np.array(value.encode(), h5py.string_dtype("utf-8", len(value))) if fixed_text else value
        if fixed_text:
            file.create_dataset("architecture", data=np.bytes_(text), dtype=h5py.string_dtype("utf-8", len(text)))
        else:
            file.create_dataset("architecture", data=text.decode(), dtype=h5py.string_dtype("utf-8"))
        paths = {}

        def put(path, name, dtype, array):
            if name in paths:
                file[path] = file[paths[name]]
                return
            paths[name] = path
            kind = np.dtype(NUMPY[dtype])
            if big_endian:
                kind = kind.newbyteorder(">")
            extra = options if options and array.ndim == 2 and array.size > (100 if only_large else 5) else {}
            dataset = file.create_dataset(path, data=array.astype(kind) if dtype[0] != "f" else swapped(array, kind),
                                          dtype=kind, **extra)
            if dtype == "bf16":
                dataset.attrs["dtype"] = "bf16"

        for node in model["graph"]["nodes"]:
            for role, name in node["parameters"].items():
                put("/parameters/%s/%s" % (component(node["name"]), role), name, *model["tensors"][name])
        for name, value in stored(model).items():
            if name not in model["tensors"]:
                put("/" + name, name, *value)
        if change:
            change(file)


def swapped(array, kind):
    """The same floats in the byte order of `kind`, without arithmetic that could touch a NaN."""
    return array if kind.isnative else array.byteswap().view(kind)


GOOD = {
    "superblock-0.h5": dict(libver="earliest"),
    "superblock-2-big-endian.h5": dict(libver="v108", big_endian=True),
    "superblock-3-user-block.h5": dict(libver=("v110", "latest"), userblock_size=512),
    "packed.h5": dict(only_large=True, options=dict(compression="gzip", shuffle=True, fletcher32=True)),
    "packed-superblock-3.h5": dict(libver=("v110", "latest"), fixed_text=True,
                                   options=dict(compression="gzip", shuffle=True, chunks=(2, 3))),
}

WEIGHTS = "/parameters/hidden/weights"
# The smallest files.
NEWEST = dict(libver=("v110", "latest"), fixed_text=True)


def replaced(make):
    def change(file):
        del file["/parameters/tied/weights"]
        del file[WEIGHTS]
        make(file)
        if WEIGHTS in file and isinstance(file.get(WEIGHTS, getlink=True), h5py.HardLink):
            file["/parameters/tied/weights"] = file[WEIGHTS]
    return dict(change=change)


def virtual(file):
    layout = h5py.VirtualLayout((3, 5), "<f4")
    layout[:] = h5py.VirtualSource("other.h5", "w", (3, 5))
    file.create_virtual_dataset(WEIGHTS, layout)


def bomb(file):
    dataset = file.create_dataset(WEIGHTS, (3, 5), "<f4", chunks=(8192, 4096), maxshape=(None, None), compression="gzip")
    dataset.id.write_direct_chunk((0, 0), zlib.compress(b"x"))


def cycle(file):
    file["/parameters/hidden/again"] = file["/parameters"]


TENSOR = "tensor 'hidden/weights': "
# File, how it is written, and the sentence that refuses it.
MALFORMED = [
    ("external-link", replaced(lambda f: f.__setitem__(WEIGHTS, h5py.ExternalLink("other.h5", "/w"))),
     WEIGHTS + ": is an external link, which could lead out of the file; only hard links are read"),
    ("soft-link", replaced(lambda f: f.__setitem__(WEIGHTS, h5py.SoftLink("/parameters/hidden/biases"))),
     WEIGHTS + ": is a soft link, which could lead out of the file; only hard links are read"),
    ("external-storage", replaced(lambda f: f.create_dataset(WEIGHTS, (3, 5), "<f4", external=[("values.bin", 0, 60)])),
     TENSOR + WEIGHTS + ": keeps its values in other files, which are never read; store them in this file"),
    ("virtual", replaced(virtual),
     TENSOR + WEIGHTS + ": is a virtual dataset, which may show other files; store its values in this file"),
    ("never-written", replaced(lambda f: f.create_dataset(WEIGHTS, (3, 5), "<f4")),
     TENSOR + WEIGHTS + ": needs 60 bytes, of which 0 are stored; values that were never written are not guessed"),
    ("never-written-huge", dict(
        shapes={"hidden/weights": (1 << 30, 1 << 20)},
        **replaced(lambda f: f.create_dataset(WEIGHTS, (1 << 30, 1 << 20), "<f4", chunks=(1024, 1024),
                                              compression="gzip"))),
     TENSOR + WEIGHTS + ": needs 1073741824 chunks, of which 0 are stored; values that were never written are not guessed"),
    ("huge-chunk", replaced(bomb),
     TENSOR + WEIGHTS + ": declares 134217728 bytes, of which the file stores 9: more than 1000 to 1, as in an attack on memory"),
    ("filter", replaced(lambda f: f.create_dataset(WEIGHTS, data=np.zeros((3, 5), "<f4"), compression="lzf")),
     TENSOR + WEIGHTS + ": passes through the filter 32000 ('lzf'); only gzip, shuffle and fletcher32, each once, are read"),
    ("unlisted", dict(change=lambda f: f.create_dataset("/parameters/hidden/more", data=np.zeros(3))),
     "/parameters/hidden/more: stored in the file, but not listed in the architecture"),
    ("unlisted-group", dict(change=lambda f: f.create_group("/notes")),
     "/notes: is a group that has no place in a model; it holds no listed tensor"),
    ("missing", dict(change=lambda f: f.__delitem__("/parameters/hidden/biases")),
     "tensor 'hidden/biases': /parameters/hidden/biases: listed in the architecture, but not stored in the file"),
    ("wrong-type", replaced(lambda f: f.create_dataset(WEIGHTS, data=np.zeros((3, 5), "<f8"))),
     TENSOR + WEIGHTS + ": its data type is f32 in one place and f64 in another"),
    ("odd-type", replaced(lambda f: f.create_dataset(WEIGHTS, data=np.zeros((3, 5), "<c8"))),
     TENSOR + WEIGHTS + ": its data type is f32 in one place and compound values in another"),
    ("wrong-shape", replaced(lambda f: f.create_dataset(WEIGHTS, data=np.zeros((5, 3), "<f4"))),
     TENSOR + WEIGHTS + ": its shape is [3, 5] in one place and [5, 3] in another"),
    ("false-bf16", dict(change=lambda f: f["/parameters/hidden/biases"].attrs.__setitem__("dtype", "f32")),
     "tensor 'hidden/biases': /parameters/hidden/biases@dtype: must be 'bf16', on a dataset of 16-bit unsigned integers, found 'f32'"),
    ("copied-tie", dict(change=lambda f: (f.__delitem__("/parameters/tied/weights"),
                                          f.copy(WEIGHTS, "/parameters/tied/weights"))),
     "/parameters/tied/weights: is a copy of /parameters/hidden/weights, and should be a hard link to it, since both are one tensor"),
    ("shared", dict(change=lambda f: (f.__delitem__("/parameters/hidden/biases"),
                                      f.__setitem__("/parameters/hidden/biases", f[WEIGHTS]))),
     "/parameters/hidden/biases: is a hard link to /parameters/hidden/weights, which is another tensor; each tensor needs a dataset of its own"),
    ("group-cycle", dict(change=cycle),
     "/parameters/hidden/again: is a group that another path leads to as well; every group needs one path"),
    ("named-type", dict(change=lambda f: f.__setitem__("/kind", np.dtype("<f4"))),
     "/kind: is neither a group nor a dataset"),
    ("unknown-attribute", dict(change=lambda f: f.attrs.__setitem__("author", "me")),
     "/: the attribute 'author' has no meaning here"),
    ("null-attribute", dict(change=lambda f: f.attrs.__setitem__("format", h5py.Empty("f"))),
     "/@format: must be one text (a scalar string), found 0 texts"),
    ("later-version", dict(change=lambda f: f.attrs.__setitem__("version", "2.0")),
     "/@version: the file has version 2.0, and this library reads versions 1.x; use a newer library"),
    ("two-versions", dict(change=lambda f: f.attrs.__setitem__("version", "1.1")),
     "its version is 1.1 in one place and 1.0 in another"),
    ("two-digests", dict(change=lambda f: f.attrs.__setitem__("digest", "sha256:" + 64 * "0")),
     None),
    ("no-digest", dict(change=lambda f: f.attrs.__delitem__("digest")),
     "/: the attribute 'digest' is missing"),
    ("no-architecture", dict(change=lambda f: f.__delitem__("architecture")),
     "/architecture: there is no such dataset"),
    ("numeric-architecture", dict(change=lambda f: (f.__delitem__("architecture"), f.__setitem__("architecture", 1.5))),
     "/architecture: must be one text (a scalar string), found f64 of shape []"),
]


def main():
    os.makedirs(HERE, exist_ok=True)
    for name in os.listdir(HERE):
        os.remove(os.path.join(HERE, name))
    listing = {"good": [], "refused": []}
    model = full_model()
    for name, arguments in GOOD.items():
        write(os.path.join(HERE, name), model, **arguments)
        listing["good"].append({"file": name, "digest": document(model)["digest"]})

    small = small_model()

    def refuse(name, sentence):
        listing["refused"].append({"file": name + ".h5", "error": sentence})

    for name, arguments, sentence in MALFORMED:
        path = os.path.join(HERE, name + ".h5")
        write(path, small, **NEWEST, **arguments)
        if name == "two-digests":
            sentence = "its digest is sha256:%s in one place and %s in another" % (64 * "0", document(small)["digest"])
        refuse(name, sentence)

    # The digest that the architecture promises is of another weight: opens, but does not verify.
    write(os.path.join(HERE, "edited.h5"), small, **NEWEST)
    with h5py.File(os.path.join(HERE, "edited.h5"), "r+") as file:
        file[WEIGHTS][1, 2] = 99
    changed = small["tensors"]["hidden/weights"][1].copy()
    changed[1, 2] = 99
    listing["unverified"] = [{
        "file": "edited.h5", "error": TENSOR + "the content is damaged: its digest should be %s and is %s; get the file again, or leave the digests out of a JSON file that you edited" % (
            digest(small["tensors"]["hidden/weights"][1].tobytes()), digest(changed.tobytes()))}]

    with h5py.File(os.path.join(HERE, "plain.h5"), "w") as file:
        file["x"] = np.zeros(3)
    refuse("plain", "an HDF5 file, but not a model: its root has no attribute 'format' with the value 'nnm'")
    with h5py.File(os.path.join(HERE, "keras.h5"), "w") as file:
        file.attrs["keras_version"] = "3.15.1"
        file.attrs["model_config"] = "{}"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = ["dense", "größe"]
        group.attrs["split0"] = np.array([b"dense", b"conv_1"])
        group.attrs["weight_names"] = np.array([])
    with open(os.path.join(HERE, "edited.h5"), "rb") as file:
        whole = file.read()
    with open(os.path.join(HERE, "cut.h5"), "wb") as file:
        file.write(whole[:len(whole) * 6 // 10])
    with open(os.path.join(HERE, "manifest.json"), "w") as file:
        json.dump(listing, file, indent=2, ensure_ascii=False)
        file.write("\n")


main()
