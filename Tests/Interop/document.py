"""The document that every nnm encoding carries, as spec/container.md says: strict JSON, rules, content digest.

A model is a dict with the document's members, defaults filled in, where `tensors` is a dict from stored name to `Tensor`.
Whatever breaks a rule raises `Problem`.
"""

import hashlib
import json
import struct
import unicodedata
from collections import namedtuple

import numpy as np

# `dtype` is the format's name; `array` is NumPy's, and for bf16 holds the 16 bits as uint16.
Tensor = namedtuple("Tensor", "dtype array")

DTYPES = {
    "f16": "<f2", "bf16": "<u2", "f32": "<f4", "f64": "<f8", "i8": "|i1", "i16": "<i2", "i32": "<i4", "i64": "<i8",
    "u8": "|u1", "u16": "<u2", "u32": "<u4", "u64": "<u8", "bool": "|b1",
}  # fmt: skip
SECTIONS = ("inputs", "outputs", "values")


class Problem(Exception):
    pass


def need(condition, sentence):
    if not condition:
        raise Problem(sentence)


# JSON (container.md, "JSON texts")


def parse_json(data):
    def members(pairs):
        names = [unicodedata.normalize("NFC", name) for name, _ in pairs]
        need(len(set(names)) == len(names), "a name stands twice in one object")
        return dict(pairs)

    def integer(text):
        if text == "-0" or len(text) > 20 or not -(2**63) <= int(text) < 2**64:
            return number(text)
        return int(text)

    def number(text):
        value = float(text)
        need(abs(value) != float("inf"), "a number is too large for a double")
        return value

    def refuse(text):
        raise Problem(f"{text} is not JSON")

    def depth(value):
        if isinstance(value, str):
            value.encode("utf-8")  # a lone surrogate fails
        if not isinstance(value, (dict, list)):
            return 0
        parts = list(value.values()) + list(value) if isinstance(value, dict) else value
        return 1 + max(map(depth, parts), default=0)

    try:
        value = json.loads(
            bytes(data).decode("utf-8"), object_pairs_hook=members, parse_int=integer, parse_float=number,
            parse_constant=refuse)  # fmt: skip
        need(depth(value) <= 64, "values are nested more than 64 deep")
    except (ValueError, RecursionError) as error:
        raise Problem(f"not JSON: {error}") from None
    return value


class Members:
    """Takes the members of an object one by one; leaving one over is an error."""

    def __init__(self, value, what):
        need(type(value) is dict, f"{what} must be an object")
        self.rest, self.what = dict(value), what

    def take(self, name, kind, default=None):
        if name not in self.rest:
            need(default is not None, f"{self.what}: the member '{name}' is missing")
            return default
        value = self.rest.pop(name)
        need(type(value) is kind, f"{self.what}: '{name}' must be a {kind.__name__}")
        return value

    def texts(self, name, default=None):
        values = self.take(name, list, default)
        need(all(type(value) is str for value in values), f"{self.what}: '{name}' must be a list of strings")
        return values

    def end(self):
        need(not self.rest, f"{self.what}: the member '{next(iter(self.rest), '')}' is unknown")


def is_integer(value):
    return type(value) is int and -(2**63) <= value < 2**63


# The document (container.md, "The document")


def read_document(value, digests_required=True, extra=lambda entry, members: None):
    """The document with defaults filled in; `extra` takes the members that an encoding adds to a tensor's entry."""
    top = Members(value, "the document")
    need(top.take("format", str) == "nnm", "not an nnm document")
    version = top.take("version", str)
    check_version(version)
    requires = top.texts("requires", [])
    need(not requires, f"the file requires {requires}, which this reader does not know")
    document = {
        "version": version, "digest": read_digest(top, digests_required),
        "metadata": top.take("metadata", dict, {}), "graph": read_graph(top.take("graph", dict)),
        "tensors": [], "examples": [read_example(entry) for entry in top.take("examples", list, [])],
        "provenance": read_provenance(top.take("provenance", dict, {})), "optional": top.take("optional", dict, {}),
    }  # fmt: skip
    for item in top.take("tensors", list, []):
        members = Members(item, "a tensor")
        entry = {key: members.take(key, str) for key in ("name", "dtype")} | {"shape": members.take("shape", list)}
        need(entry["dtype"] in DTYPES, f"the data type '{entry['dtype']}' is unknown")
        check_shape(entry["shape"])
        entry["digest"] = read_digest(members, digests_required)
        extra(entry, members)
        members.end()
        document["tensors"].append(entry)
    top.end()
    check_unique([entry["name"] for entry in document["tensors"]], "tensors")
    return document


def check_version(version, supported=1):
    parts = version.split(".")
    fits = all(part.isascii() and part.isdigit() and str(int(part)) == part and int(part) < 65536 for part in parts)
    need(len(parts) == 2 and fits, f"'{version}' is no version")
    need(int(parts[0]) == supported, f"the file has version {version}, this reader reads {supported}.x")


