// The catalogue of the test world in depot.proto.
#pragma once

#include "sim/schema/catalogue.h"
#include "sim/schema/testing/depot.pb.h"

namespace updraft::sim::testing {

inline Catalogue world() {
  return Catalogue(
      {.models = {ShelfParams::descriptor(), DepotParams::descriptor()},
       .faults = {CloseZone::descriptor()},
       .header = Header::descriptor(),
       .sections = {
           {.name = "traffic",
            .doc = "Who sends parcels.",
            .message = Senders::descriptor(),
            .key_field = "name"},
           {.name = "slo", .doc = "What must hold.", .message = nullptr, .key_field = {}}}});
}

}  // namespace updraft::sim::testing
