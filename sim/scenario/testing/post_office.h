// A valid scenario of the post office that uses every section and every kind of field.
#pragma once

namespace updraft::sim::testing {

inline constexpr const char* kPostOffice = R"(scenario: post-office
rules: 2026-11
region: us-east-1
start: 1998-06-15T00:00:00Z
duration: 14d
seed: 7
resources:
  counter:
    parcel_desk:
      clerks: 2
      patience: 1h30m
      service: {lognormal: {mean: 40ms, p99: 200ms}}
      order: ShortestFirst
      availability_zones: [a, us-east-1b]
      vans: [blue, red]
      depot: {shelves: 7, overflow: {shelves: 9}}
      rules:
        fragile: {hold: 10m}
        abroad: {forward: {to: {depot: {shelves: 3}}}, priority: 5}
      windows: [{number: 1}, {number: 2, depot: {}}]
      comfort: {chairs: 9}
  blue: {van: {seats: 3}}
  red: {van: {}}
initial: {counter: {waiting: 4}}
traffic:
  visitors:
    to: counter
    rate: 100/s
    demand: {cpu: {lognormal: {mean: 40ms, p99: 200ms}}, wait: 20ms}
  tour:
    to: counter
    rate: {steps: [{at: 0s, rate: 6000/min}, {at: 1h, rate: 0/s}], scale: 0.5}
operations:
  - {at: 3d, counter: {set_clerks: 8}}
  - {at: 1d, counter: sweep}
  - {rate: 1/6h, counter: {set_clerks: 3}}
  - {when: "counter.Waiting > 20 for 5m", counter: {set_clerks: 9}}
faults:
  - {at: 7d, for: 30m, flood: b}
  - {at: 2d, strike: {desk: counter, share: 50%}}
  - {rate: 2/7d, for: 10m, flood: a}
  - {when: counter.Waiting >= 30, for: 1h, flood: b}
slo:
  - p(99) latency < 500ms
  - error_rate of visitors<0.1%
)";

}  // namespace updraft::sim::testing
