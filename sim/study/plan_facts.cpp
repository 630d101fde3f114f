#include "sim/study/plan_facts.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>

#include "sim/build/registry.h"
#include "sim/metrics/hash.h"
#include "sim/scenario/scenario.h"

namespace updraft::sim {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void collect_zones(const Message& message, std::vector<std::string>& zones) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool zone = field->options().GetExtension(param).zone();
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && zone) {
        zones.push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                             : reflection->GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        collect_zones(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                           : reflection->GetMessage(message, field),
                      zones);
      }
    }
  }
}

}  // namespace

std::string_view version() {
  return UPDRAFT_VERSION;
}

std::vector<std::string> zone_names(const Plan& plan) {
  std::vector<std::string> zones;
  for (const ResourcePlan& resource : plan.resource()) {
    collect_zones(*unpack(resource.params()), zones);
  }
  for (const FaultPlan& fault : plan.fault()) {
    collect_zones(*unpack(fault.fault()), zones);
  }
  std::sort(zones.begin(), zones.end());
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  return zones;
}

std::string utc_text(std::int64_t unix_ns) {
  using namespace std::chrono;
  const sys_time<nanoseconds> instant{nanoseconds{unix_ns}};
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(instant - day)};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count());
  const auto fraction = (instant - floor<seconds>(instant)).count();
  if (fraction != 0) {
    text += fmt::format(".{:09}", fraction);
  }
  return text;
}

std::string run_id(const Plan& plan, std::uint64_t seed, std::uint32_t replication,
                   Duration duration) {
  Fnv128 hash;
  hash.add_text(canonical(plan));
  hash.add_int(seed);
  hash.add_int(replication);
  hash.add_int(static_cast<std::uint64_t>(to_ns(duration)));
  hash.add_text(version());
  return hash.hex();
}

}  // namespace updraft::sim
