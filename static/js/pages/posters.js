// Sheets that are read: each in the size in which paper would have it.

import { followSheet } from "../poster/sheet.js";

for (const sheet of document.querySelectorAll(".poster")) {
  followSheet(sheet, sheet.closest(".poster-whole") ? null : false);
}
