// Listening that ends all at once: Chrome before 88 does not know addEventListener()'s `signal`.

/**
 * Returns {on(target, name, handle, options), stop()}.
 * @typedef {(event: any) => unknown} Handle whoever adds it knows which event it is
 */
export function listening() {
  /** @type {(() => void)[]} */
  const stops = [];
  return {
    /**
     * @param {EventTarget} target
     * @param {string} name
     * @param {Handle} handle
     * @param {boolean} [options]
     */
    on(target, name, handle, options) {
      target.addEventListener(name, handle, options);
      stops.push(() => target.removeEventListener(name, handle, options));
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}
