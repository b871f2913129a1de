#!/bin/sh
# Question: does `tsc --checkJs --strict` see a misspelt member of a form?
# Guess: yes, as of every other element.
# What happens: TypeScript's own DOM types give HTMLFormElement an index signature (any), for fields by their name: what is
#   misspelt on a form passes, and the same on a button is an error (TS2339).
# Versions: typescript 5.9.3. Date: 2026-12-01
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts typescript@5.9.3 >/dev/null
check() {
    printf '/** @param {%s} it */\nexport const go = (it) => it.requestSubmitt();\n' "$1" >"$1.js"
    # No such member exists on either; `|| true`: errors are what is looked at.
    node node_modules/typescript/bin/tsc --checkJs --strict --noEmit --module es2022 --lib es2022,dom "$1.js" || true
}
node node_modules/typescript/bin/tsc --version
form=$(check HTMLFormElement)
button=$(check HTMLButtonElement)
echo "on a form:   ${form:-no error}"
echo "on a button: ${button:-no error}"
[ -z "$form" ] && [ -n "$button" ] || { echo "the behaviour has changed"; exit 1; }
