// An allocator for arrays reached at random: large ones ask the system for large pages.
//
// A million pending events are 64 MB of slots; with small pages nearly every one of them costs a
// walk of the page tables when its turn comes. Where the system has no large pages to give all
// works the same, only slower.
#pragma once

#include <cstddef>

namespace updraft::sim {

/// Memory aligned as asked and to a cache line, and to a large page from two of them on.
/// std::bad_alloc when there is none.
[[nodiscard]] void* allocate_large(std::size_t bytes, std::size_t alignment);
void free_large(void* memory, std::size_t bytes, std::size_t alignment);

/// The same for std::vector.
template <class T>
struct LargePageAllocator {
  using value_type = T;

  LargePageAllocator() = default;
  template <class U>
  explicit LargePageAllocator(const LargePageAllocator<U>& /*other*/) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(allocate_large(count * sizeof(T), alignof(T)));
  }
  void deallocate(T* memory, std::size_t count) {
    free_large(memory, count * sizeof(T), alignof(T));
  }
  friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) { return true; }
};

}  // namespace updraft::sim
