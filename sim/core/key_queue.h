// The order of pending events: a monotone radix heap of 16-byte keys with a small ascending run in
// front.
//
// A key is a time and a word that breaks ties; the queue yields keys in ascending (time, word).
// What makes it fast at a million keys is that memory is only touched in streams:
//
//   run      the next few dozen keys, sorted, in an array with a moving head. Every key before
//   `limit_` is here. buckets  the other keys, unsorted, by the highest hexadecimal digit in which
//   their time differs from `base_`, and
//            by the value of that digit. When the run is empty, the lowest bucket is spread over
//            lower ones until the lowest few hold little, and those are sorted into the next run.
//
// Few pending keys all live in the run, which then is a plain sorted array. A run that grows too
// long gives its later half to the buckets. Equal times can't be split, so any number of them may
// stand in one run; they cost no more for that, because what is pushed at the present instant does
// not come here (EventList keeps it in fifos).
//
// Invariants: run keys < limit_ <= bucket keys (by time); base_ <= every bucket key.
// Memory: 16 bytes a key, at most one partly filled chunk of 1 kB a bucket, and what the peak
// needed is kept.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/large_pages.h"

namespace updraft::sim {

struct Key {
  std::uint64_t time;
  std::uint64_t word;

  friend bool operator==(const Key&, const Key&) = default;
  friend bool operator<(const Key& a, const Key& b) {
    __extension__ using Wide = unsigned __int128;  // one subtraction with borrow, no branch
    return ((static_cast<Wide>(a.time) << 64) | a.word) <
           ((static_cast<Wide>(b.time) << 64) | b.word);
  }
};

class KeyQueue {
 public:
  KeyQueue();
  KeyQueue(const KeyQueue&) = delete;
  KeyQueue& operator=(const KeyQueue&) = delete;

  void push(Key key) {
    if (key.time < limit_) {
      insert_into_run(key);
    } else {
      append(key);
    }
  }

  /// Whether the run is used up: then refill() before front().
  [[nodiscard]] bool run_is_empty() const { return head_ == tail_; }

  /// Makes the next run; the run was empty. False when there is no key.
  bool refill();

  /// The lowest key, null when there is none. It stands until the next call that changes the queue.
  [[nodiscard]] const Key* front() const { return head_ != tail_ ? head_ : nullptr; }

  /// Takes the lowest key away; front() was not null.
  void pop_front() { ++head_; }

  /// The key `distance` places behind the front, as a hint for prefetching: any earlier key when
  /// there are fewer.
  [[nodiscard]] const Key& ahead(std::ptrdiff_t distance) const { return head_[distance]; }

  /// Drops every key for which `keep(key)` is false.
  template <class Keep>
  void filter(Keep keep);

  /// Bytes held for keys, used or not.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  static constexpr int kDigitBits = 4;
  static constexpr int kDigits = 1 << kDigitBits;
  static constexpr int kLevels = 63 / kDigitBits + 1;
  static constexpr std::size_t kChunkBytes = 1024;
  static constexpr std::size_t kFirstSlab = 64;  // chunks
  static constexpr std::size_t kSmallBucket =
      24;  // a bucket up to this size is sorted, a larger one spread
  static constexpr std::size_t kRunTarget =
      48;  // small buckets are gathered into one run up to this length
  static constexpr std::ptrdiff_t kRunLimit =
      96;  // a longer run gives its later half to the buckets
  static constexpr std::size_t kRunRoom = 512;
  static constexpr std::ptrdiff_t kFewKeys = 4;  // a run this short is searched from its end
  static constexpr std::ptrdiff_t kLookAhead =
      32;  // readable keys behind the run's end, for ahead()
  static constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

  // Keys follow the header, so the place behind a chunk's last key is the next multiple of its
  // size.
  struct alignas(kChunkBytes) Chunk {
    static constexpr std::size_t kKeys = kChunkBytes / sizeof(Key) - 1;
    Chunk* older;
    std::uint64_t unused;
    Key keys[kKeys];
  };
  static_assert(sizeof(Chunk) == kChunkBytes);

  // A list of chunks, the newest first; every chunk but the newest is full.
  struct Bucket {
    Key* end = nullptr;  // behind the newest key; a multiple of kChunkBytes when there is no room,
                         // or no chunk
    Chunk* newest = nullptr;
  };

  static int level_of(std::uint64_t difference) {
    return (63 - std::countl_zero(difference | 1)) / kDigitBits;
  }
  static int digit_of(std::uint64_t time, int level) {
    return static_cast<int>(time >> (level * kDigitBits)) & (kDigits - 1);
  }

