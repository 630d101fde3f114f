// Preloaded into a writer, kills it (SIGKILL) right before its KILL_AT-th call that changes the
// file system; an odd number of KILL_TORN also lets half of that write through first. With
// KILL_COUNT set, the number of such calls is written to that file at the end. So every state that
// a kill can leave on the disk is met, one after the other.
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

long calls = 0;

long setting(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::atol(text);
}

// True when this is the call to die at.
bool is_last() {
  static const long last = setting("KILL_AT");
  return ++calls == last;
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct Report {
  ~Report() {
    if (const char* path = std::getenv("KILL_COUNT")) {
      if (std::FILE* file = std::fopen(path, "w")) {
        std::fprintf(file, "%ld\n", calls);
        std::fclose(file);
      }
    }
  }
} report;

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  if (is_last()) {
    if (setting("KILL_TORN") != 0) {
      real(fd, bytes, size / 2, at);
    }
    die();
  }
  return real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  return pwrite(fd, bytes, size, at);
}

ssize_t copy_file_range(int in, off64_t* from, int out, off64_t* to, size_t size, unsigned flags) {
  static const auto real =
      next<ssize_t (*)(int, off64_t*, int, off64_t*, size_t, unsigned)>("copy_file_range");
  if (is_last()) {
    if (setting("KILL_TORN") != 0) {
      real(in, from, out, to, size / 2, flags);
    }
    die();
  }
  return real(in, from, out, to, size, flags);
}

int ftruncate(int fd, off_t size) {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  if (is_last()) {
    die();
  }
  return real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
  return ftruncate(fd, size);
}

int unlink(const char* path) {
  static const auto real = next<int (*)(const char*)>("unlink");
  if (is_last()) {
    die();
  }
  return real(path);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  static const auto real = next<int (*)(int, const char*, int, const char*, int)>("linkat");
  if (is_last()) {
    die();
  }
  return real(from_folder, from, to_folder, to, flags);
}

int rename(const char* from, const char* to) {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  if (is_last()) {
    die();
  }
  return real(from, to);
}

}  // extern "C"
