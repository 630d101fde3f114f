// A first-in first-out line in a circular array: no allocation once it has grown to the longest
// line seen.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "sim/core/check.h"

namespace updraft::sim {

template <class T>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// The element that entered `i` places after the oldest one.
  [[nodiscard]] const T& operator[](std::size_t i) const { return at(i); }
  [[nodiscard]] const T& front() const { return at(0); }

  void push_back(T value) {
    if (size_ == cells_.size()) {
      grow();
    }
    cells_[(head_ + size_) & (cells_.size() - 1)] = std::move(value);
    ++size_;
  }

  T pop_front() {
    SIM_CHECK(size_ > 0);
    T value = std::move(cells_[head_]);
    head_ = (head_ + 1) & (cells_.size() - 1);
    --size_;
    return value;
  }

  /// Takes out the element `i` places after the oldest; the others keep their order. O(size).
  T erase(std::size_t i) {
    T value = std::move(at(i));
    for (; i + 1 < size_; ++i) {
      at(i) = std::move(at(i + 1));
    }
    --size_;
    return value;
  }

 private:
  [[nodiscard]] const T& at(std::size_t i) const {
    SIM_CHECK(i < size_);
    return cells_[(head_ + i) & (cells_.size() - 1)];
  }
  [[nodiscard]] T& at(std::size_t i) {
    SIM_CHECK(i < size_);
    return cells_[(head_ + i) & (cells_.size() - 1)];
  }
  void grow() {
    std::vector<T> larger(cells_.empty() ? 8 : 2 * cells_.size());
    for (std::size_t i = 0; i < size_; ++i) {
      larger[i] = std::move(at(i));
    }
    cells_ = std::move(larger);
    head_ = 0;
  }

  std::vector<T> cells_;  // a power of two of them
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace updraft::sim
