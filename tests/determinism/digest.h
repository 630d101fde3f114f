// What the digest programs share: a streaming hash of numbers, and how a line is printed.
//
// A digest program prints one line for each thing computed, "name hash". It takes no input and uses
// nothing but sim/core and sim/random, so it can be built by any compiler, against any standard
// library and for any architecture (cmake/Engine.cmake); tools/compare-digests.sh compares the
// lines.
#pragma once

#include <bit>
#include <cinttypes>
#include <cstdint>
#include <cstdio>

namespace updraft::sim::digest {

/// FNV-1a over the eight bytes of each number, least significant first.
class Digest {
 public:
  void add(std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte) {
      state_ = (state_ ^ (value >> (8 * byte) & 0xff)) * 0x100000001B3ull;
    }
  }
  /// The bits of a number. IEEE 754 leaves sign and payload of a NaN to the machine, so all are
  /// one.
  void add(double value) {
    add(value == value ? std::bit_cast<std::uint64_t>(value) : std::uint64_t{0x7ff8000000000000});
  }
  void print(const char* name) const { std::printf("%-40s %016" PRIx64 "\n", name, state_); }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325;
};

}  // namespace updraft::sim::digest
