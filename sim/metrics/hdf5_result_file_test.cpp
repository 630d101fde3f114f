#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/check.h"
#include "sim/metrics/hdf5_handle.h"
#include "sim/metrics/hdf5_layout.h"
#include "sim/metrics/result_file.h"
#include "sim/metrics/results_hash.h"

namespace updraft::sim {
namespace {

using hdf5::Handle;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A folder of the test's own, removed afterwards.
class ResultFile : public testing::Test {
 protected:
  ResultFile() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("updraft_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~ResultFile() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name = "results.h5") const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::vector<std::string> names_in_folder() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  [[nodiscard]] std::string folder() const { return folder_.string(); }

 private:
  std::filesystem::path folder_;
};

class Reader {
 public:
  explicit Reader(const std::string& path)
      : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
    EXPECT_GE(file_.get(), 0) << path;
  }
  [[nodiscard]] hid_t file() const { return file_.get(); }

  template <class Value>
  [[nodiscard]] std::vector<Value> read(const std::string& name) const {
    const Handle dataset(H5Dopen2(file_.get(), name.c_str(), H5P_DEFAULT));
    const Handle space(H5Dget_space(dataset.get()));
    std::vector<Value> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    const hid_t type = std::is_same_v<Value, double> ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
    EXPECT_GE(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0)
        << name;
    return values;
  }
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const {
    const Handle dataset(H5Dopen2(file_.get(), name.c_str(), H5P_DEFAULT));
    const Handle space(H5Dget_space(dataset.get()));
    std::vector<char*> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    const Handle type = hdf5::memory_type(hdf5::Store::kString);
    EXPECT_GE(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0)
        << name;
    std::vector<std::string> result;
    result.reserve(values.size());
    for (const char* value : values) {
      result.emplace_back(value == nullptr ? "" : value);
    }
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, values.data());
    return result;
  }
  [[nodiscard]] std::int64_t attribute(const std::string& name) const {
    const Handle attribute(
        H5Aopen_by_name(file_.get(), "/", name.c_str(), H5P_DEFAULT, H5P_DEFAULT));
    std::int64_t value = -1;
    EXPECT_GE(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), 0) << name;
    return value;
  }

 private:
  Handle file_;
};

void append(ResultSink& sink, std::int64_t k, const std::vector<double>& values) {
  sink.append_period(60s, kStart + 60s * k, values);
}

TableSpec lives() {
  return {"/lives",
          "life",
          {{.name = "name", .type = ColumnType::kString},
           {.name = "born", .type = ColumnType::kTime},
           {.name = "died", .type = ColumnType::kTime, .late = true},
           {.name = "cause", .type = ColumnType::kString, .late = true},
           {.name = "weight", .type = ColumnType::kDouble, .late = true},
           {.name = "kind", .type = ColumnType::kFlag, .late = true, .meanings = {"cat", "dog"}},
           {.name = "legs", .type = ColumnType::kInt32}}};
}

std::int64_t born(ResultSink& sink, TableId table, std::string_view name, Time at) {
  const std::array<Cell, 7> cells{name, to_ns(at), kOpenCell,      std::string_view(),
                                  kNan, kOpenCell, std::int64_t{4}};
  return sink.append_row(table, cells);
}

