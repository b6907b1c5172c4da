# SPDX-License-Identifier: MIT
"""A Conan 2 recipe of the working tree: conan create cmake/conan"""
import pathlib
import re

from conan import ConanFile
from conan.tools.cmake import CMake
from conan.tools.files import copy


class Alphabar(ConanFile):
    name = "alphabar"
    description = "The forward diffusion process, seen through its covariance"
    license = "MIT"
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"
    requires = "eigen/3.4.0"
    generators = "CMakeToolchain", "CMakeDeps"
    no_copy_source = True

    def set_version(self):
        header = pathlib.Path(self.recipe_folder, "../../include/alphabar/version.hpp").read_text()
        self.version = ".".join(re.findall(r"#define ALPHABAR_VERSION_\w+ (\d+)", header))

    def export_sources(self):
        root = pathlib.Path(self.recipe_folder, "../..")
        for pattern in "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "docs/*", "*.md":
            copy(self, pattern, root, self.export_sources_folder)

    def build(self):
        CMake(self).configure({f"ALPHABAR_BUILD_{part}": False
                               for part in ("TESTS", "EXAMPLES", "BENCHMARKS")})

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, pathlib.Path(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = self.cpp_info.libdirs = []
