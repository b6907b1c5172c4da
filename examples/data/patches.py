#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cuts a gray photograph (PNG, 8 bits, not interlaced) into square patches, as an IDX file that
diffuse_dataset reads.

    patches.py camera.png camera.idx [SIDE [STRIDE]]     8 by 8 pixels every 4 pixels
"""
import struct
import sys
import zlib


def chunks(png):
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        yield kind, png[at + 8:at + 8 + length]
        at += length + 12


def predicted(kind, left, up, corner):
    if kind == 4:  # Paeth: the one that is nearest to left + up - corner
        return min((left, up, corner), key=lambda value: abs(left + up - corner - value))
    return (0, left, up, (left + up) // 2)[kind]


def read_gray(path):
    with open(path, "rb") as file:
        png = file.read()
    parts = list(chunks(png)) if png.startswith(b"\x89PNG\r\n\x1a\n") else []
    header = struct.unpack(">IIBBBBB", parts[0][1]) if parts else (0, 0, 0, 0, 0, 0, 0)
    width, height = header[:2]
    if header[2:] != (8, 0, 0, 0, 0):
        sys.exit(f"{path}: not a gray PNG of 8 bits that is not interlaced")
    data = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    rows = [bytearray(width)]
    for y in range(height):
        start = y * (width + 1)
        kind, row = data[start], bytearray(data[start + 1:start + 1 + width])
        above = rows[-1]
        for x in range(width):
            left, corner = (row[x - 1], above[x - 1]) if x else (0, 0)
            row[x] = (row[x] + predicted(kind, left, above[x], corner)) & 255
        rows.append(row)
    return rows[1:]


def main():
    if not 3 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    side, stride = (int(text) for text in (sys.argv[3:] + ["8", "4"][len(sys.argv) - 3:])[:2])
    rows = read_gray(sys.argv[1])
    corners = [(y, x) for y in range(0, len(rows) - side + 1, stride)
               for x in range(0, len(rows[0]) - side + 1, stride)]
    with open(sys.argv[2], "wb") as out:
        out.write(struct.pack(">BBBBIII", 0, 0, 8, 3, len(corners), side, side))
        for y, x in corners:
            for row in rows[y:y + side]:
                out.write(row[x:x + side])


if __name__ == "__main__":
    main()