def check_shape(shape):
    need(all(is_integer(extent) and extent >= 0 for extent in shape), f"{shape} is no shape")
    need(len(shape) <= 32, "more than 32 dimensions")
    need(byte_count("f64", [extent for extent in shape if extent]) < 2**63, "more elements than can be counted")


def byte_count(dtype, shape):
    size = np.dtype(DTYPES[dtype]).itemsize
    for extent in shape:
        size *= extent
    return size


def read_digest(members, required=True):
    if not required and "digest" not in members.rest:
        return None
    text = members.take("digest", str)
    digits = text.removeprefix("sha256:")
    good = text.startswith("sha256:") and len(digits) == 64 and set(digits) <= set("0123456789abcdef")
    need(good, f"'{text}' is no digest")
    return text


def read_graph(value):
    members = Members(value, "the graph")
    graph = {"inputs": [], "nodes": [], "outputs": []}
    for item in members.take("inputs", list):
        entry = Members(item, "an input")
        graph["inputs"].append({"name": entry.take("name", str), "dtype": entry.take("dtype", str),
                                "shape": entry.take("shape", list)})  # fmt: skip
        entry.end()
    for item in members.take("nodes", list):
        entry = Members(item, "a node")
        node = {"name": entry.take("name", str), "kind": entry.take("kind", str),
                "fields": entry.take("fields", dict, {}), "inputs": entry.texts("inputs"),
                "parameters": entry.take("parameters", dict, {})}  # fmt: skip
        need(all(type(name) is str for name in node["parameters"].values()), "a parameter must name a tensor")
        entry.end()
        graph["nodes"].append(node)
    for item in members.take("outputs", list):
        entry = Members(item, "an output")
        graph["outputs"].append({"name": entry.take("name", str), "value": entry.take("value", str)})
        entry.end()
    members.end()
    return graph


def read_example(value):
    members = Members(value, "an example")
    example = {"name": members.take("name", str), "inputs": members.texts("inputs"),
               "outputs": members.texts("outputs"), "values": members.texts("values", [])}  # fmt: skip
    bounds = Members(members.take("tolerance", dict, {}), "a tolerance")
    example["tolerance"] = {}
    if "ulps" in bounds.rest:
        ulps = example["tolerance"]["ulps"] = bounds.rest.pop("ulps")
        need(is_integer(ulps) and ulps >= 0, "'ulps' must be an integer of at least 0")
    for name in ("absolute", "relative"):
        if name in bounds.rest:
            bound = bounds.rest.pop(name)
            bound = float("inf") if bound == "Infinity" else bound
            need(type(bound) in (int, float) and bound >= 0, f"'{name}' must be a number of at least 0")
            example["tolerance"][name] = float(bound)
    bounds.end()
    author = Members(members.take("computed_by", dict, {}), "'computed_by'")
    example["computed_by"] = {name: author.take(name, str, "") for name in ("framework", "version", "machine")}
    author.end()
    members.end()
    return example


def read_provenance(value):
    members = Members(value, "the provenance")
    provenance = {"sources": [], "tool": members.take("tool", str, ""), "steps": []}
    for item in members.take("sources", list, []):
        source = Members(item, "a source")
        provenance["sources"].append({"name": source.take("name", str), "format": source.take("format", str),
                                      "digest": read_digest(source)})  # fmt: skip
        source.end()
    for item in members.take("steps", list, []):
        entry = Members(item, "steps")
        provenance["steps"].append({"tensor": entry.take("tensor", str), "steps": entry.texts("steps")})
        entry.end()
    members.end()
    return provenance


# The rules (container.md, "Rules")


def check_unique(names, what):
    same = [unicodedata.normalize("NFC", name) for name in names]
    need(len(set(same)) == len(same), f"two {what} have the same name")


def check_name(name, colons=True):
    need(0 < len(name.encode("utf-8")) <= 1024, f"the name '{name[:80]}' is empty or too long")
    need(not any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in name), "a name has a control character")
    need(colons or ":" not in name, f"the name '{name}' has a colon")


def reference(text):
    """The name and the output's number of a reference."""
    name, colon, number = text.partition(":")
    good = name and (not colon or (number.isascii() and number.isdigit() and str(int(number)) == number))
    need(good and (not colon or 0 < int(number) < 2**20), f"'{text}' is no reference")
    return name, int(number or 0)


def component(name):
    if name in (".", ".."):
        return "%2E" * len(name)
    return name.replace("%", "%25").replace("/", "%2F")


def stored_names(example):
    return [
        f"examples/{component(example['name'])}/{section}/{component(name)}"
        for section in SECTIONS for name in example[section]
    ]  # fmt: skip


