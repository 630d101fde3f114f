// First in, first out: a ring of keys that grows. Serves the present instant and the lanes of the
// event list.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/core/key_queue.h"

namespace updraft::sim {

class KeyFifo {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Key& front() const { return keys_[head_]; }
  [[nodiscard]] const Key& back() const { return keys_[(head_ + size_ - 1) & mask()]; }

  void push(Key key) {
    if (size_ == keys_.size()) [[unlikely]] {
      grow();
    }
    keys_[(head_ + size_) & mask()] = key;
    ++size_;
  }

  void pop() {
    head_ = (head_ + 1) & mask();
    --size_;
  }

  /// Drops every key for which `keep(key)` is false; the others keep their order.
  template <class Keep>
  void filter(Keep keep) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const Key key = keys_[(head_ + i) & mask()];
      if (keep(key)) {
        keys_[(head_ + kept) & mask()] = key;
        ++kept;
      }
    }
    size_ = kept;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return keys_.capacity() * sizeof(Key); }

 private:
  static constexpr std::size_t kFirstSize = 16;

  [[nodiscard]] std::size_t mask() const { return keys_.size() - 1; }  // sizes are powers of two

  void grow() {
    std::vector<Key> larger(keys_.empty() ? kFirstSize : 2 * keys_.size());
    for (std::size_t i = 0; i < size_; ++i) {
      larger[i] = keys_[(head_ + i) & mask()];
    }
    keys_.swap(larger);
    head_ = 0;
  }

  std::vector<Key> keys_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace updraft::sim
