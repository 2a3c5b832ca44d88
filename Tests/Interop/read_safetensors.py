"""A reader of the safetensors encoding, written from spec/safetensors.md alone."""

import struct
import sys

import document as nnm
from document import need


def read(path):
    with open(path, "rb") as file:
        return parse(file.read())


def parse(data):
    need(len(data) >= 8, "the file is cut off")
    (length,) = struct.unpack("<Q", data[:8])
    need(length <= min(100_000_000, len(data) - 8), "the header is longer than the file or than 100,000,000 bytes")
    header = nnm.parse_json(data[8 : 8 + length])
    need(type(header) is dict, "the header must be an object")
    metadata = header.pop("__metadata__", {})
    need(type(metadata) is dict and all(type(text) is str for text in metadata.values()), "bad '__metadata__'")
    need("nnm" in metadata, "the file has tensors, but no graph")

    data = data[8 + length :]
    stored = {}
    for name, value in header.items():
        members = nnm.Members(value, f"'{name}'")
        dtype, shape = members.take("dtype", str).lower(), members.take("shape", list)
        offsets = members.take("data_offsets", list)
        members.end()
        need(value["dtype"] == dtype.upper() and dtype in nnm.DTYPES, f"'{name}' has an unknown data type")
        nnm.check_shape(shape)
        need(len(offsets) == 2 and all(nnm.is_integer(offset) for offset in offsets), f"'{name}' has bad offsets")
        stored[name] = (dtype, shape, *offsets)
    end = 0
    for name, (dtype, shape, begin, stop) in sorted(stored.items(), key=lambda item: item[1][2:]):
        need(begin == end, f"'{name}' does not begin where the tensor before ends")
        need(stop - begin == nnm.byte_count(dtype, shape), f"'{name}' has the wrong size")
        end = stop
    need(end == len(data), "the data do not end with the last tensor")

    document = nnm.read_document(nnm.parse_json(metadata["nnm"].encode("utf-8")))
    listed = {entry["name"]: (entry["dtype"], entry["shape"]) for entry in document["tensors"]}
    need(listed == {name: place[:2] for name, place in stored.items()}, "header and document list different tensors")
    return nnm.finish(document, {name: data[place[2] : place[3]] for name, place in stored.items()})


if __name__ == "__main__":
    print(read(sys.argv[1])["digest"])
