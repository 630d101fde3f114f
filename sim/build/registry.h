// What models register: for each resource type its parameters' message and how a component is made
// of them; for each kind of fault its message and what it does.
//
//   void register_models(sim::ModelRegistry& registry) {          // in every folder of models/
//     registry.add_resource<TargetGroup, TargetGroupParams>();
//     registry.add_fault<LoseAvailabilityZone>([](const auto& message, std::uint64_t) { return ...;
//     });
//   }
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/build/backlog_words.h"
#include "sim/build/resource.h"
#include "sim/build/telling.h"
#include "sim/build/world.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/scenario/type_registry.h"

namespace updraft::sim {

/// The message that was packed, of whatever generated type.
std::unique_ptr<google::protobuf::Message> unpack(const google::protobuf::Any& any);

class ModelRegistry {
 public:
  using MakeResource = std::function<Component&(Simulation&, const ResourcePlan&)>;
  using MakeFault = std::function<std::unique_ptr<Fault>(const google::protobuf::Message&,
                                                         std::uint64_t ordinal)>;

  /// C is a Component and a Resource with a constructor C(const Birth&, const Params&). If the type
  /// declares an `initial` message I, C has a method set_initial(const I&), called after
  /// construction when the scenario says something. `shared` is what all of the type have in common
  /// (a table of prices or sizes), passed to each constructor behind the parameters.
  template <class C, class Params, class Initial = void, class... Shared>
  void add_resource(Check check = {}, const Shared&... shared) {
    make_[Params::descriptor()->full_name()] = [shared...](Simulation& simulation,
                                                           const ResourcePlan& plan) -> Component& {
      Params params;
      SIM_CHECK(plan.params().UnpackTo(&params), "{} has parameters of another type", plan.name());
      C& component = simulation.add<C>(plan.name(), params, shared...);
      if constexpr (!std::is_void_v<Initial>) {
        if (plan.has_initial()) {
          Initial initial;
          SIM_CHECK(plan.initial().UnpackTo(&initial), "{} has an initial state of another type",
                    plan.name());
          component.set_initial(initial);
        }
      }
      return component;
    };
    types_.add_resource(Params::default_instance(), std::move(check));
  }

  /// F is a Fault with a constructor F(const M&, std::uint64_t ordinal). Nothing of an `instant`
  /// one lasts.
  template <class F, class M>
  void add_fault(Check check = {}, bool instant = false) {
    faults_[M::descriptor()->full_name()] = [](const google::protobuf::Message& message,
                                               std::uint64_t ordinal) {
      return std::make_unique<F>(static_cast<const M&>(message), ordinal);
    };
    types_.add_fault(M::default_instance(), std::move(check), instant);
  }

  /// How decisions of a kind are told; the first that fits is taken.
  void add_telling(Telling telling) { tellings_.push_back(std::move(telling)); }
  [[nodiscard]] const std::vector<Telling>& tellings() const { return tellings_; }

  /// Where work waits, and who takes it away.
  void add_backlog(BacklogWords words) { backlogs_.push_back(std::move(words)); }
  void add_consumer(ConsumerWords words) { consumers_.push_back(std::move(words)); }
  [[nodiscard]] const std::vector<BacklogWords>& backlogs() const { return backlogs_; }
  [[nodiscard]] const std::vector<ConsumerWords>& consumers() const { return consumers_; }

  [[nodiscard]] TypeRegistry& types() { return types_; }
  [[nodiscard]] const TypeRegistry& types() const { return types_; }

  [[nodiscard]] Component& make(Simulation& simulation, const ResourcePlan& plan) const;
  [[nodiscard]] std::unique_ptr<Fault> make_fault(const google::protobuf::Message& message,
                                                  std::uint64_t ordinal) const;

 private:
  TypeRegistry types_;
  std::map<std::string, MakeResource> make_;  // by full name of the parameters' message
  std::map<std::string, MakeFault> faults_;
  std::vector<Telling> tellings_;
  std::vector<BacklogWords> backlogs_;
  std::vector<ConsumerWords> consumers_;
};

}  // namespace updraft::sim
