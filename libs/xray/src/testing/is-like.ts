interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * Whether `actual` has every property of `like`, as `toMatchObject` compares. Other properties are
 * ignored. A field that the document omits counts as false, and a regular expression is matched
 * against text.
 */
export function isLike(actual: unknown, like: unknown): boolean {
  if (isAsymmetric(like)) return like.asymmetricMatch(actual);
  if (like === false) return actual === false || actual === undefined;
  if (like instanceof RegExp) return typeof actual === 'string' && like.test(actual);
  if (Array.isArray(like)) {
    return (
      Array.isArray(actual) &&
      actual.length === like.length &&
      like.every((each, at) => isLike(actual[at], each))
    );
  }
  if (typeof like !== 'object' || like === null) return Object.is(actual, like);
  return Object.entries(like).every(([key, value]) =>
    isLike((actual as Record<string, unknown> | null | undefined)?.[key], value),
  );
}

function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return typeof (value as AsymmetricMatcher | null | undefined)?.asymmetricMatch === 'function';
}
