#include "models/auto_scaling/hooks.h"

#include <gtest/gtest.h>

namespace updraft::auto_scaling {
namespace {

using namespace std::chrono_literals;

TEST(Hooks, ASG_39_R2_11_1_TimeOuts) {
  EXPECT_EQ(hook_end({.heartbeat_timeout = 3600s}), (HookEnd{3600s, false}));
  EXPECT_EQ(hook_end({.heartbeat_timeout = 600s, .heartbeat_every = 300s}),
            (HookEnd{60'000s, false}));
  EXPECT_EQ(global_timeout(7200s), 48h);
}

TEST(Hooks, R2_11_1_CompletionComesInTimeOrNotAtAll) {
  EXPECT_EQ(hook_end({.heartbeat_timeout = 600s, .completes_after = 600s}), (HookEnd{600s, true}));
  EXPECT_EQ(hook_end({.heartbeat_timeout = 600s, .completes_after = 601s}), (HookEnd{600s, false}));
  EXPECT_EQ(hook_end({.heartbeat_timeout = 600s, .completes_after = 5h, .heartbeat_every = 599s}),
            (HookEnd{5h, true}));
  EXPECT_EQ(hook_end({.heartbeat_timeout = 600s, .completes_after = 5h, .heartbeat_every = 600s}),
            (HookEnd{600s, false}));
}

}  // namespace
}  // namespace updraft::auto_scaling
