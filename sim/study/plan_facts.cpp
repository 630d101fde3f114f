#include "sim/study/plan_facts.h"

#include <chrono>

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>

#include "sim/build/registry.h"
#include "sim/core/check.h"
#include "sim/metrics/hash.h"
#include "sim/scenario/file_access.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/time_zone.h"
#include "sim/scenario/zone_fields.h"

namespace updraft::sim {

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
  sort_once(zones);
  return zones;
}

std::string utc_text(std::int64_t unix_ns) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::nanoseconds> instant{chrono::nanoseconds{unix_ns}};
  const auto day = chrono::floor<chrono::days>(instant);
  const auto second = chrono::floor<chrono::seconds>(instant);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss time{second - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count());
  const auto fraction = (instant - second).count();
  if (fraction != 0) {
    text += fmt::format(".{:09}", fraction);
  }
  return text;
}

namespace {

using google::protobuf::FieldDescriptor;

// Values of all fields called time_zone, of nested messages too.
void collect_time_zones(const google::protobuf::Message& message, std::vector<std::string>& names) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        collect_time_zones(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                : reflection->GetMessage(message, field),
                           names);
      }
    } else if (field->name() == "time_zone") {
      names.push_back(reflection->GetString(message, field));
    }
  }
}

// Not tzdata's version: a new one that says the same of these years changes no result.
void add_time_zones(const Plan& plan, Duration duration, Fnv128& hash) {
  std::vector<std::string> names;
  for (const ResourcePlan& resource : plan.resource()) {
    collect_time_zones(*unpack(resource.params()), names);
  }
  sort_once(names);
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  const std::int64_t start_s = plan.start_unix_ns() / kNsPerSecond;
  for (const std::string& name : names) {
    const Result<TimeZone> zone = TimeZone::find(name);
    SIM_CHECK(zone.ok(), "{}", zone.error());  // the loader has found it
    for (const TimeZone::Offset& part :
         zone->offsets(start_s, start_s + to_ns(duration) / kNsPerSecond)) {
      hash.add_int(static_cast<std::uint64_t>(part.from_s));
      hash.add_int(static_cast<std::uint64_t>(part.offset_s));
    }
  }
}

}  // namespace

std::string run_id(const Plan& plan, std::uint64_t seed, std::uint32_t replication,
                   Duration duration) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;
  Fnv128 hash;
  hash.add_text(canonical(plan));
  // The loader has applied the policy.
  const FileAccess files(plan.directory(), FilePolicy::kAnywhere);
  for (const std::string& name : plan.file()) {
    const Result<std::string> content = files.read(name, kMaxBytes);
    hash.add_int(content.ok() ? 1 : 0);  // who reads it says why it can't be read
    hash.add_text(content.ok() ? std::string_view(*content) : std::string_view());
  }
  hash.add_int(seed);
  hash.add_int(replication);
  hash.add_int(static_cast<std::uint64_t>(to_ns(duration)));
  add_time_zones(plan, duration, hash);
  hash.add_text(version());
  return hash.hex();
}

}  // namespace updraft::sim
