#include "sim/metrics/hdf5_handle.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace updraft::sim::hdf5 {
namespace {

// The globals of this file, the only ones of the tree, guard the library's own.
std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

// How many Locks the thread that holds the mutex has.
int& depth() {
  static int value = 0;
  return value;
}

// Keeps the innermost description, which says what the system said.
herr_t keep_innermost(unsigned /*depth*/, const H5E_error2_t* error, void* text) {
  if (error->desc != nullptr && *error->desc != '\0') {
    *static_cast<std::string*>(text) = error->desc;
  }
  return 0;
}

// HDF5 wraps what the system said into a paragraph of its own numbers: "... error message = 'No
// space left on device', buf = 0x5555, total write size = 49 ...". The quoted part is the reason.
std::string system_reason(const std::string& description) {
  constexpr std::string_view kBefore = "error message = '";
  const std::size_t before = description.find(kBefore);
  if (before == std::string::npos) {
    return description;
  }
  const std::size_t begin = before + kBefore.size();
  return description.substr(begin, description.find('\'', begin) - begin);
}

// HDF5 1.10 crashes in its cleanup at the end of the process when a file could not be written (a
// full disk), and it has nothing to clean up for us: every handle has an owner that closes it. The
// library takes this wish only before its first call; later it says no, and all is as it was.
void no_cleanup_at_exit() {
  static const herr_t asked = H5dont_atexit();
  static_cast<void>(asked);
}

}  // namespace

Lock::Lock() : lock_(library_mutex()) {
  no_cleanup_at_exit();
  if (depth()++ == 0) {
    H5Eget_auto2(H5E_DEFAULT, &printer_, &printer_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
}

Lock::~Lock() {
  if (--depth() == 0) {
    H5Eset_auto2(H5E_DEFAULT, printer_, printer_data_);
  }
}

void Handle::close() {
  if (id_ >= 0) {
    const Lock lock;
    H5Idec_ref(id_);
    id_ = -1;
  }
}

void fail(const char* what, std::string_view name) {
  std::string reason = "HDF5 gives no reason";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &reason);
  H5Eclear2(H5E_DEFAULT);
  reason = system_reason(reason);
  throw ResultFileError(name.empty() ? fmt::format("cannot {}: {}", what, reason)
                                     : fmt::format("cannot {} {}: {}", what, name, reason));
}

}  // namespace updraft::sim::hdf5
