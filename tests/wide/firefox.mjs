// Firefox ESR by WebDriver BiDi, one order a line on stdin (JSON), one answer a line on stdout. Each page has cookies
// and a window of its own: a page behind another one would be hidden, and timers of hidden pages sleep.

import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  extraPrefsFirefox: { "intl.accept_languages": "fr-FR", "intl.locale.requested": "fr" },
});
const pages = new Map();
const faults = [];

async function open(name) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage({ type: "window" });
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  pages.set(name, page);
}

const orders = {
  open: (name) => open(name),
  go: (name, url) => pages.get(name).goto(url),
  js: (name, expression) => pages.get(name).evaluate(expression),
  mouse: (name, x, y) => pages.get(name).mouse.click(x, y),
  keys: (name, text) => pages.get(name).keyboard.type(text),
  press: (name, key) => pages.get(name).keyboard.press(key),
  resize: (name, width, height) => pages.get(name).setViewport({ width, height }),
  shot: (name, path) => pages.get(name).screenshot({ path }),
  faults: () => faults.splice(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [order, ...given] = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await orders[order](...given)) ?? null };
    if (["go", "mouse", "shot", "open", "resize"].includes(order)) answer = { value: null };
  } catch (error) {
    answer = { error: `${order}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
