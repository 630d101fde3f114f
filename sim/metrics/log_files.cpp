#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "sim/metrics/log_sink.h"
#include "sim/metrics/result_file.h"

namespace updraft::sim {
namespace {

class LogFiles final : public LogSink {
 public:
  explicit LogFiles(std::string prefix) : prefix_(std::move(prefix)) {}

  void write(const std::string& log, std::string_view line) override {
    Open& open = files_[log];
    if (!open.stream.is_open()) {
      std::string name = log;
      std::replace(name.begin(), name.end(), '/', '-');
      open.path = fmt::format("{}{}.log", prefix_, name);
      open.stream.open(open.path, std::ios::binary | std::ios::trunc);
    }
    open.stream.write(line.data(), static_cast<std::streamsize>(line.size()));
    open.stream.put('\n');
    if (!open.stream) {
      throw ResultFileError(fmt::format("{} can't be written", open.path));
    }
  }

 private:
  struct Open {
    std::string path;
    std::ofstream stream;
  };
  std::string prefix_;
  std::map<std::string, Open> files_;
};

}  // namespace

std::unique_ptr<LogSink> make_log_files(const std::string& prefix) {
  return std::make_unique<LogFiles>(prefix);
}

}  // namespace updraft::sim
