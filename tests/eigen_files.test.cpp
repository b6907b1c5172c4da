// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <string>
#include <tuple>
#include <vector>

#include "alphabar/io/csv.hpp"
#include "alphabar/io/npy.hpp"
#include "alphabar/io/sample_file.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/temporary_file.hpp"

/// Eigen's objects in the files of a module that does not know Eigen.
namespace eigen_files_test {

using namespace alphabar;
using test::complaint;
using test::TemporaryFile;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Shape = std::vector<std::size_t>;

Eigen::MatrixXd some() { return (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished(); }

// Would catch rows and columns that change places, in either order of memory.
TEST_CASE("NPY: matrices keep rows and columns") {
  const TemporaryFile file;
  const auto stored = [&] { return io::read_npy<io::Array<>>(file.path()); };
  io::write_npy(file.path(), some());
  CHECK(stored() == io::Array<>{{2, 3}, true, {1, 4, 2, 5, 3, 6}});
  CHECK(io::read_npy<Eigen::MatrixXd>(file.path()) == some());
  CHECK(io::read_npy<RowMajor>(file.path()) == some());
  CHECK(io::read_npy<Eigen::Matrix<float, 2, 3>>(file.path()) == some().cast<float>());
  io::write_npy(file.path(), RowMajor(some()));
  CHECK(stored() == io::Array<>{{2, 3}, false, {1, 2, 3, 4, 5, 6}});
  CHECK(io::read_npy<Eigen::MatrixXd>(file.path()) == some());
  io::write_npy(file.path(), some().transpose());  // a view: nothing is copied
  CHECK(stored() == io::Array<>{{3, 2}, false, {1, 4, 2, 5, 3, 6}});
  CHECK(io::read_npy<Eigen::ArrayXXd>(file.path()).matrix() == some().transpose());
  const Eigen::MatrixXd matrix = some();
  io::write_npy(file.path(), matrix.middleCols(1, 2));
  CHECK(io::read_npy<Eigen::MatrixXd>(file.path()) == matrix.middleCols(1, 2));
  io::write_npy(file.path(), matrix.col(1));
  CHECK(stored() == io::Array<>{{2}, false, {2, 5}});
  CHECK(io::read_npy<Eigen::VectorXd>(file.path()) == matrix.col(1));
  CHECK(io::read_npy<Eigen::RowVectorXd>(file.path()) == matrix.col(1).transpose());
  CHECK(io::read_npy<Eigen::MatrixXd>(file.path()).cols() == 1);
  io::write_npy(file.path(), Eigen::MatrixXd(matrix.col(1)));  // a matrix of one column
  CHECK(stored() == io::Array<>{{2, 1}, false, {2, 5}});
  CHECK(io::read_npy<Eigen::VectorXd>(file.path()) == matrix.col(1));
  io::write_npy(file.path(), Eigen::MatrixXd(matrix.row(1)));  // a matrix of one row
  CHECK(stored() == io::Array<>{{1, 3}, false, {4, 5, 6}});
  CHECK(io::read_npy<Eigen::RowVectorXd>(file.path()) == matrix.row(1));
  io::write_npy(file.path(), some(), {3, 2});  // as it lies in memory
  CHECK(stored() == io::Array<>{{3, 2}, false, {1, 4, 2, 5, 3, 6}});
}

// Would catch samples that Python has as columns, and SampleFile not at all.
TEST_CASE("NPY: the transpose of a batch is a file of samples") {
  const TemporaryFile file;
  io::write_npy(file.path(), some().transpose());
  io::SampleFile samples(file.path());
  CHECK(samples.count() == 3);
  Eigen::MatrixXd batch(2, 3);
  samples.read(0, batch);
  CHECK(batch == some());
}

TEST_CASE("CSV: matrices keep rows and columns") {
  const TemporaryFile file;
  io::write_csv(file.path(), some(), {"a", "b", "c"});
  CHECK(file.bytes() == "a,b,c\n1,2,3\n4,5,6\n");
  CHECK(io::read_csv<Eigen::MatrixXd>(file.path()) == some());
  std::vector<std::string> names;
  const std::vector<std::string> awkward{"#0", " b\n", ""};
  io::write_csv(file.path(), some(), awkward);
  CHECK(io::read_csv<Eigen::MatrixXd>(file.path(), &names) == some());
  CHECK(names == awkward);
  io::write_csv(file.path(), RowMajor(some()));
  CHECK(file.bytes() == "1,2,3\n4,5,6\n");
  CHECK(io::read_csv<RowMajor>(file.path()) == some());
  const Eigen::MatrixXd matrix = some();
  io::write_csv(file.path(), matrix.col(2));
  CHECK(file.bytes() == "3\n6\n");
  CHECK(io::read_csv<Eigen::VectorXd>(file.path()) == matrix.col(2));
}

// Would catch a row vector, written as a column, that is not read back.
TEST_CASE("CSV: vectors are read back, and tables without numbers are refused") {
  const TemporaryFile file;
  const Eigen::RowVectorXd row = some().row(1);
  io::write_csv(file.path(), row, {"t"});
  CHECK(file.bytes() == "t\n4\n5\n6\n");
  CHECK(io::read_csv<Eigen::RowVectorXd>(file.path()) == row);
  CHECK(io::read_csv<Eigen::VectorXd>(file.path()) == row.transpose());
  CHECK(io::read_csv<Eigen::MatrixXd>(file.path()) == row.transpose());
  io::write_csv(file.path(), Eigen::MatrixXd(row));  // one line
  CHECK(io::read_csv<Eigen::RowVectorXd>(file.path()) == row);
  const auto read = [&] {
    return complaint([&] { (void)io::read_csv<Eigen::MatrixXd>(file.path()); });
  };
  const std::string none = "runtime_error: " + file.path() + ": holds no numbers";
  io::write_csv(file.path(), Eigen::MatrixXd(0, 2), {"a", "b"});
  CHECK(read() == none);
  io::write_csv(file.path(), Eigen::MatrixXd(3, 0));
  CHECK(read() == none);
}

// Would catch numbers that are written behind the end of a matrix.
TEST_CASE("files of matrices: a largest size at compile time is a bound") {
  using AtMost3 = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 3, 3>;
  using AtMost3Long = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 3, 1>;
  const TemporaryFile file;
  const auto refused = [&](const std::string& shape) {
    return "runtime_error: " + file.path() + ": holds an array of " + shape +
           ", which the matrix type cannot hold";
  };
  io::write_npy(file.path(), some());
  CHECK(io::read_npy<AtMost3>(file.path()) == some());
  for (const auto& [rows, cols, shape] :
       {std::tuple{6, 6, "6 x 6"}, {4, 3, "4 x 3"}, {3, 4, "3 x 4"}}) {
    const Eigen::MatrixXd large = Eigen::MatrixXd::Ones(rows, cols);
    io::write_npy(file.path(), large);
    CHECK(complaint([&] { (void)io::read_npy<AtMost3>(file.path()); }) == refused(shape));
    io::write_csv(file.path(), large);
    CHECK(complaint([&] { (void)io::read_csv<AtMost3>(file.path()); }) == refused(shape));
  }
  io::write_csv(file.path(), Eigen::VectorXd(Eigen::VectorXd::Ones(4)));
  CHECK(complaint([&] { (void)io::read_csv<AtMost3Long>(file.path()); }) == refused("4 x 1"));
}

TEST_CASE("files of matrices: what is refused") {
  const TemporaryFile file;
  const std::string at = "runtime_error: " + file.path() + ": ";
  const Eigen::MatrixXd matrix = some();
  CHECK(complaint([&] {
          io::write_npy(file.path(), matrix.topRows(1));
        }).find("must be contiguous: outer stride 1, got 2") != std::string::npos);
  CHECK(complaint([&] {
          io::write_npy(file.path(), matrix.block(0, 0, 1, 2));
        }).find("must be contiguous") != std::string::npos);
  CHECK(complaint([&] {
          io::write_csv(file.path(), matrix.row(0).head(2));
        }).find("must be contiguous: inner stride 1, got 2") != std::string::npos);
  CHECK(complaint([&] { io::write_csv(file.path(), matrix.row(0).head(1)); }) == "nothing");
  CHECK(complaint([&] {
          io::write_csv(file.path(), matrix.row(0));
        }).find("alphabar::io::write_csv: values must be contiguous: inner stride 1, got 2") !=
        std::string::npos);
  io::write_npy(file.path(), matrix);
  CHECK(complaint([&] { (void)io::read_npy<Eigen::VectorXd>(file.path()); }) ==
        at + "holds an array of 2 x 3, which the matrix type cannot hold");
  CHECK(complaint([&] { (void)io::read_npy<Eigen::Matrix3d>(file.path()); }) ==
        at + "holds an array of 2 x 3, which the matrix type cannot hold");
  io::write_npy(file.path(), matrix, {1, 2, 3});
  CHECK(complaint([&] { (void)io::read_npy<Eigen::MatrixXd>(file.path()); }) ==
        at + "holds an array of 3 axes, no matrix");
  // Would catch a matrix of -1 rows.
  const std::string text = "{'descr':'<f8','fortran_order':False,'shape':(18446744073709551615,0)}";
  file.put(std::string("\x93NUMPY\1\0", 8) + static_cast<char>(text.size()) + '\0' + text);
  CHECK(complaint([&] {
          (void)io::read_npy<Eigen::MatrixXd>(file.path());
        }).starts_with(at + "byte 0: axis 0 of the shape has length 18446744073709551615; "));
}

}  // namespace eigen_files_test
