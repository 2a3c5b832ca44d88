"""A reader of the JSON encoding, written from spec/json.md alone."""

import base64
import binascii
import sys

import numpy as np

import document as nnm
from document import need

STANDARD_NAN = {"f16": 0x7E00, "bf16": 0x7FC0, "f32": 0x7FC00000, "f64": 0x7FF8000000000000}
SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def read(path):
    with open(path, "rb") as file:
        return parse(file.read())


def parse(data):
    parts = {}

    def values(entry, members):
        given = {key: members.rest.pop(key) for key in ("values", "base64") if key in members.rest}
        need(len(given) == 1, f"'{entry['name']}' needs either 'values' or 'base64'")
        if "base64" in given:
            parts[entry["name"]] = unpack(given["base64"])
        else:
            elements = []
            flatten(given["values"], entry["shape"], elements)
            parts[entry["name"]] = encode(elements, entry["dtype"])

    return nnm.finish(nnm.read_document(nnm.parse_json(data), digests_required=False, extra=values), parts)


def unpack(text):
    need(type(text) is str and text.isascii(), "not base64")
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise nnm.Problem(f"not base64: {error}") from None
    need(base64.b64encode(data) == text.encode(), "not base64 in its only canonical form")
    return data


def flatten(value, shape, elements):
    if not shape:
        elements.append(value)
        return
    need(type(value) is list and len(value) == shape[0], "the values are not nested as the shape says")
    for element in value:
        flatten(element, shape[1:], elements)


def encode(elements, dtype):
    if dtype == "bool":
        need(all(type(element) is bool for element in elements), "a value is no truth value")
        return bytes(elements)
    if dtype[0] in "iu":
        need(all(type(element) is int for element in elements), f"a value is no {dtype}")
        bounds = np.iinfo(nnm.DTYPES[dtype])
        need(all(bounds.min <= element <= bounds.max for element in elements), f"a value is no {dtype}")
        return np.array(elements, nnm.DTYPES[dtype]).tobytes()
    numbers = [SPECIAL.get(element, element) if type(element) is str else element for element in elements]
    need(all(type(number) in (int, float) for number in numbers), f"a value is no {dtype}")
    doubles = np.array([float(number) for number in numbers], "<f8")
    with np.errstate(over="ignore"):
        if dtype == "bf16":
            rounded = round_bf16(doubles)
            bits, finite = (rounded.view("<u4") >> 16).astype("<u2"), np.isfinite(rounded)
        else:
            rounded = doubles.astype(nnm.DTYPES[dtype])
            bits, finite = rounded.view(f"<u{rounded.itemsize}").copy(), np.isfinite(rounded)
    need(bool(np.all(finite | ~np.isfinite(doubles))), f"a value is too large for {dtype}")
    bits[np.isnan(doubles)] = STANDARD_NAN[dtype]
    return bits.tobytes()


def round_bf16(doubles):
    """Singles with 8 significant bits, each the nearest to a double, ties to even."""
    exponent = np.maximum(np.frexp(doubles)[1] - 1, -126) - 7
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(doubles), np.ldexp(np.rint(np.ldexp(doubles, -exponent)), exponent), doubles).astype(
            "<f4")  # fmt: skip


if __name__ == "__main__":
    print(read(sys.argv[1])["digest"])
