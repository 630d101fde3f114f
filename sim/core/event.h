// An event: who gets it, what kind it is, and up to 32 bytes of plain data.
//
// Events are copied in and out of the event list, so they hold no pointer and no padding: the bytes
// in use are a pure function of what happened, and a hash may read them.
//
//   struct Done { RequestHandle request; };
//   list.push(at, Phase::kCompletions, Event::of(target, kDone, Done{request}));
//   ...
//   const Done done = popped.event.as<Done>();
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "sim/core/check.h"

namespace updraft::sim {

struct Event {
  static constexpr std::size_t kPayloadBytes = 32;

  std::uint32_t target = 0;  // index of the component that handles it
  std::uint16_t kind = 0;    // meaning of the payload, the target's own numbering
  std::uint16_t size = 0;    // bytes of the payload in use; the rest mean nothing
  alignas(8) std::byte payload[kPayloadBytes] = {};

  /// An event that carries a copy of `data`.
  template <class T>
  static Event of(std::uint32_t target, std::uint16_t kind, const T& data) {
    static_assert(std::is_trivially_copyable_v<T>, "payloads are plain data");
    static_assert(sizeof(T) <= kPayloadBytes, "a payload holds at most 32 bytes");
    Event event;
    event.target = target;
    event.kind = kind;
    if constexpr (!std::is_empty_v<T>) {
      // Padding would carry whatever stood on the stack into the trace. Floating point has no
      // unique representation of a value, but it has no padding either; such a payload is checked
      // by its author.
      event.size = sizeof(T);
      std::memcpy(event.payload, &data, sizeof(T));
    }
    return event;
  }

  /// Becomes an event that carries a copy of `data`, without touching the rest of the payload.
  template <class T>
  void assign(std::uint32_t to, std::uint16_t what, const T& data) {
    static_assert(std::is_trivially_copyable_v<T>, "payloads are plain data");
    static_assert(sizeof(T) <= kPayloadBytes, "a payload holds at most 32 bytes");
    target = to;
    kind = what;
    size = std::is_empty_v<T> ? 0 : sizeof(T);
    if constexpr (!std::is_empty_v<T>) {
      std::memcpy(payload, &data, sizeof(T));
    }
  }

  /// The payload as the T it was made of; InvariantError when its size is another.
  template <class T>
  [[nodiscard]] T as() const {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kPayloadBytes);
    T data{};
    if constexpr (!std::is_empty_v<T>) {
      SIM_CHECK(size == sizeof(T), "event of kind {} carries {} bytes, not {}", kind, size,
                sizeof(T));
      std::memcpy(&data, payload, sizeof(T));
    }
    return data;
  }
};

static_assert(sizeof(Event) == 40);
static_assert(std::is_trivially_copyable_v<Event>);
static_assert(std::has_unique_object_representations_v<Event>, "no padding");

}  // namespace updraft::sim
