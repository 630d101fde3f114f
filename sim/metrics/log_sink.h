// Where the lines of logs go that a model writes beside the results (an access log). None by
// default: whoever would write asks first.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace updraft::sim {

class LogSink {
 public:
  virtual ~LogSink() = default;
  /// Adds a line, without its end, to the log of that name ("web-alb").
  virtual void write(const std::string& log, std::string_view line) = 0;
};

/// Keeps them in memory.
class MemoryLogSink final : public LogSink {
 public:
  void write(const std::string& log, std::string_view line) override {
    texts_[log].append(line).append("\n");
  }
  /// Everything that was written to the log; empty when nothing was.
  [[nodiscard]] const std::string& text(const std::string& log) { return texts_[log]; }

 private:
  std::map<std::string, std::string> texts_;
};

/// Writes each into a file of its own, "<prefix><log>.log"; a slash in a log's name becomes a dash.
/// Files of that name are replaced. Throws ResultFileError when one can't be written.
std::unique_ptr<LogSink> make_log_files(const std::string& prefix);

}  // namespace updraft::sim
