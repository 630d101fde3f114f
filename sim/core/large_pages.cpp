#include "sim/core/large_pages.h"

#include <algorithm>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace updraft::sim {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::align_val_t alignment_of(std::size_t bytes, std::size_t alignment) {
  return std::align_val_t{bytes >= 2 * kLargePage ? kLargePage
                                                  : std::max(alignment, std::size_t{64})};
}

}  // namespace

void* allocate_large(std::size_t bytes, std::size_t alignment) {
  void* memory = ::operator new(bytes, alignment_of(bytes, alignment));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (bytes >= 2 * kLargePage) {
    // A wish, not a need: the result does not matter. Whole pages only, what follows may belong to
    // others.
    (void)::madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
  }
#endif
  return memory;
}

void free_large(void* memory, std::size_t bytes, std::size_t alignment) {
  ::operator delete(memory, alignment_of(bytes, alignment));
}

}  // namespace updraft::sim
