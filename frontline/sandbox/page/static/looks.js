// Looking at what the sandbox has: one look at a time, so that an older answer never replaces a newer one.

// ``look`` begins at once, or after the look under way; calls that come meanwhile share the next one.
export function oneAtATime(look) {
  let current = Promise.resolve();
  let next = null;
  return () => {
    next ??= current
      .catch(() => {}) // whoever asked for it was told
      .then(() => {
        next = null;
        current = look();
        return current;
      });
    return next;
  };
}
