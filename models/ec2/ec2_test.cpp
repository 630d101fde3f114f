#include <string>

#include <gtest/gtest.h>

#include "models/ec2/account.h"
#include "models/ec2/billing.h"
#include "models/ec2/instance_types.h"
#include "models/ec2/monitoring.h"
#include "models/ec2/states.h"
#include "sim/station/processor_sharing.h"

namespace updraft::ec2 {
namespace {

using namespace std::chrono_literals;
using State = InstanceState;
using Change = InstanceChange;

TEST(InstanceTypes, R1_6_T1_TheTableIsWhole) {
  const InstanceTypes types = InstanceTypes::built_in();
  EXPECT_EQ(types.all().size(), 52u);
  const InstanceType* m5 = types.find("m5.large");
  ASSERT_NE(m5, nullptr);
  EXPECT_EQ(m5->family, "m5");
  EXPECT_EQ(m5->vcpu, 2u);
  EXPECT_DOUBLE_EQ(m5->memory_gib, 8);
  EXPECT_DOUBLE_EQ(m5->network_baseline_mbps.value(), 750);
  EXPECT_DOUBLE_EQ(types.find("t3.nano")->memory_gib, 0.5);
  EXPECT_FALSE(types.find("t2.micro")->network_baseline_mbps.has_value());
  EXPECT_EQ(types.find("m6i.4xlarge")->vcpu, 16u);
  EXPECT_EQ(types.find("m5.lage"), nullptr);
}

TEST(InstanceTypes, AVcpuOfAnIntelTypeIsAThreadOfAGravitonTypeACore) {
  const InstanceTypes types = InstanceTypes::built_in();
  const sim::SharingLaw m5 = types.find("m5.large")->law();
  EXPECT_EQ(m5.servers(), 2u);
  EXPECT_DOUBLE_EQ(m5.total(1), 1.0);
  EXPECT_DOUBLE_EQ(m5.total(2), 1.25);
  const sim::SharingLaw m7g = types.find("m7g.large")->law();
  EXPECT_DOUBLE_EQ(m7g.total(2), 2.0);
  EXPECT_DOUBLE_EQ(types.find("m5.xlarge")->law().total(2), 2.0);  // two cores, one thread each
}

TEST(InstanceTypes, SaysWhatIsWrong) {
  const char* families = "family,threads_per_core,relative_speed,smt_yield\nx,2,1,1.3\n";
  const auto error = [&](const std::string& row) {
    return InstanceTypes::parse("type,vcpu,memory_gib,network_baseline_mbps\n" + row + "\n",
                                families)
        .error();
  };
  EXPECT_EQ(error("y.large,2,8,"), "line 2: no family \"y\"");
  EXPECT_EQ(error("x.large,two,8,"), "line 2: vcpu is \"two\"; it must be a number");
  EXPECT_EQ(error("x.large,3,8,"), "line 2: 3 vCPUs are no whole number of cores of 2 threads");
  EXPECT_EQ(error("x.large,0,8,"), "line 2: vcpu is 0; it must be at least 1");
}

TEST(States, R1_1_1_Transitions) {
  // Rows: state before; columns: stop start terminate reboot pending-over stopping-over
  // shutting-down-over.
  struct Row {
    State from;
    const char* to;  // first letters of the state after; '-' when not possible
  };
  const Row rows[] = {{State::kPending, "--s-r--"},      {State::kRunning, "i-sr---"},
                      {State::kStopping, "-----o-"},     {State::kStopped, "-ps----"},
                      {State::kShuttingDown, "------t"}, {State::kTerminated, "-------"}};
  const std::string letters =
      "priost";  // pending running stopping(i) stopped(o) shutting-down terminated
  const auto letter = [&](State state) { return letters[static_cast<std::size_t>(state)]; };
  for (const Row& row : rows) {
    for (int change = 0; change < 7; ++change) {
      const auto to = after(row.from, static_cast<Change>(change));
      EXPECT_EQ(to ? letter(*to) : '-', row.to[change])
          << spelling(row.from) << " change " << change;
    }
  }
}

TEST(States, R1_1_T1_OnlyRunningIsBilledAndHibernation) {
  for (const State state : {State::kPending, State::kStopping, State::kStopped,
                            State::kShuttingDown, State::kTerminated}) {
    EXPECT_FALSE(billed(state)) << spelling(state);
  }
  EXPECT_TRUE(billed(State::kRunning));
  EXPECT_TRUE(billed(State::kStopping, true));
  EXPECT_FALSE(billed(State::kStopped, true));
}

TEST(States, ALaunchIsPendingThenBootsThenIsSlow) {
  const LaunchDurations lasts{30s, 60s, 120s, 0.5};
  const LaunchTimeline t = timeline(sim::kStart + 10s, lasts);
  EXPECT_EQ(t.running, sim::kStart + 40s);
  EXPECT_EQ(t.ready, sim::kStart + 100s);
  EXPECT_EQ(t.full_speed, sim::kStart + 220s);
  EXPECT_DOUBLE_EQ(speed_factor(t, lasts, sim::kStart + 219s), 0.5);
  EXPECT_DOUBLE_EQ(speed_factor(t, lasts, sim::kStart + 220s), 1.0);
  EXPECT_DOUBLE_EQ(speed_factor(t, lasts, sim::kStart + 150s, 0.2), 0.1);
}

TEST(Billing, R1_1_2_PerSecondWithAMinimumOfSixty) {
  EXPECT_EQ(billed_seconds(0s), 60);
  EXPECT_EQ(billed_seconds(59s), 60);
  EXPECT_EQ(billed_seconds(60s), 60);
  EXPECT_EQ(billed_seconds(61s), 61);
  EXPECT_EQ(billed_seconds(61s + 1ns), 62);
}

TEST(Billing, R1_1_2_EachStartHasItsOwnMinimum) {
  RunningMeter meter;
  EXPECT_EQ(meter.seconds(sim::kStart), 0);
  meter.begin(sim::kStart + 30s);
  EXPECT_EQ(meter.seconds(sim::kStart + 31s), 60);
  meter.end(sim::kStart + 40s);
  EXPECT_EQ(meter.seconds(sim::kStart + 1h), 60);
  meter.begin(sim::kStart + 1h);
  meter.end(sim::kStart + 1h + 5s);
  EXPECT_EQ(meter.seconds(sim::kStart + 2h), 120);
  meter.begin(sim::kStart + 2h);
  EXPECT_EQ(meter.seconds(sim::kStart + 3h), 120 + 3600);
  EXPECT_THROW(meter.begin(sim::kStart + 3h), sim::InvariantError);
}

TEST(Billing, R1_4_3_AForgivenStretchCostsNothing) {
  RunningMeter meter;
  meter.begin(sim::kStart);
  meter.end(sim::kStart + 100s);
  meter.begin(sim::kStart + 200s);
  meter.forgive();
  EXPECT_EQ(meter.seconds(sim::kStart + 1h), 100);
}

TEST(VcpuQuotas, EC2_quota_CountsByMarketAndClass) {
  Ec2AccountParams params;
  params.set_on_demand_standard_vcpus(4);
  params.set_spot_g_and_vt_vcpus(4);
  VcpuQuotas quotas(params);
  EXPECT_TRUE(quotas.take("m5", false, 2));
  EXPECT_TRUE(quotas.take("t3", false, 2));
  EXPECT_FALSE(quotas.take("c5", false, 1));
  EXPECT_EQ(quotas.use("r5", false).used, 4u);
  EXPECT_TRUE(quotas.take("c5", true, 96));   // Spot has a quota of its own, here none
  EXPECT_TRUE(quotas.take("g5", false, 96));  // so have the families G and VT
  EXPECT_TRUE(quotas.take("g4dn", true, 4));
  EXPECT_FALSE(quotas.take("g5", true, 4));
  quotas.give_back("m5", false, 2);
  EXPECT_TRUE(quotas.take("c5", false, 2));
  EXPECT_THROW(quotas.give_back("m5", false, 8), sim::InvariantError);
}

TEST(Monitoring, R1_7_1_BasicIsFiveMinutesDetailedOne) {
  EXPECT_EQ(metric_period(Monitoring::kBasic), sim::Duration{5min});
  EXPECT_EQ(metric_period(Monitoring::kDetailed), sim::Duration{1min});
}

TEST(Monitoring, CpuUtilizationIsBusyVcpuTime) {
  const InstanceTypes types = InstanceTypes::built_in();
  const sim::SharingLaw law = types.find("m5.large")->law();
  sim::ProcessorSharing cpu(law);
  cpu.add(sim::kStart, 1, 1h);  // one of two vCPUs
  EXPECT_DOUBLE_EQ(cpu_utilization(cpu.busy_server_ns(sim::kStart + 60s), 2, 60s), 50.0);
  cpu.add(sim::kStart + 60s, 2, 1h);
  cpu.add(sim::kStart + 60s, 3, 1h);
  const std::uint64_t before = cpu.busy_server_ns(sim::kStart + 60s);
  EXPECT_DOUBLE_EQ(cpu_utilization(cpu.busy_server_ns(sim::kStart + 120s) - before, 2, 60s), 100.0);
}

}  // namespace
}  // namespace updraft::ec2
