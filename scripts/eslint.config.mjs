// What the oldest browsers of a school know (metroloco_site/kit/browsers.json, docs/decisions/0024-browsers.md),
// held for style sheets and scripts; and in scripts what is a fault in any browser. Types are tsc's (tsconfig.json).

import { readFileSync } from "node:fs";
import css from "@eslint/css";
import js from "@eslint/js";
import { getCompatibleVersions } from "baseline-browser-mapping";
import compat from "eslint-plugin-compat";
import es from "eslint-plugin-es-x";

const oldest = JSON.parse(readFileSync("metroloco_site/kit/browsers.json", "utf8"));
const known = (year) => getCompatibleVersions({ targetYear: year }).filter(({ browser }) => browser in oldest);
const isHeld = (year) => known(year).every(({ browser, version }) => Number(version) <= oldest[browser]);
/** The last year whose Baseline all of them hold whole. */
const available = [2023, 2022, 2021, 2020, 2019, 2018].find(isHeld);

// Newer than that Baseline because of a browser that is not promised: all of ours know them.
const KNOWN = ["border-block", "inset", "inset-inline-end", "margin-block", "margin-inline", "outline", "padding-block", "padding-inline", "scroll-margin-block", "scroll-padding-block", "scroll-padding-inline-end"];
// esbuild writes the older name beside.
const PREFIXED = ["appearance", "hyphens", "mask"];
// Where it is not known the page is as usable: a plainer break of lines, a plainer colour, a plainer scroll.
const SPARED = ["accent-color", "color-scheme", "container-type", "field-sizing", "forced-color-adjust", "overscroll-behavior", "resize", "scroll-behavior", "scrollbar-color", "scrollbar-width", "text-decoration-thickness", "text-size-adjust", "text-wrap"];

const baseline = {
  available,
  allowProperties: [...KNOWN, ...PREFIXED, ...SPARED],
  allowPropertyValues: { "overflow-wrap": ["anywhere"], "break-after": ["avoid"] },
  allowSelectors: ["backdrop", "file-selector-button", "focus-visible", "marker"],
  allowMediaConditions: ["forced-colors"],
  allowUnits: ["dvh"],
};

/** `:not(a, b)` came with Chrome 88; the rule above knows `:not()` alone. */
const notList = {
  create: (context) => ({
    'PseudoClassSelector[name="not"] > SelectorList'(node) {
      const parts = node.children.length > 1 || node.children[0].children.some(({ type }) => type === "Combinator");
      if (parts) context.report({ node, message: "Chrome 87 drops the rule: write « :not(a):not(b) »." });
    },
  }),
};

// Members of objects, whose type no checker of features sees.
const MEMBERS = [
  ["MemberExpression[property.name='submitter']", "Safari before 15.4: lib/pressed_button.js."],
  ["MemberExpression[property.name='showModal']", "Safari before 15.4: lib/dialog.js."],
  ["CallExpression[callee.property.name='addEventListener'] Property[key.name='signal']", "Chrome before 88: lib/listening.js."],
  ["CallExpression[callee.property.name='at']", "Chrome before 92."],
  ["CallExpression[callee.property.name=/^(matches|closest|querySelector|querySelectorAll)$/] Literal[value=/:(is|where|has)\\(|:not\\([^)]*,/]", "Chrome before 88 throws."],
].map(([selector, message]) => ({ selector, message }));

// es-x judges by the member's name alone: these are the names of what arrays have long had, and of a field of ours.
const NAMESAKES = Object.keys(es.rules).filter((name) => /^no-iterator-prototype-|^no-(array|string)-prototype-at$/.test(name));
// esbuild writes them otherwise.
const LOWERED = ["no-logical-assignment-operators", "no-numeric-separators"];

// Beside what ESLint recommends: each of these finds something that runs and does not do what it says.
const FAULTS = ["array-callback-return", "eqeqeq", "no-constructor-return", "no-self-compare", "no-shadow", "no-template-curly-in-string", "no-unmodified-loop-condition", "no-unreachable-loop", "no-unused-expressions", "no-useless-assignment", "no-var", "prefer-const"];

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["static/css/*.css"],
    ignores: ["static/css/{pdf,pdf_class,poster_paper}.css"], // WeasyPrint's
    language: "css/css",
    plugins: { css, floor: { rules: { "not-list": notList } } },
    rules: { "css/use-baseline": ["error", baseline], "floor/not-list": "error" },
  },
  {
    files: ["static/js/**/*.js", "tests/js/*.js"],
    rules: {
      ...js.configs.recommended.rules,
      ...Object.fromEntries(FAULTS.map((name) => [name, "error"])),
      "no-undef": "off", // tsc knows which names there are
      "no-control-regex": "off", // what is taken out of a text
      "no-irregular-whitespace": ["error", { skipTemplates: true }], // French: before « : »
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["static/js/**/*.js"],
    ...es.configs["flat/restrict-to-es2020"],
    settings: { "es-x": { aggressive: true } },
  },
  {
    files: ["static/js/**/*.js"],
    plugins: { compat },
    settings: { targets: Object.entries(oldest).map(([name, version]) => `${name} >= ${version}`) },
    rules: {
      "compat/compat": "error",
      "no-restricted-syntax": ["error", ...MEMBERS],
      ...Object.fromEntries([...NAMESAKES, ...LOWERED].map((name) => [`es-x/${name}`, "off"])),
    },
  },
];
