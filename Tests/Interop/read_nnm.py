"""A reader of the native binary encoding (`.nnm`), written from spec/container.md alone."""

import hashlib
import struct
import sys

import document as nnm
from document import need

MAGIC = b"\x89NNM\r\n\x1a\n"


def aligned(offset):
    return (offset + 63) // 64 * 64


def read(path):
    with open(path, "rb") as file:
        return parse(file.read())


def parse(data):
    need(data[:8] == MAGIC, "not an nnm file, or damaged by a transfer in text mode")
    need(len(data) >= 64, "the file is cut off in the preamble")
    major, minor, flags, header_length, file_length = struct.unpack("<HHIQQ", data[8:32])
    need(major == 1, f"the file has version {major}.{minor}, this reader reads 1.x")
    need(flags == 0, "unknown flags")
    need(file_length == len(data), f"the file should have {file_length} bytes and has {len(data)}")
    need(header_length <= min(2**28, len(data) - 64), "the header is longer than the file or than 256 MiB")
    end = 64 + header_length
    header = data[64:end]
    need(hashlib.sha256(data[:32] + header).digest() == data[32:64], "the header is damaged")

    start = aligned(end)
    parts = {}

    def place(entry, members):
        nonlocal end
        offset = members.take("offset", int)
        begin = aligned(end)
        need(offset == begin - start, f"'{entry['name']}' must begin at {begin - start}, not at {offset}")
        size = nnm.byte_count(entry["dtype"], entry["shape"])
        need(begin + size <= len(data), f"'{entry['name']}' is cut off")
        need(not any(data[end:begin]), "a byte between tensors is not zero")
        parts[entry["name"]] = data[begin : begin + size]
        end = begin + size

    document = nnm.read_document(nnm.parse_json(header), extra=place)
    need(document["version"] == f"{major}.{minor}", "the version differs between preamble and header")
    need(end == len(data), f"{len(data) - end} bytes follow the last tensor")
    return nnm.finish(document, parts)


if __name__ == "__main__":
    print(read(sys.argv[1])["digest"])
