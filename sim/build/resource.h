// What a component is when it stands for a resource of the scenario: it can be bound to others by
// name, operated, and asked for its part of the report.
#pragma once

#include <google/protobuf/message.h>

#include "sim/build/report.h"
#include "sim/engine/context.h"

namespace updraft::sim {

class World;

class Resource {
 public:
  virtual ~Resource() = default;
  /// All components exist; resolve the names of the parameters to roles.
  virtual void bind(World& world);
  /// An operator's intervention: the operations message of the type, one field set. `caused_by` is
  /// the director's record of it, the cause of all that follows.
  virtual void operate(Context& ctx, const google::protobuf::Message& operation,
                       DecisionId caused_by);
  /// The run has ended (or was interrupted) at ctx.now().
  virtual void report(Context& ctx, Report& report);
};

/// A fault, begun and (when it lasts a while) ended by the director. `caused_by` is the director's
/// record of its beginning or its end, the cause of all that follows.
class Fault {
 public:
  virtual ~Fault() = default;
  virtual void begin(Context& ctx, World& world, DecisionId caused_by) = 0;
  virtual void end(Context& ctx, World& world, DecisionId caused_by) = 0;
};

}  // namespace updraft::sim
