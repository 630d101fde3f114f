#include "sim/study/jackson.h"

#include <gtest/gtest.h>

#include "sim/core/check.h"

namespace updraft::sim::closed_forms {
namespace {

TEST(Jackson, ATandemIsTwoQueuesInARow) {
  const NetworkMeans means =
      jackson({.stations = {{1, 1}, {0.9, 1}}, .arrivals = {0.5, 0}, .routing = {{0, 1}, {0, 0}}});
  EXPECT_NEAR(means.rates[1], 0.5, 1e-12);
  EXPECT_NEAR(means.response, 1 / (1 - 0.5) + 1 / (0.9 - 0.5), 1e-12);
}

TEST(Jackson, FeedbackMultipliesTheVisits) {
  // A quarter comes back: 4/3 visits each.
  const NetworkMeans means =
      jackson({.stations = {{1, 1}}, .arrivals = {0.6}, .routing = {{0.25}}});
  EXPECT_NEAR(means.rates[0], 0.8, 1e-12);
  EXPECT_NEAR(means.response, (0.8 / 0.2) / 0.6, 1e-12);
}

TEST(Jackson, BranchesAndJoinsAddUpTheirTraffic) {
  const NetworkMeans means = jackson({.stations = {{10, 1}, {2, 2}, {3, 1}},
                                      .arrivals = {4, 0, 0.5},
                                      .routing = {{0, 0.5, 0.25}, {0, 0, 0.5}, {0, 0, 0}}});
  EXPECT_NEAR(means.rates[1], 2, 1e-12);
  EXPECT_NEAR(means.rates[2], 4 * 0.25 + 2 * 0.5 + 0.5, 1e-12);
}

TEST(Jackson, RefusesWhatHasNoEquilibrium) {
  EXPECT_THROW((void)jackson({.stations = {{1, 1}}, .arrivals = {0.1}, .routing = {{1.0}}}),
               InvariantError);
  EXPECT_THROW((void)jackson({.stations = {{1, 1}}, .arrivals = {1.0}, .routing = {{0.0}}}),
               InvariantError);
  EXPECT_THROW((void)jackson({.stations = {{1, 1}}, .arrivals = {}, .routing = {{0.0}}}),
               InvariantError);
}

}  // namespace
}  // namespace updraft::sim::closed_forms