TEST_F(ResultFile, ReplacesResultFilesAndEmptyFilesAlone) {
  const auto write = [&](const std::string& text) {
    std::ofstream(path(), std::ios::binary) << text;
  };
  const auto make = [&] { create_result_file(path(), {})->finish(kStart); };
  const auto refusal = [&](const std::string& at) -> std::string {
    try {
      create_result_file(at, {});
    } catch (const ResultFileError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_FALSE(is_result_file(path()));
  write("");
  make();
  EXPECT_TRUE(is_result_file(path()));
  make();

  const std::string no_result =
      path() + " is there and is no result file; remove it or name another";
  write("scenario: mine\n");
  EXPECT_FALSE(is_result_file(path()));
  EXPECT_EQ(refusal(path()), no_result);
  std::ifstream kept(path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "scenario: mine\n");

  {
    const hdf5::Lock lock;
    const Handle theirs(H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  }
  EXPECT_FALSE(is_result_file(path())) << "HDF5, but somebody else's";
  EXPECT_EQ(refusal(path()), no_result);
  write("\x89HDF\r\n\x1a\n and no more");
  EXPECT_FALSE(is_result_file(path()));

  EXPECT_EQ(refusal(folder()), folder() + " is a folder; name a file in it");
  EXPECT_EQ(refusal("/dev/null"), "/dev/null is not a plain file; name another");
  EXPECT_EQ(why_not_output(path(), path()), path() + " is the scenario itself; name another file");
}

TEST_F(ResultFile, ExistsAndIsEmptyFromTheStart) {
  const auto file = create_result_file(path(), {});
  const Reader reader(path());
  EXPECT_EQ(reader.attribute("complete"), 0);
  EXPECT_EQ(reader.attribute("valid_until"), 0);
}

TEST_F(ResultFile, HoldsTheSeriesOfEachCadence) {
  const auto file = create_result_file(path(), {.run = 10min});
  file->add_series_column({"/alb", "RequestCount", 60s, {{"units", std::string("Count")}}});
  file->add_series_column({"/fleet/group", "Credits", 300s, {}});
  append(*file, 0, {1.5});
  append(*file, 1, {kNan});
  file->append_period(300s, kStart, std::vector{7.0});
  file->add_series_column({"/alb", "Late", 60s, {}});
  append(*file, 2, {3, 4});
  file->finish(kStart + 3min);
  const Reader reader(path());
  EXPECT_THAT(reader.read<double>("/alb/RequestCount"), ElementsAre(1.5, testing::IsNan(), 3));
  EXPECT_THAT(reader.read<double>("/alb/Late"), ElementsAre(testing::IsNan(), testing::IsNan(), 4));
  EXPECT_THAT(reader.read<double>("/fleet/group/Credits"), ElementsAre(7));
  EXPECT_THAT(reader.read<std::int64_t>("/alb/time_60s"), ElementsAre(0, 60, 120));
  EXPECT_EQ(reader.attribute("complete"), 1);
  EXPECT_EQ(reader.attribute("valid_until"), 180);
  EXPECT_EQ(reader.attribute("valid_until_ns"), 180'000'000'000);
}

TEST_F(ResultFile, SeriesOfManyChunksReadBackWhole) {
  const auto file = create_result_file(path(), {.run = 5h});  // chunks of 60 rows
  file->add_series_column({"/a", "early", 60s, {}});
  for (std::int64_t k = 0; k < 130; ++k) {
    if (k == 70) {
      file->add_series_column({"/a", "late", 60s, {}});
    }
    const auto x = static_cast<double>(k);
    append(*file, k, k < 70 ? std::vector{x} : std::vector{x, -x});
    if (k == 95) {
      file->commit(kStart + 96min);  // inside a chunk
    }
  }
  file->finish(kStart + 130min);
  const Reader reader(path());
  const std::vector<double> early = reader.read<double>("/a/early");
  const std::vector<double> late = reader.read<double>("/a/late");
  ASSERT_EQ(early.size(), 130u);
  ASSERT_EQ(late.size(), 130u);
  for (std::size_t k = 0; k < 130; ++k) {
    EXPECT_EQ(early[k], static_cast<double>(k));
    EXPECT_TRUE(k < 70 ? std::isnan(late[k]) : late[k] == -static_cast<double>(k)) << k;
  }
}

TEST_F(ResultFile, LateCellsAreFilledWhereverTheirRowIs) {
  const auto file = create_result_file(path(), {});
  const TableId table = file->add_table(lives());
  const std::int64_t old = born(*file, table, "Tom", kStart + 1500ms);
  file->commit(kStart + 1h);  // writes the row
  const std::int64_t young = born(*file, table, "Rex", kStart + 1h);
  for (const std::int64_t row : {old, young}) {
    file->set_cell(table, row, 2, to_ns(kStart + 2h + 1ns));
    file->set_cell(table, row, 3, std::string_view("boredom"));
    file->set_cell(table, row, 4, 4.5);
    file->set_cell(table, row, 5, std::int64_t{row == old ? 0 : 1});
  }
  born(*file, table, "Eve", kStart + 3h);
  file->finish(kStart + 4h);
  const Reader reader(path());
  EXPECT_THAT(reader.texts("/lives/name"), ElementsAre("Tom", "Rex", "Eve"));
  EXPECT_THAT(reader.read<std::int64_t>("/lives/born"), ElementsAre(1, 3600, 10800));
  EXPECT_THAT(reader.read<std::int64_t>("/lives/born_ns"),
              ElementsAre(1'500'000'000, 3600'000'000'000, 10800'000'000'000));
  EXPECT_THAT(reader.read<std::int64_t>("/lives/died"), ElementsAre(7200, 7200, kOpenCell));
  EXPECT_THAT(reader.read<std::int64_t>("/lives/died_ns"),
              ElementsAre(7200'000'000'001, 7200'000'000'001, kOpenCell));
  EXPECT_THAT(reader.texts("/lives/cause"), ElementsAre("boredom", "boredom", ""));
  EXPECT_THAT(reader.read<double>("/lives/weight"), ElementsAre(4.5, 4.5, testing::IsNan()));
  EXPECT_THAT(reader.read<std::int64_t>("/lives/kind"), ElementsAre(0, 1, -1));
  EXPECT_THAT(reader.read<std::int64_t>("/lives/legs"), ElementsAre(4, 4, 4));
}

TEST_F(ResultFile, TablesOfManyChunksReadBackWhole) {
  const auto file = create_result_file(path(), {});
  const TableId table = file->add_table(lives());
  for (int i = 0; i < 3000; ++i) {
    const std::int64_t row = born(*file, table, "n" + std::to_string(i), kStart + 1s * i);
    ASSERT_EQ(row, i);
    if (i % 700 == 699) {
      file->commit(kStart + 1s * i);
    }
    if (i % 3 == 2) {
      file->set_cell(table, i / 3, 4, 0.5 * i);
    }
  }
  file->finish(kStart + 1h);
  const Reader reader(path());
  const std::vector<std::string> names = reader.texts("/lives/name");
  const std::vector<double> weights = reader.read<double>("/lives/weight");
  ASSERT_EQ(names.size(), 3000u);
  for (std::size_t i = 0; i < 3000; ++i) {
    ASSERT_EQ(names[i], "n" + std::to_string(i));
    ASSERT_TRUE(i < 1000 ? weights[i] == 0.5 * static_cast<double>(3 * i + 2)
                         : std::isnan(weights[i]))
        << i;
  }
}

TEST_F(ResultFile, MoreColumnsThanAnObjectHeaderHoldsReferences) {
  const auto file = create_result_file(path(), {});
  for (int i = 0; i < 4500; ++i) {
    file->add_series_column({"/r" + std::to_string(i / 10), "m" + std::to_string(i % 10), 60s, {}});
  }
  append(*file, 0, std::vector<double>(4500, 2.0));
  file->finish(kStart + 1min);
  const Reader reader(path());
  EXPECT_THAT(reader.read<double>("/r449/m9"), ElementsAre(2.0));
}

TEST_F(ResultFile, AttributesMayBeLongAndReplaced) {
  const auto file = create_result_file(path(), {});
  const std::string text(200'000, 'x');
  file->set_attribute("/", {"scenario_text", text});
  file->set_attribute("/", {"seed", std::int64_t{1}});
  file->set_attribute("/", {"seed", std::int64_t{2}});
  file->set_attribute("/new/group", {"empty", std::string()});
  file->finish(kStart);
  EXPECT_EQ(Reader(path()).attribute("seed"), 2);
}

TEST_F(ResultFile, LeavesNothingElseInTheFolder) {
  {
    const auto file = create_result_file(path(), {});
    file->commit(kStart + 1h);
    EXPECT_THAT(names_in_folder(), ElementsAre("results.h5"));
    file->finish(kStart + 2h);
  }
  EXPECT_THAT(names_in_folder(), ElementsAre("results.h5"));
}

TEST_F(ResultFile, AnAbandonedRunLeavesItsLastCommit) {
  {
    const auto file = create_result_file(path(), {});
    file->add_series_column({"/a", "x", 60s, {}});
    append(*file, 0, {1});
    file->commit(kStart + 1min);
    append(*file, 1, {2});
  }
  const Reader reader(path());
  EXPECT_EQ(reader.attribute("complete"), 0);
  EXPECT_EQ(reader.attribute("valid_until"), 60);
  EXPECT_THAT(reader.read<double>("/a/x"), ElementsAre(1));
}

TEST_F(ResultFile, ReplacesAnOlderFileAndTakesTheUsersMode) {
  create_result_file(path(), {})->commit(kStart);
  EXPECT_EQ(Reader(path()).attribute("complete"), 0);
  create_result_file(path(), {})->finish(kStart);
  EXPECT_EQ(Reader(path()).attribute("complete"), 1);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0666 & ~mask);
}

TEST_F(ResultFile, SaysWhichFileItCannotWrite) {
  try {
    create_result_file(path("no/such/folder/results.h5"), {});
    FAIL() << "did not throw";
  } catch (const ResultFileError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no/such/folder/results.h5: there is no folder "));
  }
  const std::string too_long(300, 'n');
  try {
    create_result_file(path(too_long), {});
    FAIL() << "did not throw";
  } catch (const ResultFileError& error) {
    EXPECT_THAT(error.what(), HasSubstr(too_long + ": cannot create a file in"));
    EXPECT_THAT(error.what(), HasSubstr("File name too long"));
  }
}

TEST_F(ResultFile, RefusesWhatBreaksItsOrder) {
  const auto file = create_result_file(path(), {});
  file->add_series_column({"/a", "x", 60s, {}});
  EXPECT_THROW(append(*file, 1, {1}), InvariantError);
  EXPECT_THROW(append(*file, 0, {1, 2}), InvariantError);
  const TableId table = file->add_table(lives());
  EXPECT_THROW(file->append_row(table, std::vector<Cell>(3)), InvariantError);
  born(*file, table, "a", kStart);
  EXPECT_THROW(file->set_cell(table, 0, 0, std::string_view("b")), InvariantError);  // not late
  EXPECT_THROW(file->set_cell(table, 1, 4, 1.0), InvariantError);                    // no such row
  EXPECT_THROW(file->set_cell(table, 0, 5, std::int64_t{2}), InvariantError);        // no such flag
  file->finish(kStart);
  EXPECT_THROW(file->commit(kStart), InvariantError);
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A small file with a bit of everything; `change` may add to it before the end.
void write_small(const std::string& path, const std::function<void(ResultSink&)>& change = {},
                 double value = 1.5, const ResultFileOptions& options = {},
                 const std::string& column = "x", std::string_view name = "Tom") {
  const auto file = create_result_file(path, options);
  file->set_attribute("/", {"version", std::string("0.1.0")});
  file->set_attribute("/", {"seed", std::int64_t{1}});
  file->set_attribute("/", {"rate", 0.25});
  file->add_series_column({"/a", column, 60s, {{"units", std::string("Count")}}});
  append(*file, 0, {value});
  append(*file, 1, {kNan});
  const TableId table = file->add_table(lives());
  born(*file, table, name, kStart);
  if (change) {
    change(*file);
  }
  file->finish(kStart + 2min);
}

TEST_F(ResultFile, TwoRunsWriteTheSameBytes) {
  write_small(path("a.h5"));
  write_small(path("b.h5"));
  EXPECT_EQ(bytes_of(path("a.h5")), bytes_of(path("b.h5")));
}

TEST_F(ResultFile, SeveralThreadsWriteFilesOfTheirOwn) {
  write_small(path("alone.h5"));
  std::vector<std::thread> threads;  // NOLINT(tidy-word): runs side by side are what is tested
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([to = path(std::to_string(i) + ".h5")] { write_small(to); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(bytes_of(path(std::to_string(i) + ".h5")), bytes_of(path("alone.h5"))) << i;
  }
}

TEST_F(ResultFile, HashIgnoresChunksCompressionVersionTextAndRunId) {
  write_small(path("a.h5"));
  const std::string hash = results_hash(path("a.h5"));
  EXPECT_EQ(hash.size(), 32u);
  write_small(path("b.h5"),
              [](ResultSink& sink) {
                sink.set_attribute("/", {"version", std::string("9.9.9")});
                sink.set_attribute("/", {"trace_hash", std::string("abc")});
                sink.set_attribute("/", {"scenario_text", std::string("anything")});
                sink.set_attribute("/", {"run_id", std::string("0123")});
                sink.commit(kStart + 1min);
              },
              1.5, {.run = 1000h, .gzip_level = 9});
  EXPECT_NE(bytes_of(path("a.h5")), bytes_of(path("b.h5")));
  EXPECT_EQ(results_hash(path("b.h5")), hash);
}

TEST_F(ResultFile, HashSeesValuesNamesTextsAttributesAndTime) {
  write_small(path("a.h5"));
  const std::string hash = results_hash(path("a.h5"));
  const auto differs = [&](const std::function<void()>& write) {
    write();
    return results_hash(path("b.h5")) != hash;
  };
  const std::string b = path("b.h5");
  EXPECT_FALSE(differs([&] { write_small(b); }));
  EXPECT_TRUE(differs([&] { write_small(b, {}, std::nextafter(1.5, 2)); }));
  EXPECT_TRUE(differs([&] { write_small(b, {}, 1.5, {}, "y"); }));
  EXPECT_TRUE(differs([&] { write_small(b, {}, 1.5, {}, "x", "Tim"); }));
  EXPECT_TRUE(differs([&] { write_small(b, {}, 1.5, {.start = "2026-01-01T00:00:00"}); }));
  EXPECT_TRUE(differs([&] {
    write_small(b, [](ResultSink& s) { s.set_attribute("/", {"seed", std::int64_t{2}}); });
  }));
  EXPECT_TRUE(differs([&] {
    write_small(b, [](ResultSink& s) { s.set_attribute("/a", {"version", std::string("1")}); });
  }));
  EXPECT_TRUE(differs([&] {
    write_small(b, [](ResultSink& s) { s.set_attribute("/new", {"x", 0.0}); });
  }));
  EXPECT_TRUE(differs([&] { write_small(b, [](ResultSink& s) { append(s, 2, {kNan}); }); }));
}

// The same logical content written by hand: contiguous, big-endian, fixed-length texts, other order
// of attributes.
TEST_F(ResultFile, HashDependsOnContentNotOnItsStorage) {
  const auto write = [&](const std::string& to, bool other) {
    const hdf5::Lock lock;
    const Handle file(H5Fcreate(to.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const hsize_t size = 3;
    const Handle space(H5Screate_simple(1, &size, nullptr));
    const Handle scalar(H5Screate(H5S_SCALAR));
    const Handle create(H5Pcreate(H5P_DATASET_CREATE));
    if (other) {
      H5Pset_chunk(create.get(), 1, &size);
      H5Pset_deflate(create.get(), 5);
    }
    const Handle dataset(H5Dcreate2(file.get(), "x", other ? H5T_IEEE_F64BE : H5T_IEEE_F64LE,
                                    space.get(), H5P_DEFAULT, create.get(), H5P_DEFAULT));
    const std::array values{1.0, -0.0, kNan};
    H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    const auto text = [&] {
      Handle type(H5Tcopy(H5T_C_S1));
      H5Tset_size(type.get(), other ? H5T_VARIABLE : 10);
      const Handle attribute(
          H5Acreate2(dataset.get(), "units", type.get(), scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
      const std::array<char, 10> fixed{"Count"};
      const char* pointer = fixed.data();
      H5Awrite(attribute.get(), type.get(),
               other ? static_cast<const void*>(&pointer) : fixed.data());
    };
    const auto number = [&] {
      const Handle attribute(H5Acreate2(dataset.get(), "n", other ? H5T_STD_I64BE : H5T_STD_I64LE,
                                        scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
      const std::int64_t n = -5;
      H5Awrite(attribute.get(), H5T_NATIVE_INT64, &n);
    };
    if (other) {
      text();
      number();
    } else {
      number();
      text();
    }
  };
  write(path("a.h5"), false);
  write(path("b.h5"), true);
  EXPECT_EQ(results_hash(path("a.h5")), results_hash(path("b.h5")));
}

TEST_F(ResultFile, HashSaysWhichFileItCannotRead) {
  { std::ofstream(path()) << "no HDF5"; }
  try {
    results_hash(path());
    FAIL() << "did not throw";
  } catch (const ResultFileError& error) {
    EXPECT_THAT(error.what(), HasSubstr("results.h5: cannot open"));
  }
}

}  // namespace
}  // namespace updraft::sim
