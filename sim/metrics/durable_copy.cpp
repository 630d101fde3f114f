#include "sim/metrics/durable_copy.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/metrics/result_file.h"

namespace updraft::sim {
namespace {

[[noreturn]] void fail(const char* what, const std::string& path, int code) {
  throw ResultFileError(
      fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(code)));
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

// By read and write, from offset `done` on, where the kernel cannot copy by itself.
void copy_by_hand(int source, int target, off_t done, off_t size, const std::string& path) {
  std::array<char, 1 << 16> buffer{};
  while (done < size) {
    const ssize_t got = ::pread(source, buffer.data(), buffer.size(), done);
    if (got <= 0) {
      fail("copy", path, got == 0 ? EIO : errno);
    }
    ssize_t put = 0;
    while (put < got) {
      const ssize_t n =
          ::pwrite(target, buffer.data() + put, static_cast<std::size_t>(got - put), done + put);
      if (n < 0) {
        fail("write", path, errno);
      }
      put += n;
    }
    done += got;
  }
}

void copy_all(int source, int target, const std::string& path) {
  struct stat status {};
  if (::fstat(source, &status) != 0) {
    fail("copy", path, errno);
  }
  off_t from = 0;
  off_t to = 0;
  while (from < status.st_size) {
    const ssize_t n = ::copy_file_range(source, &from, target, &to,
                                        static_cast<std::size_t>(status.st_size - from), 0);
    if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
      fail("write", path, errno);
    }
    if (n <= 0) {
      copy_by_hand(source, target, from, status.st_size, path);
      return;
    }
  }
}

}  // namespace

void replace_with_copy(int source, const std::string& target) {
  const std::size_t slash = target.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : target.substr(0, slash + 1);
  const std::string base = slash == std::string::npos ? target : target.substr(slash + 1);
  const std::string name = fmt::format("{}/.{}.{}.commit", folder, base, ::getpid());
  // What is left of a process of the same number that was killed between naming and renaming.
  ::unlink(name.c_str());

  // Without a name nothing is left behind by a kill. Not every file system has such files.
  const int nameless = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  const Descriptor copy(
      nameless >= 0 ? nameless : ::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666));
  if (copy.get() < 0) {
    fail("create a file beside", target, errno);
  }
  try {
    copy_all(source, copy.get(), target);
    if (nameless >= 0) {
      const std::string self = fmt::format("/proc/self/fd/{}", copy.get());
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        fail("name a file beside", target, errno);
      }
    }
    if (::rename(name.c_str(), target.c_str()) != 0) {
      fail("replace", target, errno);
    }
  } catch (const ResultFileError&) {
    ::unlink(name.c_str());
    throw;
  }
}

}  // namespace updraft::sim
