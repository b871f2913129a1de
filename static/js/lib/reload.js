// The page has something else to show: it begins at its top. A plain reload would go back to where the old one
// was scrolled, in the middle of another page, and Firefox would put the old texts back into the fields.

export function reloadAtTop() {
  location.replace(location.pathname + location.search);
}
