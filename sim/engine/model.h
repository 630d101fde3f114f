// Model<Self, Messages...>: a component with messages of its own, dispatched by type.
//
//   struct Tick { static constexpr Phase kPhase = Phase::kControllers; std::uint64_t n; };
//   class Clock final : public Model<Clock, Tick> {
//    public:
//     using Model::Model;
//     void on_start(Context& ctx) override { after(ctx, 1s, Tick{1}); }
//     void on(Context& ctx, const Tick& tick) { after(ctx, 1s, Tick{tick.n + 1}); }
//   };
//
// Messages are plain data of at most 32 bytes without padding or pointers; the queue keeps them by
// value.
#pragma once

#include <type_traits>

#include "sim/engine/context.h"
#include "sim/engine/simulation.h"

namespace updraft::sim {

template <class M>
concept Message = std::is_trivially_copyable_v<M> && sizeof(M) <= Event::kPayloadBytes &&
                  (std::is_empty_v<M> || std::has_unique_object_representations_v<M>)&&requires {
  { M::kPhase } -> std::convertible_to<Phase>;
};

template <class Self, Message... Messages>
class Model : public Component {
 public:
  using Component::Component;

  void on_message([[maybe_unused]] Context& ctx, const Event& event) final {
    bool known = false;
    if constexpr (sizeof...(Messages) > 0) {
      const std::size_t kind = event.kind - kFirstMessageKind;
      known = dispatch(ctx, event, kind, std::index_sequence_for<Messages...>{});
    }
    SIM_CHECK(known, "{} does not know message {}", path(), event.kind);
  }

 protected:
  /// Posts a message to this component after a delay.
  template <Message M>
  EventHandle after(const Context& ctx, Duration delay, const M& message) {
    return at(ctx, ctx.now() + delay, message);
  }
  /// Posts a message to this component at a time not before now.
  template <Message M>
  EventHandle at(const Context& ctx, Time time, const M& message) {
    return ctx.simulation().post_message(time, M::kPhase, id(), kind_of<M>(), message);
  }
  /// Posts a message to this component through a lane of constant delay.
  template <Message M>
  EventHandle after(const Context& ctx, const TimerLane& lane, const M& message) {
    return ctx.simulation().events().push_lane(lane.id, ctx.now() + lane.delay, pack(message));
  }

 private:
  template <class M>
  static constexpr std::uint16_t kind_of() {
    std::uint16_t kind = kFirstMessageKind;
    const bool found = ((std::is_same_v<M, Messages> || (++kind, false)) || ...);
    static_assert((std::is_same_v<M, Messages> || ...), "not a message of this model");
    return found ? kind : kind;
  }

  template <class M>
  Event pack(const M& message) const {
    return Event::of(id().index, kind_of<M>(), message);
  }

  template <class M>
  void call(Context& ctx, const Event& event) {
    static_cast<Self*>(this)->on(ctx, event.as<M>());
  }

  template <std::size_t... I>
  bool dispatch(Context& ctx, const Event& event, std::size_t kind,
                std::index_sequence<I...> /*unused*/) {
    return ((kind == I ? (call<Messages>(ctx, event), true) : false) || ...);
  }
};

}  // namespace updraft::sim
