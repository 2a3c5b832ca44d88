#!/usr/bin/env python3
"""Makes Fixtures/malformed: damaged files of the binary, JSON and safetensors encodings, and manifest.json, which says of each what
a reader must answer. Written from spec/; the sound files that are damaged come from Tests/Interop/write_nnm.py.

Run: python3 Fixtures/generate/malformed.py
"""

import copy
import hashlib
import io
import json
import pathlib
import shutil
import struct
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Interop"))

import numpy as np  # noqa: E402

import document as nnm  # noqa: E402
import write_nnm  # noqa: E402

FOLDER = ROOT / "Fixtures/malformed"
FAILED, MALFORMED, UNSUPPORTED = 1, 65, 69
manifest = []


def add(name, data, problem, exit=MALFORMED, verify=False):
    """A file; `problem` is the expected sentence without the file's path, None if it must load; `verify` says that
    only reading every byte finds it."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    assert not path.exists(), name
    path.write_bytes(data)
    entry = {"file": name, "problem": problem}
    if problem is not None:
        entry["exit"] = exit
    if verify:
        entry["verify"] = True
    manifest.append(entry)


def base_model():
    f32 = lambda values: nnm.Tensor("f32", np.array(values, "<f4"))  # noqa: E731
    return {
        "metadata": {"name": "tiny"},
        "graph": {
            "inputs": [{"name": "x", "dtype": "f32", "shape": ["N", 2]}],
            "nodes": [
                {"name": "hidden", "kind": "dense", "fields": {"units": 3}, "inputs": ["x"],
                 "parameters": {"weights": "hidden/weights", "biases": "hidden/biases"}},
                {"name": "squash", "kind": "activation", "fields": {"function": "relu"}, "inputs": ["hidden"],
                 "parameters": {}},
            ],
            "outputs": [{"name": "y", "value": "squash"}],
        },
        "tensors": {
            "hidden/weights": f32([[1, -2, 0.5], [0.25, 4, -1]]),
            "hidden/biases": f32([0, 0.5, 1]),
            "examples/first/inputs/x": f32([[2, 4]]),
            "examples/first/outputs/y": f32([[3, 12.5, 0]]),
        },
        "examples": [
            {"name": "first", "inputs": ["x"], "outputs": ["y"], "values": [], "tolerance": {"ulps": 1},
             "computed_by": {"framework": "by hand", "version": "", "machine": ""}},
        ],
    }  # fmt: skip


SOUND = write_nnm.nnm_bytes(base_model())
(LENGTH,) = struct.unpack_from("<Q", SOUND, 16)
HEADER = SOUND[64 : 64 + LENGTH]
START = (64 + LENGTH + 63) // 64 * 64
DATA = SOUND[START:]


def sealed(header, data=DATA, version=(1, 0), flags=0, length=None, size=None):
    """A binary file with this header text and a header digest that fits."""
    start = (64 + len(header) + 63) // 64 * 64
    total = start + len(data)
    head = SOUND[:8] + struct.pack(
        "<HHIQQ", *version, flags, len(header) if length is None else length, total if size is None else size)
    return (head + hashlib.sha256(head + header).digest() + header).ljust(start, b"\0") + data


def changed(change, **options):
    """A sealed binary file whose document went through `change`; the content digest stays that of the sound file."""
    value = json.loads(HEADER)
    value = change(value) or value
    return sealed(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), **options)


def setting(*path):
    """A change that sets the member at `path`, whose last part is the value; the value ... removes it."""
    *path, last, new = path

    def change(value):
        for step in path:
            value = value[step]
        if new is ...:
            del value[last]
        else:
            value[last] = new

    return change


def put(data, offset, new):
    return data[:offset] + new + data[offset + len(new) :]


def whole_files():
    size = len(SOUND)
    add("nnm/sound.nnm", SOUND, None)
    add("nnm/later-minor.nnm", changed(setting("version", "1.7"), version=(1, 7)), None)
    add("nnm/empty.nnm", b"", "the file is empty")
    add("nnm/git-lfs.nnm", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n",
        "a Git LFS pointer, not the model itself; run 'git lfs pull' first")
    add("nnm/array.npy", b"\x93NUMPY\1\0v\0" + b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n0000",
        "a NumPy array, not a model; convert it first: nnconvert from-npy FILE.npy … --activation … -o model.nnm",
        UNSUPPORTED)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x.npy"), b"0")
    add("nnm/archive-cut.npz", packed.getvalue()[:-1],
        "the archive has no end record; it seems to be cut off, or something was appended")
    add("nnm/archive.npz", packed.getvalue(),
        "a ZIP archive, not a model; convert it first: nnconvert from-npy FILE.npz --activation … -o model.nnm",
        UNSUPPORTED)
    add("nnm/text.txt", b"Hello, world",
        "byte 0: not a model: it begins with 'Hello, w', which is none of .nnm, HDF5, JSON and safetensors")
    add("nnm/wrong-magic.nnm", put(SOUND, 3, b"X"),
        "byte 0: not a model: it begins with 89 4e 4e 58 0d 0a 1a 0a, which is none of .nnm, HDF5, JSON and safetensors")
    damage = "byte 0: its bytes were changed by a transfer in text mode; copy it again in binary mode"
    add("nnm/text-mode-crlf-to-lf.nnm", SOUND.replace(b"\r\n", b"\n"), damage)
    add("nnm/text-mode-lf-to-crlf.nnm", SOUND.replace(b"\n", b"\r\n"), damage)
    add("nnm/text-mode-high-bit-cleared.nnm", bytes(byte & 0x7F for byte in SOUND), damage)
    add("nnm/text-mode-utf8.nnm", SOUND.decode("latin-1").encode("utf-8"),
        "byte 0: not a model: it begins with c2 89 4e 4e 4d 0d 0a 1a, which is none of .nnm, HDF5, JSON and safetensors")
    add("nnm/cut-in-magic.nnm", SOUND[:5],
        "byte 0: the magic number needs 8 bytes, but only 5 remain; the file seems to be cut off")
    add("nnm/cut-in-preamble.nnm", SOUND[:20],
        "byte 16: the header length needs 8 bytes, but only 4 remain; the file seems to be cut off")
    for place, count in (("header", 100), ("data", size - 1)):
        add(f"nnm/cut-in-{place}.nnm", SOUND[:count],
            f"byte 24: the file is cut off: it should have {size} bytes and has {count}")
    add("nnm/appended.nnm", SOUND + b"\n",
        f"byte 24: the file should have {size} bytes and has {size + 1}; something was appended")
    add("nnm/appended-and-sealed.nnm", sealed(HEADER, DATA + b"12345"),
        f"byte {size}: 5 bytes follow the end of the last tensor, where nothing should")
    add("nnm/cut-and-sealed.nnm", sealed(HEADER, DATA[:-4]),
        f"tensor 'examples/first/outputs/y': byte {size - 12}: it needs 12 bytes, but only 8 remain; "
        "the file seems to be cut off")
    newer = "and this library reads versions 1.x; use a newer library"
    add("nnm/version-2.0.nnm", sealed(HEADER, version=(2, 0)), f"byte 8: the file has version 2.0, {newer}", UNSUPPORTED)
    add("nnm/version-65535.nnm", sealed(HEADER, version=(65535, 65535)),
        f"byte 8: the file has version 65535.65535, {newer}", UNSUPPORTED)
    add("nnm/version-0.9.nnm", sealed(HEADER, version=(0, 9)),
        "byte 8: the file has version 0.9, and this library reads versions 1.x; use the library that wrote it",
        UNSUPPORTED)
    add("nnm/version-contradiction.nnm", sealed(HEADER, version=(1, 1)),
        "its version is 1.1 in one place and 1.0 in another")
    add("nnm/flags.nnm", sealed(HEADER, flags=5), "byte 12: the flags 0x5 have no meaning; they must be 0")
    for name, length in (("4-gib", 1 << 32), ("2-to-63", 1 << 63), ("all-ones", (1 << 64) - 1)):
        add(f"nnm/header-length-{name}.nnm", sealed(HEADER, length=length),
            f"byte 16: a header of {length} bytes cannot be: at most {size - 64} are possible here")
    add("nnm/header-length-past-end.nnm", sealed(HEADER, length=size - 63),
        f"byte 16: a header of {size - 63} bytes cannot be: at most {size - 64} are possible here")
    damaged = "byte 32: the header is damaged: its digest does not match; get the file again"
    add("nnm/header-byte-changed.nnm", put(SOUND, 70, b"!"), damaged)
    add("nnm/header-digest-changed.nnm", put(SOUND, 40, b"\0\1\2\3"), damaged)
    add("nnm/header-length-0.nnm", sealed(b"", b""),
        "byte 64: the text ends where a value is needed; the file seems to be cut off")


def texts():
    def header(name, text, problem):
        add(f"nnm/header-{name}.nnm", sealed(text), problem)

    header("array", b"[]", "the document: must be an object, found an array")
    header("trailing-comma", b'{"format": "nnm",}', "byte 81: found '}' where a name in quotes is needed")
    header("comment", b'{/* */}', "byte 65: found '/' where a name in quotes is needed")
    header("two-values", b"{} {}", "byte 67: found '{' where the end of the text is needed")
    header("not-closed", b'{"format": "nnm"', "byte 80: the text ends where ',' or '}' is needed; the file seems to be cut off")
    header("string-not-closed", b'{"format": "nnm',
           "byte 75: the text ends where the end of this string is needed; the file seems to be cut off")
    header("duplicate-key", b'{"format": "nnm", "format": "nnm"}',
           "byte 82: the name 'format' stands twice in one object; each may stand once")
    header("duplicate-key-escaped", b'{"format": "nnm", "f\\u006frmat": "nnm"}',
           "byte 82: the name 'format' stands twice in one object; each may stand once")
    header("duplicate-key-composed", '{"metadata": {"é": 1, "e\u0301": 2}}'.encode(),
           "byte 87: the name 'e\u0301' stands twice in one object; each may stand once")
    header("lone-surrogate", b'{"format": "\\ud83d"}',
           "byte 76: the escape \\ud83d is half of a pair; both halves must stand together")
    header("reversed-surrogates", b'{"format": "\\ude00\\ud83d"}',
           "byte 76: the escape \\ude00 is half of a pair; both halves must stand together")
    header("bad-escape", b'{"format": "\\x41"}',
           "byte 77: found 'x' where one of \" \\ / b f n r t u after a backslash is needed")
    header("short-escape", b'{"format": "\\u12"}', "byte 80: found '\"' where four hexadecimal digits is needed")
    for name, bytes in (("stray-byte", b"\xff"), ("overlong", b"\xc0\xaf"), ("surrogate", b"\xed\xa0\x80"),
                        ("cut", b"\xe2\x82"), ("too-large", b"\xf4\x90\x80\x80")):
        header(f"utf8-{name}", b'{"format": "' + bytes + b'"}', "byte 76: not valid UTF-8, which JSON must be")
    header("nul", b'{"format": "n\0m"}',
           "byte 77: a string holds the control character 0 as it is; write it as an escape")
    header("line-break-in-string", b'{"format": "n\nm"}',
           "byte 77: a string holds the control character 10 as it is; write it as an escape")
    header("nan", b'{"metadata": {"a": NaN}}', "byte 83: found 'N' where a value is needed")
    header("leading-zero", b'{"metadata": {"a": 01}}',
           "byte 83: found a number that begins with 0 where one without leading zeros is needed")
    header("plus", b'{"metadata": {"a": +1}}', "byte 83: found '+' where a value is needed")
    header("point", b'{"metadata": {"a": 1.}}', "byte 85: found '}' where a digit is needed")
    header("number-too-large", b'{"metadata": {"a": 1e400}}', "byte 83: the number 1e400 is too large for a double")
    header("65-deep", b'{"a":' * 65 + b"0" + b"}" * 65, "byte 384: values are nested more than 64 deep, which no model needs")


def documents():
    def document(name, change, problem, exit=MALFORMED, **options):
        add(f"nnm/document-{name}.nnm", changed(change, **options), problem, exit)

    for member in ("format", "version", "digest", "graph"):
        document(f"without-{member}", setting(member, ...), f"the member '{member}' is missing")
    document("other-format", setting("format", "mnn"), "format: the member 'format' must be 'nnm', found 'mnn'")
    for name, text in (("1", "1"), ("1.0.0", "1.0.0"), ("01.0", "01.0"), ("plus", "1.+0"), ("empty", "")):
        document(f"version-{name}", setting("version", text),
                 f"version: '{text}' is no version; write major.minor, as in 1.0")
    document("version-number", setting("version", 1.0), "version: must be a string, found a number")
    document("version-70000", setting("version", "1.70000"),
             "version: '1.70000' is no version; write major.minor, as in 1.0")
    document("version-2.0-requires-object", lambda value: value.update(version="2.0", requires={}),
             "version: the file has version 2.0, and this library reads versions 1.x; use a newer library", UNSUPPORTED)
    document("requires-unknown", lambda value: value.update(version="1.3", requires=["sparse", "complex"]),
             "requires: the file has version 1.3 and requires 'sparse', 'complex', which this library (version 1.0) does not "
             "know; use a newer one", UNSUPPORTED, version=(1, 3))
    document("unknown-member", setting("weights", []), "the member 'weights' is unknown")
    document("unknown-member-near", setting("provenence", {}),
             "the member 'provenence' is unknown; did you mean 'provenance'?")
    document("unknown-member-node", setting("graph", "nodes", 0, "activation", "relu"),
             "graph.nodes[0]: the member 'activation' is unknown")
    document("unknown-member-tensor", setting("tensors", 1, "stride", 4),
             "tensors[1]: the member 'stride' is unknown")
    document("unknown-member-input", setting("graph", "inputs", 0, "layout", "NC"),
             "graph.inputs[0]: the member 'layout' is unknown")
    document("unknown-member-example", setting("examples", 0, "tolerance", "percent", 1),
             "examples[0].tolerance: the member 'percent' is unknown")
    document("digest-text", setting("digest", "sha256:" + "A" * 64),
             f"digest: 'sha256:{'A' * 64}' is no digest; write sha256: and 64 lower-case hexadecimal digits")
    document("digest-short", setting("tensors", 0, "digest", "sha256:12"),
             "tensors[0].digest: 'sha256:12' is no digest; write sha256: and 64 lower-case hexadecimal digits")
    document("digest-missing", setting("tensors", 0, "digest", ...), "tensors[0]: the member 'digest' is missing")
    promised, found = "sha256:" + "0" * 64, json.loads(HEADER)["digest"]
    document("digest-wrong", setting("digest", promised),
             f"digest: the content is damaged: its digest should be {promised} and is {found}; get the file again, or leave the digests out of a JSON file that you edited", FAILED)
    document("dtype", setting("tensors", 0, "dtype", "f8"),
             "tensors[0].dtype: the data type 'f8' is unknown; known are f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, "
             "u64, bool", UNSUPPORTED)
    document("shape-text", setting("tensors", 0, "shape", ["N", 3]),
             "tensors[0].shape: must be an array of integers, found a string")
    document("shape-double", setting("tensors", 0, "shape", [2.0, 3]),
             "tensors[0].shape: must be an array of integers, found a number")
    document("shape-negative", setting("tensors", 0, "shape", [-2, -3]),
             "tensors[0].shape: an extent of -2 is below zero")
    document("shape-rank-33", setting("tensors", 0, "shape", [1] * 33),
             "tensors[0].shape: 33 dimensions are more than the 32 that a tensor may have")
    for name, shape in (("", [1 << 31, 1 << 31]), ("-hidden-by-0", [1 << 40, 0, 1 << 40])):
        document(f"shape-overflow{name}", setting("tensors", 0, "shape", shape),
                 f"tensors[0].shape: the shape {shape} has more elements than can be counted")
    huge = setting("tensors", 0, "shape", [1 << 29, 1 << 30])
    document("shape-huge", huge,
             f"tensor 'hidden/weights': byte {len(changed(huge)) - len(DATA)}: it needs {1 << 61} bytes, but only {len(DATA)} remain; "
             "the file seems to be cut off")
    for name, offset in (("overlap", 0), ("hole", 128), ("unaligned", 24), ("negative", -64), ("huge", (1 << 63) - 1)):
        document(f"offset-{name}", setting("tensors", 1, "offset", offset),
                 f"tensor 'hidden/biases': must begin at byte 64 of the data, found {offset}; tensors follow one another "
                 "without holes")
    document("offset-beyond-int", setting("tensors", 1, "offset", (1 << 64) - 1),
             f"tensor 'hidden/biases': tensors[1].offset: must be an integer, found the integer {(1 << 64) - 1}, which is too large")
    document("duplicate-tensor", setting("tensors", 1, "name", "hidden/weights"),
             "two tensors have the name 'hidden/weights'; each needs its own")
    document("tensor-unused", setting("graph", "nodes", 0, "parameters", "biases", ...),
             "tensor 'hidden/biases': no node uses it; remove it, or name it in a node's parameters")
    document("tensor-missing", setting("graph", "nodes", 0, "parameters", "biases", "hidden/bias"),
             "node 'hidden': its parameter 'biases' is the tensor 'hidden/bias', which the file does not have; "
             "did you mean 'hidden/biases'?")
    document("tensor-not-text", setting("graph", "nodes", 0, "parameters", "biases", 1),
             "graph.nodes[0].parameters.biases: must be the name of a tensor, found an integer")
    document("tensor-reserved-name", lambda value: (value["tensors"][1].update(name="examples/b"),
             value["graph"]["nodes"][0]["parameters"].update(biases="examples/b")) and None,
             "tensor 'examples/b': the name 'examples/b' begins with 'examples/', which is kept for the tensors of examples")
    document("example-tensor-missing", setting("tensors", 3, "name", "examples/first/outputs/z"),
             "tensor 'examples/first/outputs/y': listed in the architecture, but not stored in the file")


def graphs():
    def graph(name, change, problem, exit=MALFORMED):
        add(f"nnm/graph-{name}.nnm", changed(lambda value: change(value["graph"])), problem, exit)

    def node(index, *rest):
        return setting("nodes", index, *rest)

    graph("cycle", node(0, "inputs", ["squash"]),
          "node 'hidden': the nodes 'hidden' -> 'squash' -> 'hidden' wait for each other in a circle")
    graph("cycle-of-one", node(0, "inputs", ["hidden"]),
          "node 'hidden': the nodes 'hidden' -> 'hidden' wait for each other in a circle")
    graph("later", lambda value: value["nodes"].reverse(),
          "node 'squash': the value 'hidden' is computed by a later node; list the nodes in the order in which they run")
    graph("unknown-value", node(1, "inputs", ["hiden"]),
          "node 'squash': the value 'hiden' is neither an input nor computed by a node; did you mean 'hidden'?")
    graph("unknown-output", setting("outputs", 0, "value", "result"),
          "output 'y': the value 'result' is neither an input nor computed by a node")
    for name, text in (("empty", ""), ("0", "hidden:0"), ("01", "hidden:01"), ("plus", "hidden:+1"), ("two", "hidden:1:1"),
                       ("nothing", ":1"), ("open", "hidden:"), ("huge", "hidden:1048576")):
        graph(f"reference-{name}", node(1, "inputs", [text]),
              f"node 'squash': '{text}' is no reference to a value; write a node's name, or a name, a colon and the number of "
              "an output")
    graph("no-inputs", setting("inputs", []), "there is no graph input; at least one is needed")
    graph("no-outputs", setting("outputs", []), "there is no graph output; at least one is needed")
    graph("inputs-object", setting("inputs", {}), "graph.inputs: must be an array, found an object")
    graph("duplicate-node", node(1, "name", "hidden"),
          "two nodes or inputs have the name 'hidden'; each needs its own")
    graph("node-named-as-input", node(1, "name", "x"), "two nodes or inputs have the name 'x'; each needs its own")
    graph("duplicate-output", lambda value: value["outputs"].append(value["outputs"][0]),
          "two outputs have the name 'y'; each needs its own")
    graph("input-dtype", setting("inputs", 0, "dtype", "float"),
          "graph.inputs[0].dtype: the data type 'float' is unknown; known are f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, "
          "u32, u64, bool", UNSUPPORTED)
    graph("input-shape-null", setting("inputs", 0, "shape", [None, 2]),
          "graph.inputs[0].shape: must be an array of integers and, for open dimensions, names, found null")
    graph("input-shape-question-mark", setting("inputs", 0, "shape", ["?", 2]),
          "graph.inputs[0].shape: must be an array of integers and, for open dimensions, names, found a string")
    graph("input-shape-negative", setting("inputs", 0, "shape", ["N", -1]),
          "input 'x': an extent of -1 is below zero")
    graph("input-rank-33", setting("inputs", 0, "shape", [1] * 33),
          "input 'x': 33 dimensions are more than the 32 that a tensor may have")
    graph("name-empty", node(1, "name", ""), "node '': the name '' is empty")
    graph("name-colon", node(1, "name", "a:b"),
          "node 'a:b': the name 'a:b' has a colon, which separates a node's name from the number of an output")
    graph("name-control", node(1, "name", "a\tb"), "node 'a\tb': the name 'a\tb' has a control character")
    graph("name-nul", node(1, "name", "a\0b"), "node 'a\0b': the name 'a\0b' has a control character")
    graph("name-1025", node(1, "name", "n" * 1025),
          f"node '{'n' * 1025}': the name '{'n' * 80}' has 1025 bytes, more than the 1024 that a name may have")
    graph("role-slash", node(0, "parameters", {"a/b": "hidden/weights"}),
          "node 'hidden': the name 'a/b' of a parameter has a slash or only points")
    graph("role-points", node(0, "parameters", {"..": "hidden/weights"}),
          "node 'hidden': the name '..' of a parameter has a slash or only points")
    graph("names-composed", lambda value: (value["nodes"][0].update(name="é"), value["nodes"][1].update(inputs=["e\u0301"])) and None,
          "node 'squash': the value 'e\u0301' is neither an input nor computed by a node")
    graph("fields-array", node(0, "fields", []), "graph.nodes[0].fields: must be an object, found an array")
    graph("kind-missing", node(0, "kind", ...), "graph.nodes[0]: the member 'kind' is missing")


def examples():
    def example(name, change, problem):
        add(f"nnm/example-{name}.nnm", changed(change), problem)

    example("input-missing", lambda value: (value["examples"][0].update(inputs=[]),
            value["tensors"][2].update(name="hidden/more"),
            value["graph"]["nodes"][0]["parameters"].update(more="hidden/more")) and None,
            "example 'first': the input 'x' of the graph is missing")
    example("unknown-output", lambda value: (value["examples"][0].update(outputs=["z"]),
            value["tensors"][3].update(name="examples/first/outputs/z")) and None,
            "example 'first': the output 'y' of the graph is missing")
    example("wrong-dtype", setting("tensors", 2, "dtype", "i32"),
            "example 'first': input 'x': must be f32 [N, 2], found i32 [1, 2]")
    example("wrong-shape", setting("tensors", 2, "shape", [2, 1]),
            "example 'first': input 'x': must be f32 [N, 2], found f32 [2, 1]")
    example("duplicate", lambda value: value["examples"].append(value["examples"][0]),
            "two examples have the name 'first'; each needs its own")
    example("duplicate-section", setting("examples", 0, "inputs", ["x", "x"]),
            "two tensors have the name 'x'; each needs its own")
    example("ulps-negative", setting("examples", 0, "tolerance", {"ulps": -1}),
            "examples[0].tolerance.ulps: must be an integer of at least 0, found -1")
    example("bound-nan", setting("examples", 0, "tolerance", {"absolute": "NaN"}),
            "examples[0].tolerance.absolute: must be a number of at least 0, found a string")
    example("bound-negative", setting("examples", 0, "tolerance", {"relative": -0.5}),
            "examples[0].tolerance.relative: must be a number of at least 0, found a number")
    for member in ("sources", "steps"):
        example(f"provenance-{member}", setting("provenance", {member: [1]}),
                f"provenance.{member}[0]: must be an object, found an integer")


def damaged_data():
    flipped = put(SOUND, START + 4, bytes([SOUND[START + 4] ^ 1]))
    promised, found = nnm.digest(DATA[:24]), nnm.digest(flipped[START : START + 24])
    add("nnm/tensor-changed.nnm", flipped,
        f"tensor 'hidden/weights': the content is damaged: its digest should be {promised} and is {found}; get the file again, or leave the digests out of a JSON file that you edited", FAILED, True)
    add("nnm/padding-changed.nnm", put(SOUND, START + 30, b"\7"),
        f"byte {START + 30}: a byte between tensors is 7, where it must be 0", verify=True)
    add("nnm/padding-of-header-changed.nnm", put(SOUND, START - 1, b" "),
        f"byte {START - 1}: a byte between tensors is 32, where it must be 0", verify=True)
    model = base_model()
    model["graph"]["nodes"][0]["parameters"]["mask"] = "mask"
    tensors = model["tensors"]
    model["tensors"] = {"mask": nnm.Tensor("bool", np.array([0, 1, 2], "u1"))} | tensors
    add("nnm/bool-2.nnm", write_nnm.nnm_bytes(model),
        "tensor 'mask': a truth value is stored as 2; only 0 and 1 are allowed")


def json_files():
    sound = write_nnm.json_bytes(base_model())
    add("json/sound.json", sound, None)
    add("json/sound-without-digests.json", write_nnm.json_bytes(base_model(), with_digests=False), None)
    value = json.loads(sound)
    for entry in value["tensors"]:
        del entry["digest"]
    add("json/sound-without-tensor-digests.json", json.dumps(value).encode(), None)

    def file(name, text, problem):
        add(f"json/{name}.json", text, problem)

    file("byte-order-mark", b"\xef\xbb\xbf" + sound,
         "byte 0: not a model: it begins with ef bb bf 7b 0a 20 22 66, which is none of .nnm, HDF5, JSON and safetensors")
    file("utf16", sound.decode().encode("utf-16-le"), "line 1, column 2: found the control character 0 where a name in quotes is needed")
    file("array", b"[1, 2]",
         "byte 0: not a model: it begins with '[1, 2]', which is none of .nnm, HDF5, JSON and safetensors")
    file("blank", b" \n\t ",
         "byte 0: not a model: it begins with 20 0a 09 20, which is none of .nnm, HDF5, JSON and safetensors")
    file("other", b'{"a": 1}', "the member 'format' is missing")
    file("cut", sound[:100], "line 4, column 12: the text ends where the end of this string is needed; the file seems to be cut off")
    lines = sound.count(b"\n") + 1
    file("appended", sound + b"\n}", f"line {lines + 1}, column 1: found '}}' where the end of the text is needed")
    file("nul-appended", sound + b"\0",
         f"line {lines}, column 2: found the control character 0 where the end of the text is needed")

    def tensor(name, dtype, shape, problem, exit=MALFORMED, verify=False, **members):
        value = json.loads(sound)
        entry = value["tensors"][1]
        del entry["base64"], value["digest"], entry["digest"]
        entry.update(dtype=dtype, shape=shape, **members)
        place = "tensor 'hidden/biases': "
        add(f"json/tensor-{name}.json", json.dumps(value, ensure_ascii=False).encode(), place + problem if problem else None,
            exit, verify)

    tensor("sound", "f32", [3], None, values=[1, 2.5, "NaN"])
    once = "needs either 'values' or 'base64', not both and not neither"
    tensor("without-values", "f32", [3], once)
    tensor("values-twice", "f32", [3], once, values=[0, 0, 0], base64="AAAAAAAAAAAAAAAA")
    bad = "not base64 (RFC 4648, with padding and without line breaks)"
    for name, text in (("sign", "AAAA AAAAAAAAAAA"), ("url", "AAAAAAAAAAAAAA-_"), ("line-break", "AAAAAAAA\nAAAAAAAA"),
                       ("no-padding", "AAAAAAAAAAAAAA"), ("padding-inside", "AA==AAAAAAAAAAAA"),
                       ("loose-bits", "AAAAAAAAAAAAAAB="), ("number", 5)):
        tensor(f"base64-{name}", "f32", [3], bad, base64=text)
    tensor("base64-short", "f32", [3], "the shape needs 12 bytes, found 9", base64="AAAAAAAAAAAA")
    tensor("bool-byte", "bool", [3], "a truth value is stored as 2; only 0 and 1 are allowed", base64="AAEC")
    nested = "the values must be lists nested as the shape {} says"
    for name, shape, values in (("few", [3], [1, 2]), ("many", [3], [1, 2, 3, 4]), ("flat", [1, 3], [1, 2, 3]),
                                ("deep", [3], [[1], [2], [3]]), ("ragged", [2, 2], [[1, 2], [3]]), ("not-list", [3], 0),
                                ("list-for-scalar", [], [1]), ("huge", [1 << 50], [])):
        tensor(f"values-{name}", "f32", shape, nested.format(shape), values=values)
    for name, dtype, value, text in (
        ("i8", "i8", 128, "128"), ("u8", "u8", -1, "-1"), ("i64", "i64", 1 << 63, str(1 << 63)), ("u64", "u64", -1, "-1"),
        ("u64-large", "u64", 1 << 64, "1.8446744073709552e+19"), ("i32-double", "i32", 1.5, "1.5"),
        ("i32-whole-double", "i32", 1.0, "1.0"), ("i32-text", "i32", "1", '"1"'), ("i32-nan", "i32", "NaN", '"NaN"'),
        ("bool-1", "bool", 1, "1"), ("f32-true", "f32", True, "true"), ("f32-null", "f32", None, "null"),
        ("f32-large", "f32", 3.5e38, "3.5e+38"), ("f16-large", "f16", 65520, "65520"), ("bf16-large", "bf16", 3.4e38, "3.4e+38"),
        ("f64-text", "f64", "nan", '"nan"'), ("f64-inf", "f64", "inf", '"inf"'), ("f64-object", "f64", {}, "{}"),
    ):  # fmt: skip
        tensor(f"value-{name}", dtype, [1], f"the value {text} is no {dtype}", values=[value])
    value = json.loads(sound)
    promised, found = value["tensors"][1]["digest"], nnm.digest(bytes(12))
    value["tensors"][1]["base64"] = "A" * 16
    add("json/tensor-changed.json", json.dumps(value).encode(),
        f"tensor 'hidden/biases': the content is damaged: its digest should be {promised} and is {found}; get the file again, or leave the digests out of a JSON file that you edited", FAILED, True)
    value = json.loads(sound)
    model = base_model()
    model["metadata"]["name"] = value["metadata"]["name"] = "other"
    promised, found = value["digest"], write_nnm.document(model, write_nnm.table(model))["digest"]
    add("json/metadata-changed.json", json.dumps(value).encode(),
        f"digest: the content is damaged: its digest should be {promised} and is {found}; get the file again, or leave the digests out of a JSON file that you edited", FAILED)


def safetensors_files():
    model = base_model()
    names = list(model["tensors"])
    text = json.dumps(write_nnm.document(model, write_nnm.table(model)))
    header, data = {"__metadata__": {"nnm": text}}, b""
    for name in names:
        array = model["tensors"][name].array
        header[name] = {"dtype": "F32", "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + array.nbytes]}  # fmt: skip
        data += array.tobytes()

    def packed(header, data=data):
        text = header if type(header) is bytes else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def file(name, change, problem, exit=MALFORMED, data=data):
        value = copy.deepcopy(header)
        change(value)
        add(f"safetensors/{name}.safetensors", packed(value, data), problem, exit)

    sound = packed(header)
    (length,) = struct.unpack_from("<Q", sound)
    biases = "tensor 'hidden/biases': "
    file("sound", lambda value: None, None)
    file("sound-other-metadata", lambda value: value["__metadata__"].update(format="pt"), None)
    for name, huge in (("4-gib", 1 << 32), ("past-end", len(sound) - 7)):
        add(f"safetensors/header-length-{name}.safetensors", struct.pack("<Q", huge) + sound[8:],
            f"byte 0: a header of {huge} bytes cannot be: at most {len(sound) - 8} are possible here")
    add("safetensors/header-length-2-to-63.safetensors", struct.pack("<Q", 1 << 63) + sound[8:],
        "byte 0: not a model: it begins with 00 00 00 00 00 00 00 80, which is none of .nnm, HDF5, JSON and safetensors")
    add("safetensors/cut-in-header.safetensors", sound[:100],
        f"byte 0: a header of {length} bytes cannot be: at most 92 are possible here")
    add("safetensors/cut-in-data.safetensors", sound[:-1],
        "tensor 'examples/first/outputs/y': it needs 12 bytes, but only 11 remain; the file seems to be cut off")
    add("safetensors/appended.safetensors", sound + b"\0",
        f"byte {len(sound)}: 1 byte follows the end of the last tensor, where nothing should")
    add("safetensors/not-json.safetensors", packed(b'{"a": }'), "byte 14: found '}' where a value is needed")
    add("safetensors/duplicate-key.safetensors", packed(b'{"a": {}, "a": {}}'),
        "byte 18: the name 'a' stands twice in one object; each may stand once")
    file("without-graph", lambda value: value.pop("__metadata__"),
         "a safetensors file with tensors but without a graph, not a model; convert it first: nnconvert from-npy "
         "FILE.safetensors --activation … -o model.nnm", UNSUPPORTED)
    file("metadata-number", lambda value: value["__metadata__"].update(epoch=3),
         "__metadata__.epoch: must be a string, found an integer")
    file("metadata-array", setting("__metadata__", []), "__metadata__: must be an object, found an array")
    file("document-not-json", setting("__metadata__", "nnm", "{"),
         "__metadata__.nnm: line 1, column 2: the text ends where a name in quotes is needed; the file seems to be cut off")
    file("document-without-digest", setting("__metadata__", "nnm", json.dumps({k: v for k, v in json.loads(text).items() if k != "digest"})),
         "__metadata__.nnm: the member 'digest' is missing")
    file("unlisted", lambda value: value.update(extra={"dtype": "U8", "shape": [1], "data_offsets": [len(data), len(data) + 1]}),
         "tensor 'extra': stored in the file, but not listed in the architecture", data=data + b"\0")
    last = names[-1]
    file("not-stored", setting(last, ...), f"tensor '{last}': listed in the architecture, but not stored in the file",
         data=data[:-12])
    file("contradiction-dtype", setting("hidden/biases", "dtype", "I32"),
         biases + "its type is f32 [3] in one place and i32 [3] in another")
    file("contradiction-shape", setting("hidden/biases", "shape", [3, 1]),
         biases + "its type is f32 [3] in one place and f32 [3, 1] in another")
    file("dtype-unknown", setting("hidden/biases", "dtype", "F8_E4M3"),
         biases + "the data type 'F8_E4M3' is unknown; known are f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64, "
         "bool", UNSUPPORTED)
    file("dtype-lower-case", setting("hidden/biases", "dtype", "f32"),
         biases + "the data type 'f32' is unknown; known are f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64, bool",
         UNSUPPORTED)
    file("unknown-member", setting("hidden/biases", "stride", 1), biases + "entry: the member 'stride' is unknown")
    file("shape-negative", setting("hidden/biases", "shape", [-3]),
         biases + "shape: must be an array of integers of at least 0, found an integer")
    file("shape-overflow", setting("hidden/biases", "shape", [1 << 31, 1 << 31]),
         biases + f"the shape {[1 << 31, 1 << 31]} has more elements than can be counted")
    file("shape-size", setting("hidden/biases", "shape", [4]), biases + "the shape needs 16 bytes, found 12")
    file("one-offset", setting("hidden/biases", "data_offsets", [24]),
         biases + "data_offsets: must be two integers, found 1")
    file("offset-hole", setting("hidden/biases", "data_offsets", [28, 40]),
         biases + "must begin at byte 24 of the data, found 28; tensors follow one another without holes")
    file("offset-overlap", setting("hidden/biases", "data_offsets", [20, 32]),
         biases + "must begin at byte 24 of the data, found 20; tensors follow one another without holes")
    file("offset-reversed", setting("hidden/biases", "data_offsets", [24, 12]),
         biases + "data_offsets: must be two integers, the larger one last, found [24, 12]")
    file("offset-huge", setting("hidden/biases", "data_offsets", [24, (1 << 63) - 1]),
         biases + f"it needs {(1 << 63) - 25} bytes, but only 32 remain; the file seems to be cut off")


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for make in (whole_files, texts, documents, graphs, examples, damaged_data, json_files, safetensors_files):
        make()
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (FOLDER / "manifest.json").write_text(text + "\n")
    print(f"{len(manifest)} files in {FOLDER}")