def check_model(document, tensors):
    """Demands the rules of a model whose stored tensors are `tensors`."""
    graph = document["graph"]
    need(graph["inputs"] and graph["outputs"], "a graph needs an input and an output")
    check_unique([part["name"] for part in graph["inputs"] + graph["nodes"]], "inputs or nodes")
    check_unique([part["name"] for part in graph["outputs"]], "outputs")
    check_unique([example["name"] for example in document["examples"]], "examples")
    known, used = set(), set()
    for entry in graph["inputs"]:
        check_name(entry["name"], colons=False)
        need(entry["dtype"] in DTYPES, f"the data type '{entry['dtype']}' is unknown")
        need(len(entry["shape"]) <= 32, "more than 32 dimensions")
        for extent in entry["shape"]:
            if type(extent) is str:
                need(extent != "?", "an open extent needs a name")
                check_name(extent)
            else:
                need(is_integer(extent) and extent >= 0, f"{extent} is no extent")
        known.add(entry["name"])
    for node in graph["nodes"]:
        check_name(node["name"], colons=False)
        check_name(node["kind"])
        for text in node["inputs"]:
            need(reference(text)[0] in known, f"node '{node['name']}' uses '{text}', which is not known there")
        for role, name in node["parameters"].items():
            check_name(role, colons=False)
            need("/" not in role and role not in (".", ".."), f"'{role}' is no role")
            need(name in tensors and not name.startswith("examples/"), f"the tensor '{name}' is missing")
            used.add(name)
        known.add(node["name"])
    for output in graph["outputs"]:
        check_name(output["name"])
        need(reference(output["value"])[0] in known, f"the output '{output['name']}' does not exist")
    expected = set(used)
    for example in document["examples"]:
        check_name(example["name"])
        for section in SECTIONS:
            check_unique(example[section], section)
        need(set(example["inputs"]) == {entry["name"] for entry in graph["inputs"]}, "an example's inputs differ")
        need(set(example["outputs"]) == {entry["name"] for entry in graph["outputs"]}, "an example's outputs differ")
        need(all(reference(text)[0] in known for text in example["values"]), "an example's value does not exist")
        expected.update(stored_names(example))
        for entry in graph["inputs"]:
            stored = f"examples/{component(example['name'])}/inputs/{component(entry['name'])}"
            need(stored in tensors, f"the tensor '{stored}' is missing")
            need(fits(tensors[stored], entry), f"'{stored}' is not what the input '{entry['name']}' demands")
    need(not expected - set(tensors), f"tensors are missing: {sorted(expected - set(tensors))[:3]}")
    need(not set(tensors) - expected, f"nothing uses the tensors {sorted(set(tensors) - expected)[:3]}")
    for name in used:
        check_name(name)


def fits(tensor, entry):
    shape = tensor.array.shape
    return tensor.dtype == entry["dtype"] and len(shape) == len(entry["shape"]) and all(
        type(wanted) is str or wanted == extent for extent, wanted in zip(shape, entry["shape"]))  # fmt: skip


# The content digest (container.md, "Content digest")


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value):
    if type(value) is float:
        return "#" + struct.pack(">d", value).hex()
    if type(value) is list:
        return "[" + ",".join(map(canonical, value)) + "]"
    if type(value) is dict:
        names = sorted(value, key=lambda name: name.encode("utf-8"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    return json.dumps(value, ensure_ascii=False)


def canonical_text(document):
    examples = [dict(example) for example in document["examples"]]
    for example in examples:
        bounds = example["tolerance"].items()
        example["tolerance"] = {name: "Infinity" if bound == float("inf") else bound for name, bound in bounds}
    tensors = [{key: entry[key] for key in ("name", "dtype", "shape", "digest")} for entry in document["tensors"]]
    tensors.sort(key=lambda entry: entry["name"].encode("utf-8"))
    part = {"examples": examples, "graph": document["graph"], "metadata": document["metadata"], "tensors": tensors}
    return canonical(part).encode("utf-8")


def as_tensor(entry, data):
    """The tensor of an entry whose bytes are `data`, checked against its digest."""
    need(len(data) == byte_count(entry["dtype"], entry["shape"]), f"'{entry['name']}' has the wrong size")
    found = digest(data)
    need(entry["digest"] in (None, found), f"the tensor '{entry['name']}' is damaged")
    entry["digest"] = found
    if entry["dtype"] == "bool":
        need(not len(data) or max(bytes(data)) <= 1, "a truth value is neither 0 nor 1")
    return Tensor(entry["dtype"], np.frombuffer(data, DTYPES[entry["dtype"]]).reshape(entry["shape"]))


def finish(document, data):
    """The model of a document, where `data` maps each tensor's name to its bytes: everything is checked."""
    entries = document["tensors"]
    tensors = {entry["name"]: as_tensor(entry, data[entry["name"]]) for entry in entries}
    check_model(document, tensors)
    found = digest(canonical_text(document))
    need(document["digest"] in (None, found), f"the content is damaged: {found}, not {document['digest']}")
    return document | {"digest": found, "tensors": tensors}
