#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that what must repeat the version (a vcpkg port cannot read it) says what version.hpp says."""
import json
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
header = (root / "include/alphabar/version.hpp").read_text(encoding="utf-8")
version = ".".join(re.findall(r"#define ALPHABAR_VERSION_\w+ (\d+)", header))
port = json.loads((root / "cmake/vcpkg/alphabar/vcpkg.json").read_text(encoding="utf-8"))["version"]
if port != version:
    sys.exit(f"cmake/vcpkg/alphabar/vcpkg.json has version {port}, version.hpp {version}")
