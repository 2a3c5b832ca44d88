"""Writers of the native binary encoding and of JSON, written from spec/ alone, so that readers meet files of another hand."""

import base64
import hashlib
import json
import struct

import document as nnm
from read_nnm import MAGIC, aligned


def table(model):
    """The entries of the tensors, the order of the file being the order of the dict."""
    return [
        {"name": name, "dtype": tensor.dtype, "shape": list(tensor.array.shape),
         "digest": nnm.digest(tensor.array.tobytes())}
        for name, tensor in model["tensors"].items()
    ]  # fmt: skip


def document(model, entries):
    parts = {key: model[key] for key in ("graph", "examples", "metadata")}
    digest = nnm.digest(nnm.canonical_text(parts | {"tensors": entries}))
    result = {"format": "nnm", "version": "1.0", "digest": digest} | parts | {"tensors": entries}
    return result | {key: model[key] for key in ("provenance", "optional") if model.get(key)}


def nnm_bytes(model):
    entries, data = table(model), b""
    header = document(model, entries)
    for entry, tensor in zip(entries, model["tensors"].values()):
        data = data.ljust(aligned(len(data)), b"\0")
        entry["offset"] = len(data)
        data += tensor.array.tobytes()
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    start = aligned(64 + len(text)) if entries else 64 + len(text)
    head = MAGIC + struct.pack("<HHIQQ", 1, 0, 0, len(text), start + len(data))
    return (head + hashlib.sha256(head + text).digest() + text).ljust(start, b"\0") + data


def json_bytes(model, with_digests=True):
    entries = table(model)
    result = document(model, entries)
    for entry, tensor in zip(entries, model["tensors"].values()):
        entry["base64"] = base64.b64encode(tensor.array.tobytes()).decode()
        if not with_digests:
            del entry["digest"]
    if not with_digests:
        del result["digest"]
    return json.dumps(result, ensure_ascii=False, indent=1).encode("utf-8")
