"""Checks spec/architecture.schema.json with the jsonschema package (4.26.0): the schema itself, one document for each case of
Fixtures/layers, which must pass, and spoilt ones, which must not. Further documents can be named as arguments.
"""

import copy
import json
import sys
from pathlib import Path

import jsonschema

root = Path(__file__).resolve().parents[2]
schema = json.loads((root / "spec/architecture.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)


def document(case):
    inputs = [{"name": f"x{i}", "dtype": t["dtype"], "shape": t["shape"]} for i, t in enumerate(case["inputs"])]
    node = {
        "name": "layer", "kind": case["kind"], "fields": case["fields"], "inputs": [i["name"] for i in inputs],
        "parameters": {role: f"layer/{role}" for role in case["parameters"]}}
    tensors = [
        {"name": f"layer/{role}", "dtype": t["dtype"], "shape": t["shape"], "digest": "sha256:" + "0" * 64}
        for role, t in case["parameters"].items()]
    graph = {"inputs": inputs, "nodes": [node], "outputs": [{"name": "y", "value": "layer"}]}
    return {
        "format": "nnm", "version": "1.0", "metadata": {}, "graph": graph, "tensors": tensors, "examples": []}


def spoilt(good):
    """Documents that differ from a good one in one thing that is wrong."""
    def change(path, value):
        bad = copy.deepcopy(good)
        at = bad
        for key in path[:-1]:
            at = at[key]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return ".".join(map(str, path)), bad

    node = ("graph", "nodes", 0)
    yield change(("format",), "onnx")
    yield change(("version",), "2.0")
    yield change(("comment",), "unknown members are errors")
    yield change(("graph", "outputs"), [])
    yield change(("graph", "inputs", 0, "dtype"), "float32")
    yield change(("graph", "inputs", 0, "shape"), [-1])
    yield change((*node, "inputs"), ["x0:0"])
    yield change((*node, "name"), "a:b")
    yield change((*node, "fields", "colour"), "red")
    yield change((*node, "parameters", "colour"), "red")
    for name in good["graph"]["nodes"][0]["fields"]:
        yield change((*node, "fields", name), {"of": "the wrong kind"})
        required = next(r["then"] for r in schema["properties"]["graph"]["properties"]["nodes"]["items"]["allOf"]
                        if r["if"]["properties"]["kind"]["const"] == good["graph"]["nodes"][0]["kind"])
        if name in required["properties"]["fields"].get("required", []):
            yield change((*node, "fields", name), None)


good = bad = 0
for path in sorted((root / "Fixtures/layers").glob("*/*.json")):
    case = document(json.loads(path.read_text()))
    validator.validate(case)
    good += 1
    for what, wrong in spoilt(case):
        assert not validator.is_valid(wrong), f"{path}: {what} passes"
        bad += 1
for path in sys.argv[1:]:
    validator.validate(json.loads(Path(path).read_text()))
    good += 1
print(f"{good} documents pass, {bad} spoilt ones do not")
