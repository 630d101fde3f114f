#include "sim/scenario/scenario.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "sim/scenario/loader.h"

namespace updraft::sim {

LoadResult Scenario::load(std::string text, const std::string& filename,
                          const TypeRegistry& registry, const LoadOptions& options) {
  constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
  if (text.starts_with(kUtf8Mark)) {
    text.erase(0, kUtf8Mark.size());
  }
  auto source = std::make_shared<const SourceText>(std::move(text), filename);
  return Loader(std::move(source), registry, options).run();
}

LoadResult Scenario::load_file(const std::string& filename, const TypeRegistry& registry,
                               const LoadOptions& options) {
  const auto cannot = [&](const std::string& reason) {
    return std::runtime_error("cannot read " + filename + ": " + reason);
  };
  if (filename.empty()) {
    throw std::runtime_error("cannot read a scenario without a file name");
  }
  // Asked before it is opened: opening a pipe waits for whoever writes into it.
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(filename, error);
  if (error && status.type() != std::filesystem::file_type::not_found) {
    throw cannot(error.message());
  }
  switch (status.type()) {
    case std::filesystem::file_type::regular:
      break;
    case std::filesystem::file_type::not_found:
      throw cannot("there is no such file");
    case std::filesystem::file_type::directory:
      throw cannot("it is a folder");
    default:
      throw cannot("it is no plain file");
  }
  errno = 0;
  std::ifstream in(filename, std::ios::binary);
  if (!in) {
    throw cannot(std::generic_category().message(errno == 0 ? EIO : errno));
  }
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return load(std::move(text), filename, registry, options);
}

std::string canonical(const Plan& plan) {
  Plan copy = plan;
  copy.clear_text();
  copy.clear_directory();
  for (ResourcePlan& resource : *copy.mutable_resource()) {
    resource.clear_place();
  }
  for (OperationPlan& operation : *copy.mutable_operation()) {
    operation.clear_place();
  }
  for (FaultPlan& fault : *copy.mutable_fault()) {
    fault.clear_place();
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    copy.SerializeToCodedStream(&out);
  }
  return bytes;
}

}  // namespace updraft::sim
