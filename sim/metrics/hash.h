// FNV-1a with 64 and 128 bits: a hash that is written down in a few lines, the same everywhere and
// streaming. It tells results apart, it is no defence against someone who wants two of them to
// agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace updraft::sim {

constexpr std::uint64_t fnv1a_64(std::string_view bytes,
                                 std::uint64_t state = 0xCBF29CE484222325ull) {
  for (const char c : bytes) {
    state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  }
  return state;
}

class Fnv128 {
 public:
  void add(const void* bytes, std::size_t size);
  void add(std::string_view text) { add(text.data(), text.size()); }
  /// Eight bytes, least significant first.
  void add_int(std::uint64_t value);
  /// A text with its length before it, so that ("ab", "c") is not ("a", "bc").
  void add_text(std::string_view text) {
    add_int(text.size());
    add(text);
  }

  [[nodiscard]] std::uint64_t high() const { return high_; }
  [[nodiscard]] std::uint64_t low() const { return low_; }
  /// 32 hexadecimal digits, most significant first.
  [[nodiscard]] std::string hex() const;

 private:
  std::uint64_t high_ = 0x6C62272E07BB0142ull;
  std::uint64_t low_ = 0x62B821756295C58Dull;
};

}  // namespace updraft::sim
