// One student's copy beside its grid.

import "../grading/page.js";
