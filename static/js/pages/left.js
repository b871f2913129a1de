// The place has been left: nothing of it stays on this device, in this tab or another.

import { tellOtherTabs } from "../lib/shared_pc.js";

try {
  sessionStorage.clear();
} catch {
  // no storage on this device: nothing was kept
}
tellOtherTabs();
