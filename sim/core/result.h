// A value or the text of why there is none. For errors that the user can cause before the run;
// inside a run a broken invariant throws (check.h) and a failure of the simulated world is a
// Status.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace updraft::sim {

struct Error {
  std::string text;  // lower case first letter, no full stop
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as a return
  Result(Error error)
      : value_(std::move(error)) {}  // NOLINT(google-explicit-constructor): reads as a return

  [[nodiscard]] bool ok() const { return value_.index() == 0; }
  explicit operator bool() const { return ok(); }
  /// The value; std::bad_variant_access when there is none.
  [[nodiscard]] const T& value() const& { return std::get<0>(value_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(value_)); }
  [[nodiscard]] const std::string& error() const { return std::get<1>(value_).text; }
  const T& operator*() const { return value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> value_;
};

}  // namespace updraft::sim
