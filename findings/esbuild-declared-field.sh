#!/bin/sh
# Question: does esbuild drop a statement that only reads a property, `this.kept;`, which is how JSDoc declares a field?
# Guess: yes, `--minify` drops what has no effect.
# What happens: it stays in the constructor, since a getter could have an effect; so it does with `--tree-shaking=true`.
# Versions: esbuild 0.25.12. Date: 2026-12-01
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund esbuild@0.25.12 >/dev/null
cat >field.js <<'JS'
export class Box {
  constructor() {
    /** @type {string} */
    this.kept;
  }
}
JS
node_modules/.bin/esbuild --version
out=$(node_modules/.bin/esbuild field.js --bundle --format=esm --minify --tree-shaking=true)
echo "$out"
case $out in *this.kept*) ;; *) echo "the behaviour has changed"; exit 1 ;; esac
