// Listening that ends all at once: Chrome before 88 does not know addEventListener()'s `signal`.

/** Returns {on(target, name, handle, options), stop()}. */
export function listening() {
  const stops = [];
  return {
    on(target, name, handle, options) {
      target.addEventListener(name, handle, options);
      stops.push(() => target.removeEventListener(name, handle, options));
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}
