// The queues of the reference loops: 16-byte keys, no payload, no handles, nothing but order.
//
//   SmallQueue  up to some thirty keys: a sorted array, the earliest at its end.
//   RadixQueue  many keys: buckets by the highest bit in which a time differs from the last one
//   taken, and a short sorted
//               run in front. Written apart from sim/core/key_queue.h, so that neither flatters the
//               other.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace updraft::bench {

struct Key {
  std::uint64_t time;
  std::uint64_t word;  // phase, sequence, slot

  friend bool operator<(const Key& a, const Key& b) {
    __extension__ using Wide = unsigned __int128;
    return ((static_cast<Wide>(a.time) << 64) | a.word) <
           ((static_cast<Wide>(b.time) << 64) | b.word);
  }
};

inline std::uint64_t word_of(std::uint64_t phase, std::uint64_t sequence, std::uint64_t slot) {
  return phase << 61 | sequence << 24 | slot;
}
inline std::uint64_t slot_of(const Key& key) {
  return key.word & 0xFFFFFF;
}
inline std::uint64_t phase_of(const Key& key) {
  return key.word >> 61;
}

class SmallQueue {
 public:
  void push(Key key) {
    Key* place = end_++;
    while (place != keys_.data() && place[-1] < key) {
      *place = place[-1];
      --place;
    }
    *place = key;
  }
  Key pop() { return *--end_; }

 private:
  std::array<Key, 64> keys_;
  Key* end_ = keys_.data();
};

class RadixQueue {
 public:
  RadixQueue() : run_(2 * kLongest) {}

  void push(Key key) {
    if (key.time < limit_) {
      if (end_ == run_.size()) {
        make_room();
      }
      std::size_t place = end_++;
      while (place != head_ && key < run_[place - 1]) {
        run_[place] = run_[place - 1];
        --place;
      }
      run_[place] = key;
    } else {
      put(key);
    }
  }

  Key pop() {
    if (head_ == end_) [[unlikely]] {
      refill();
    }
    return run_[head_++];
  }

 private:
  static constexpr std::size_t kPiece = 32;
  static constexpr std::size_t kLongest = 1024;

  void put(Key key) {
    const auto bit = static_cast<unsigned>(63 - std::countl_zero((key.time ^ base_) | 1));
    buckets_[bit].push_back(key);
    used_ |= std::uint64_t{1} << (bit & 63);
  }

  void make_room() {
    if (head_ < run_.size() / 2) {
      run_.resize(2 * run_.size());
      return;
    }
    std::copy(run_.begin() + static_cast<std::ptrdiff_t>(head_), run_.end(), run_.begin());
    end_ -= head_;
    head_ = 0;
  }

  void refill() {
    for (;;) {
      const int bit = std::countr_zero(used_);
      std::vector<Key>& lowest = buckets_[static_cast<std::size_t>(bit)];
      used_ &= used_ - 1;
      const std::uint64_t start = (base_ >> bit | 1) << bit;
      base_ = start;
      if (lowest.size() <= kPiece || bit == 0) {
        head_ = 0;
        end_ = lowest.size();
        run_.resize(std::max(run_.size(), end_));
        for (std::size_t i = 0; i < end_; ++i) {
          const Key key = lowest[i];
          std::size_t place = i;
          while (place != 0 && key < run_[place - 1]) {
            run_[place] = run_[place - 1];
            --place;
          }
          run_[place] = key;
        }
        lowest.clear();
        limit_ = start + (std::uint64_t{1} << bit);
        return;
      }
      spread_.swap(lowest);
      for (const Key& key : spread_) {
        put(key);
      }
      spread_.clear();
    }
  }

  std::vector<Key> run_;
  std::size_t head_ = 0;
  std::size_t end_ = 0;
  std::uint64_t limit_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t used_ = 0;
  std::array<std::vector<Key>, 64> buckets_;
  std::vector<Key> spread_;
};

}  // namespace updraft::bench