  // Keys of equal time reach a bucket in the order of their words most of the time, not always (a
  // moved event is entered late), so nothing relies on it.
  void append(Key key) {
    const int level = level_of(key.time ^ base_);
    const int digit = digit_of(key.time, level);
    Bucket& bucket = buckets_[level * kDigits + digit];
    if ((reinterpret_cast<std::uintptr_t>(bucket.end) & (kChunkBytes - 1)) == 0) [[unlikely]] {
      add_chunk(bucket, level, digit);
    }
    *bucket.end++ = key;
  }

  void insert_into_run(Key key) {
    // Near the front, where most keys come due soon and many wait for later: the room that keys
    // have left in front takes those that move.
    if (head_ != room_.data() && tail_ - head_ >= kFewKeys && key < head_[(tail_ - head_) / 2]) {
      Key* place = --head_;
      while (place[1] < key) {
        place[0].time = place[1].time;
        place[0].word = place[1].word;
        ++place;
      }
      place->time = key.time;
      place->word = key.word;
      return;
    }
    if (tail_ == room_end_ || tail_ - head_ >= kRunLimit) [[unlikely]] {
      if (!make_room(key)) {
        append(key);
        return;
      }
    }
    // Word by word: a key that was just written is read back before it has reached the cache, and a
    // load of sixteen bytes would wait for both of its stores.
    Key* place = tail_++;
    while (place != head_ && key < place[-1]) {
      place->time = place[-1].time;
      place->word = place[-1].word;
      --place;
    }
    place->time = key.time;
    place->word = key.word;
  }

  void add_chunk(Bucket& bucket, int level, int digit);
  bool make_room(Key key);
  void spill(Key* from);
  void rebase(std::uint64_t base);
  void reserve_run(std::size_t keys);
  Bucket take(int level, int digit);
  void release(Chunk* chunk);
  template <class Visit>
  static void walk(const Bucket& bucket, Visit visit);
  void spread(const Bucket& bucket);
  void gather(const Bucket& bucket, std::size_t count);
  static std::size_t count(const Bucket& bucket, std::size_t enough);
  static std::uint64_t spread_bits(const Bucket& bucket, std::uint64_t enough);
  [[nodiscard]] std::uint64_t start_of(int level, int digit) const;

  // The run: [head_, tail_) inside [room_, room_end_), with kLookAhead keys more behind it.
  Key* head_ = nullptr;
  Key* tail_ = nullptr;
  Key* room_end_ = nullptr;
  std::uint64_t limit_ = kNoLimit;
  std::uint64_t base_ = 0;
  std::uint32_t levels_ = 0;                     // bit: this level has a bucket in use
  std::array<std::uint32_t, kLevels> digits_{};  // bit: this bucket of the level is in use
  std::array<Bucket, std::size_t{kLevels} * kDigits> buckets_{};
  Chunk* free_ = nullptr;
  std::vector<Key> room_;
  std::vector<std::vector<Chunk, LargePageAllocator<Chunk>>> slabs_;
};

// Calls `visit(first, last, chunk)` for the keys of each chunk, the newest chunk first; `visit` may
// release the chunk and returns whether to go on. The next chunk is fetched meanwhile: a bucket's
// chunks lie anywhere.
template <class Visit>
void KeyQueue::walk(const Bucket& bucket, Visit visit) {
  Key* end = bucket.end;
  for (Chunk* chunk = bucket.newest; chunk != nullptr;) {
    Chunk* const older = chunk->older;
    if (older != nullptr) {
      for (std::size_t byte = 0; byte < kChunkBytes; byte += 64) {
        __builtin_prefetch(reinterpret_cast<const char*>(older) + byte);
      }
    }
    if (!visit(chunk->keys, end, chunk)) {
      return;
    }
    chunk = older;
    end = chunk != nullptr ? chunk->keys + Chunk::kKeys : nullptr;
  }
}

template <class Keep>
void KeyQueue::filter(Keep keep) {
  tail_ = std::remove_if(head_, tail_, [&](const Key& key) { return !keep(key); });
  for (std::uint32_t levels = levels_; levels != 0; levels &= levels - 1) {
    const int level = std::countr_zero(levels);
    for (std::uint32_t digits = digits_[level]; digits != 0; digits &= digits - 1) {
      walk(take(level, std::countr_zero(digits)), [&](Key* first, Key* last, Chunk* chunk) {
        std::for_each(first, last, [&](const Key& key) {
          if (keep(key)) {
            append(key);
          }
        });
        release(chunk);
        return true;
      });
    }
  }
}

}  // namespace updraft::sim
