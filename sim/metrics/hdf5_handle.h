// HDF5's identifiers as values of ours, its errors as exceptions, its global state under one lock.
// Included by hdf5_*.cpp only.
#pragma once

#include <mutex>
#include <string_view>
#include <utility>

#include <hdf5.h>

#include "sim/metrics/result_file.h"

namespace updraft::sim::hdf5 {

/// Held around every use of the library: it has global state, and Debian builds it without threads.
/// While held, HDF5 prints nothing.
class Lock {
 public:
  Lock();
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::unique_lock<std::recursive_mutex> lock_;
  H5E_auto2_t printer_ = nullptr;
  void* printer_data_ = nullptr;
};

/// Owns one identifier of any kind.
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }
  [[nodiscard]] hid_t get() const { return id_; }

 private:
  void close();

  hid_t id_ = -1;
};

/// Throws ResultFileError with "cannot WHAT NAME: reason" from HDF5's error stack.
[[noreturn]] void fail(const char* what, std::string_view name);

/// The identifier as a Handle, or throws.
inline Handle own(hid_t id, const char* what, std::string_view name = {}) {
  if (id < 0) {
    fail(what, name);
  }
  return Handle(id);
}

/// Throws on HDF5's negative status; passes any other on (H5Aexists, H5Lexists: 0 or 1).
inline int check(int status, const char* what, std::string_view name = {}) {
  if (status < 0) {
    fail(what, name);
  }
  return status;
}

}  // namespace updraft::sim::hdf5
