// Inside of message_reader: shared by its source files only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sim/scenario/message_reader.h"

namespace updraft::sim {

// A field name on the path for as long as it is read.
class MessageReader::PathStep {
 public:
  PathStep(std::string& path, std::string_view step) : path_(path), length_(path.size()) {
    if (!path_.empty() && !step.empty() && step.front() != '[' && step.front() != '.') {
      path_ += '.';
    }
    path_ += step;
  }
  ~PathStep() { path_.resize(length_); }
  PathStep(const PathStep&) = delete;
  PathStep& operator=(const PathStep&) = delete;

 private:
  std::string& path_;
  std::size_t length_;
};

// Whose fields are read, for as long as they are.
class MessageReader::SubjectScope {
 public:
  SubjectScope(MessageReader& reader, const Subject& subject)
      : reader_(reader),
        subject_(std::exchange(reader.subject_, &subject)),
        path_(std::exchange(reader.path_, {})) {}
  ~SubjectScope() {
    reader_.subject_ = subject_;
    reader_.path_ = std::move(path_);
  }
  SubjectScope(const SubjectScope&) = delete;
  SubjectScope& operator=(const SubjectScope&) = delete;

 private:
  MessageReader& reader_;
  const Subject* subject_;
  std::string path_;
};

/// A field to set, or to add to where it is repeated.
struct MessageReader::Target {
  google::protobuf::Message& out;
  const FieldInfo& info;
  bool add = false;

  void set_bool(bool value) const;
  void set_real(double value) const;
  void set_enum(int number) const;
  void set_text(const std::string& text) const;
  void set_duration(std::int64_t ns) const;
  /// False when the value does not fit the field's type.
  [[nodiscard]] bool set_signed(std::int64_t value) const;
  [[nodiscard]] bool set_unsigned(std::uint64_t value) const;
};

/// The user's value inside a sentence: 0, "many", empty, a list.
std::string describe_value(const YamlNode& node);

/// A suggestion without its leading "; ".
std::string trim_hint(std::string hint);

}  // namespace updraft::sim
