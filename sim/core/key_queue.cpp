#include "sim/core/key_queue.h"

namespace updraft::sim {
namespace {

void sort_keys(Key* first, Key* last) {
  if (last - first > 32) {
    if (!std::is_sorted(first, last)) {
      std::sort(first, last);  // words differ, so no two keys are equal and the order is unique
    }
    return;
  }
  for (Key* next = first + 1; next < last; ++next) {
    const Key key = *next;
    Key* place = next;
    while (place != first && key < place[-1]) {
      *place = place[-1];
      --place;
    }
    *place = key;
  }
}

}  // namespace

KeyQueue::KeyQueue() {
  reserve_run(kRunRoom);
}

void KeyQueue::reserve_run(std::size_t keys) {
  // Moves the run to the front of its room, and to a larger room when this one is too small.
  const std::size_t size = tail_ - head_;
  const std::size_t needed = std::max(kRunRoom, size + keys) + kLookAhead;
  if (room_.size() < needed) {
    std::vector<Key> larger(std::max(needed, 2 * room_.size()), Key{0, 0});
    std::copy(head_, tail_, larger.data());
    room_.swap(larger);
  } else {
    std::copy(head_, tail_, room_.data());
  }
  head_ = room_.data();
  tail_ = head_ + size;
  room_end_ = room_.data() + room_.size() - kLookAhead;
}

void KeyQueue::add_chunk(Bucket& bucket, int level, int digit) {
  if (free_ == nullptr) {
    // As many again as there are, so the pages of many keys are large ones.
    std::size_t chunks = kFirstSlab;
    for (const auto& slab : slabs_) {
      chunks += slab.size();
    }
    slabs_.emplace_back(slabs_.empty() ? kFirstSlab : chunks - kFirstSlab);
    for (std::size_t i = slabs_.back().size(); i-- > 0;) {
      release(&slabs_.back()[i]);
    }
  }
  Chunk* chunk = free_;
  free_ = chunk->older;
  chunk->older = bucket.newest;
  bucket.newest = chunk;
  bucket.end = chunk->keys;
  levels_ |= 1U << level;
  digits_[level] |= 1U << digit;
}

void KeyQueue::release(Chunk* chunk) {
  chunk->older = free_;
  free_ = chunk;
}

KeyQueue::Bucket KeyQueue::take(int level, int digit) {
  Bucket& place = buckets_[level * kDigits + digit];
  const Bucket bucket = place;
  place = {};
  digits_[level] &= ~(1U << digit);
  if (digits_[level] == 0) {
    levels_ &= ~(1U << level);
  }
  return bucket;
}

std::uint64_t KeyQueue::start_of(int level, int digit) const {
  const int shift = level * kDigitBits;
  const std::uint64_t above = (~std::uint64_t{0} << shift) << kDigitBits;
  return (base_ & above) | (static_cast<std::uint64_t>(digit) << shift);
}

std::size_t KeyQueue::count(const Bucket& bucket, std::size_t enough) {
  std::size_t keys = bucket.end - bucket.newest->keys;
  for (const Chunk* chunk = bucket.newest->older; chunk != nullptr && keys <= enough;
       chunk = chunk->older) {
    keys += Chunk::kKeys;
  }
  return keys;
}

// The bits in which the times of a bucket differ; looks no further once they pass `enough`.
std::uint64_t KeyQueue::spread_bits(const Bucket& bucket, std::uint64_t enough) {
  const std::uint64_t one = bucket.newest->keys[0].time;
  std::uint64_t bits = 0;
  walk(bucket, [&](const Key* first, const Key* last, const Chunk* /*chunk*/) {
    std::for_each(first, last, [&](const Key& key) { bits |= key.time ^ one; });
    return bits < enough;
  });
  return bits;
}

void KeyQueue::spread(const Bucket& bucket) {
  walk(bucket, [this](const Key* first, const Key* last, Chunk* chunk) {
    std::for_each(first, last, [this](const Key& key) { append(key); });
    release(chunk);
    return true;
  });
}

// Sorts a bucket of `count` keys onto the end of the run. Chunks come newest first and are laid
// down from the back, so keys of one time and phase are mostly in order already.
void KeyQueue::gather(const Bucket& bucket, std::size_t count) {
  if (room_end_ - tail_ < static_cast<std::ptrdiff_t>(count)) {
    reserve_run(count);
  }
  Key* const first = tail_;
  tail_ += count;
  Key* place = tail_;
  walk(bucket, [&](const Key* from, const Key* to, Chunk* chunk) {
    place -= to - from;
    std::copy(from, to, place);
    release(chunk);
    return true;
  });
  sort_keys(first, tail_);
}

bool KeyQueue::refill() {
  head_ = tail_ = room_.data();
  while (levels_ != 0) {
    const int level = std::countr_zero(levels_);
    const int digit = std::countr_zero(digits_[level]);
    const Bucket& lowest = buckets_[level * kDigits + digit];
    std::size_t keys = count(lowest, kSmallBucket);
    const auto size = static_cast<std::size_t>(tail_ - head_);
    if (size != 0 && size + keys > kRunTarget) {
      limit_ = start_of(level, digit);
      return true;
    }
    if (keys > kSmallBucket) {
      // Spread over the digits below the highest one that differs, so clustered times fall many
      // levels at once.
      const std::uint64_t bits =
          level == 0 ? 0 : spread_bits(lowest, std::uint64_t{1} << ((level - 1) * kDigitBits));
      if (bits != 0) {
        const std::uint64_t within = (std::uint64_t{kDigits} << (level_of(bits) * kDigitBits)) - 1;
        const std::uint64_t base = lowest.newest->keys[0].time & ~within;
        const Bucket bucket = take(level, digit);
        base_ = base;
        spread(bucket);
        continue;
      }
      keys = count(lowest, kNoLimit);  // all of one time
    }
    if (size == 0) {
      base_ = start_of(level, digit);
    }
    gather(take(level, digit), keys);
  }
  limit_ = kNoLimit;
  return head_ != tail_;
}

// Called when `key` belongs to a run that is too long or stands at the end of its room. Returns
// whether it still belongs to the run afterwards.
bool KeyQueue::make_room(Key key) {
  const std::ptrdiff_t size = tail_ - head_;
  if (size >= kRunLimit) {
    const auto before = [](const Key& a, std::uint64_t time) { return a.time < time; };
    Key* from = std::lower_bound(head_, tail_, head_[size / 2].time, before);
    if (from == head_) {
      from =
          std::lower_bound(head_, tail_, head_->time + 1, before);  // the first half is of one time
    }
    if (from != tail_) {
      spill(from);
    } else if (key < tail_[-1]) {
      spill(head_);  // all of one time, and `key` would have to pass them
    }
  }
  if (key.time >= limit_) {
    return false;
  }
  if (tail_ == room_end_) {
    reserve_run(static_cast<std::size_t>(tail_ - head_) + 1);
  }
  return true;
}

// Gives the keys from `from` on to the buckets; `from` is the first of its time.
void KeyQueue::spill(Key* from) {
  limit_ = from->time;
  if (levels_ == 0) {
    base_ = limit_;
  } else if (limit_ < base_) {
    rebase(limit_);
  }
  std::for_each(from, tail_, [this](const Key& key) { append(key); });
  tail_ = from;
}

// Lowers the base. Keys of the levels below the first digit in which the bases differ share that
// digit from now on.
void KeyQueue::rebase(std::uint64_t base) {
  const int top = level_of(base_ ^ base);
  base_ = base;
  for (std::uint32_t levels = levels_ & ((1U << top) - 1); levels != 0; levels &= levels - 1) {
    const int level = std::countr_zero(levels);
    for (std::uint32_t digits = digits_[level]; digits != 0; digits &= digits - 1) {
      spread(take(level, std::countr_zero(digits)));
    }
  }
}

std::size_t KeyQueue::memory_bytes() const {
  std::size_t bytes = room_.capacity() * sizeof(Key);
  for (const auto& slab : slabs_) {
    bytes += slab.size() * sizeof(Chunk);
  }
  return bytes;
}

}  // namespace updraft::sim
