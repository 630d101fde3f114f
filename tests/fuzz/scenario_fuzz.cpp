#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/scenario_fuzz_body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  updraft::sim::testing::load_bytes(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
