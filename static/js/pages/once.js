import { sendOnce } from "../lib/once.js";

sendOnce();
